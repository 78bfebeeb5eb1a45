"""See what the bot did, and wait for it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.sandbox.slack.desk import Desk
from bot.sandbox.slack.files import File, file_permalink
from bot.sandbox.slack.messages import Message, permalink
from bot.sandbox.slack.state import State
from bot.sandbox.slack.views import View

T = TypeVar("T")


class Watching:
    """What people see in their Slack clients."""

    _state: State
    _desk: Desk

    def link(self, what: Message | File) -> str:
        """Return the link that "Copy link" copies."""
        return permalink(what) if isinstance(what, Message) else file_permalink(what)

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Return a thread, its parent first."""
        parent = self._state.message(channel, ts)
        replies = self._state.replies(channel, ts)
        return [parent, *replies] if parent else replies

    def replies_by_bot(self, channel: str, ts: str) -> list[Message]:
        """Return what the bot wrote in a thread."""
        replies = self._state.replies(channel, ts)
        return [each for each in replies if each.bot_id == self._state.bot_id]

    def ephemerals(self, user: str, channel: str | None = None) -> list[Message]:
        """Return the messages that *user* alone sees, oldest first."""
        return [
            message
            for person, message in list(self._state.ephemerals)
            if person == user and channel in (None, message.channel_id)
        ]

    def views(self, user: str = "UANNA") -> list[View]:
        """Return the modals that *user* has open, the visible one last."""
        return self._desk.views.stack(user)

    def wait_for_reply(
        self,
        channel: str,
        ts: str,
        predicate: Callable[[Message], bool] = lambda message: True,
        *,
        timeout: float = 10.0,
    ) -> Message:
        """Wait until the bot wrote (or edited) a reply that *predicate* is true of.

        Raises:
            TimeoutError: it did not; the message shows what it wrote instead.
        """
        return self._await(
            "reply",
            lambda: self.replies_by_bot(channel, ts),
            predicate,
            lambda message: message.text,
            timeout,
        )

    def wait_for_ephemeral(
        self,
        user: str = "UANNA",
        predicate: Callable[[Message], bool] = lambda message: True,
        *,
        timeout: float = 10.0,
    ) -> Message:
        """Wait until *user* alone sees a message that *predicate* is true of.

        Raises:
            TimeoutError: there is none; the message shows what there is.
        """
        return self._await(
            "message",
            lambda: self.ephemerals(user),
            predicate,
            lambda message: message.text,
            timeout,
        )

    def wait_for_view(
        self,
        user: str = "UANNA",
        predicate: Callable[[View], bool] = lambda view: True,
        *,
        timeout: float = 10.0,
    ) -> View:
        """Wait until the modal that *user* sees is one that *predicate* is true of.

        Raises:
            TimeoutError: it is not; the message shows the title of the one there is.
        """
        return self._await(
            "view",
            lambda: self.views(user)[-1:],
            predicate,
            lambda view: view.title,
            timeout,
        )

    def wait_for_home(
        self,
        user: str = "UANNA",
        predicate: Callable[[View], bool] = lambda view: True,
        *,
        timeout: float = 10.0,
    ) -> View:
        """Wait until *user*'s Home shows a view that *predicate* is true of.

        Raises:
            TimeoutError: it does not; the message shows the blocks that it has.
        """

        def look() -> list[View]:
            view = self._desk.views.home(user)
            return [view] if view else []

        return self._await("Home", look, predicate, lambda view: view.blocks, timeout)

    def _await(
        self,
        what: str,
        look: Callable[[], Sequence[T]],
        predicate: Callable[[T], bool],
        describe: Callable[[T], object],
        timeout: float,
    ) -> T:
        found = self._state.wait_for(
            lambda: next(filter(predicate, look()), None), timeout
        )
        if found is None:
            there = [describe(each) for each in look()]
            raise TimeoutError(f"no such {what} after {timeout} s; there is: {there}")
        return found
