"""Everything the emulated workspace holds, behind one lock that can be waited on."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from bot.sandbox.slack.files import File, Posting
from bot.sandbox.slack.messages import Json, Message
from bot.sandbox.slack.workspace import (
    APP_ID,
    BOT_ID,
    BOT_USER,
    TEAM,
    Channel,
    first_channels,
    first_users,
)

#: The bot scopes of the manifests (docs.slack.dev/reference/scopes).
LEAST_SCOPES = frozenset(
    {
        "channels:history",
        "channels:read",
        "groups:history",
        "im:history",
        "mpim:history",
        "files:read",
        "chat:write",
        "commands",
        "reactions:read",
        "users:read",
        "im:write",
    }
)

T = TypeVar("T")


class State:
    """Users, channels, messages and files; hold `lock` for more than one look."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.team_id = TEAM
        self.bot_user = BOT_USER
        self.bot_id = BOT_ID
        self.app_id = APP_ID
        self.scopes: set[str] = set(LEAST_SCOPES)
        self.users = {user.id: user for user in first_users()}
        self.channels = {channel.id: channel for channel in first_channels()}
        self.files: dict[str, File] = {}
        #: Messages that only one person sees: (user id, message).
        self.ephemerals: list[tuple[str, Message]] = []
        self._messages: dict[str, dict[str, Message]] = {}
        self._replies: dict[tuple[str, str], list[Message]] = {}
        self._changed = threading.Condition(threading.RLock())
        #: Grows whenever something may look different; never 0.
        self.changes = 1
        self._last_tick = 0
        self._numbers = itertools.count(1)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the state still; whoever waits looks again afterwards."""
        with self._changed:
            yield
            self.changes += 1
            self._changed.notify_all()

    def touch(self) -> None:
        """Let whoever waits look again."""
        with self.lock():
            """That is all."""

    def look(self, at: Callable[[], T]) -> T:
        """Return what *at* sees; nothing changes meanwhile."""
        with self._changed:
            return at()

    def wait_for(self, look: Callable[[], T | None], timeout: float) -> T | None:
        """Wait until *look* returns something; None when *timeout* seconds passed."""
        with self._changed:
            return self._changed.wait_for(look, timeout)

    def next_ts(self) -> str:
        """Return a `ts` later than every one before."""
        with self._changed:
            tick = max(int(self.clock() * 1_000_000), self._last_tick + 1)
            self._last_tick = tick
        return f"{tick // 1_000_000}.{tick % 1_000_000:06d}"

    def next_id(self, prefix: str) -> str:
        """Return an id that was not given out before."""
        with self._changed:
            return f"{prefix}{next(self._numbers):08d}"

    def add(self, message: Message) -> Message:
        """Post *message* and note where its files are now shared."""
        with self.lock():
            message.remember(self.clock())
            self._messages.setdefault(message.channel_id, {})[message.ts] = message
            if message.is_reply:
                self._beside(message).append(message)
            public = self.channels[message.channel_id].kind == "channel"
            for file in message.files:
                file.postings.append(
                    Posting(message.channel_id, message.ts, message.thread_ts, public)
                )
        return message

    def add_ephemeral(self, message: Message, user: str) -> None:
        """Show *message* to *user* alone; it is in no history."""
        with self.lock():
            message.remember(self.clock())
            message.only_for = user
            self.ephemerals.append((user, message))

    def direct(self, user: str) -> Channel:
        """Return the direct messages of *user* and the bot; make them if need be."""
        with self.lock():
            pair = {user, self.bot_user}
            for channel in self.channels.values():
                if channel.kind == "im" and channel.members == pair:
                    return channel
            made = Channel(self.next_id("D"), "directmessage", "im", members=pair)
            self.channels[made.id] = made
        return made

    def remove(self, message: Message) -> None:
        """Take *message* out of its channel."""
        with self.lock():
            message.deleted = True
            if message.only_for is not None:
                self.ephemerals.remove((message.only_for, message))
                return
            self._messages[message.channel_id].pop(message.ts, None)
            if message.is_reply:
                self._beside(message).remove(message)

    def message(self, channel_id: str, ts: str) -> Message | None:
        """Return one message by its id."""
        with self._changed:
            return self._messages.get(channel_id, {}).get(ts)

    def messages(self, channel_id: str) -> list[Message]:
        """Return a channel's messages with all replies, oldest first."""
        with self._changed:
            held = self._messages.get(channel_id, {})
            return [held[ts] for ts in sorted(held)]

    def everywhere(self) -> list[Message]:
        """Return the messages of every channel."""
        with self._changed:
            return [each for held in self._messages.values() for each in held.values()]

    def replies(self, channel_id: str, ts: str) -> list[Message]:
        """Return the replies in the thread of the parent *ts*, oldest first."""
        with self._changed:
            found = self._replies.get((channel_id, ts), [])
            return sorted(found, key=lambda message: message.ts)

    def _beside(self, message: Message) -> list[Message]:
        thread = (message.channel_id, message.thread_ts or "")
        return self._replies.setdefault(thread, [])

    def thread_fields(self, message: Message) -> Json:
        """Build what a message shows of the thread that it is part of.

        Source: docs.slack.dev/messaging/retrieving-messages (finding threads).
        """
        if message.is_reply:
            parent = self.message(message.channel_id, message.thread_ts or "")
            return {"parent_user_id": parent.user} if parent else {}
        replies = self.replies(message.channel_id, message.ts)
        if not replies:
            return {}
        people = list(dict.fromkeys(reply.user for reply in replies))
        return {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len(people),
            "latest_reply": replies[-1].ts,
            "reply_users": people,
            "is_locked": False,
            "subscribed": False,
        }
