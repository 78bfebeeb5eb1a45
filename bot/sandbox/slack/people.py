"""Act as the people of the workspace: share, write, edit, delete.

Texts are given as Slack puts them on the wire: `&lt;` for `<`, links as `<url|label>`.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.slack.content import Content, as_content
from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.files import File
from bot.sandbox.slack.messages import Message, permalink
from bot.sandbox.slack.rich_text import rich_text
from bot.sandbox.slack.state import State

#: The user that Slack shows on what is left of a deleted message.
SLACKBOT = "USLACKBOT"


class People:
    """What people do in their Slack clients; the app hears of it by events."""

    def __init__(self, state: State, events: Events) -> None:
        self._state = state
        self._events = events

    def add_file(
        self,
        *,
        name: str | None = "design.pdf",
        content: bytes | Content = b"%PDF-1.7 a file\n",
        mimetype: str = "application/pdf",
        mode: str = "hosted",
        user: str = "UANNA",
        **overrides: Any,
    ) -> File:
        """Upload a file without sharing it; *overrides* are fields of its JSON."""
        state = self._state
        overrides = {"title": name, **overrides}
        title = overrides.pop("title")
        file = File(
            state.next_id("F"),
            name,
            title,
            mimetype,
            mode,
            as_content(content),
            user,
            state.users[user].team_id,
            int(state.clock()),
            fields=overrides,
        )
        with state.lock():
            state.files[file.id] = file
        return file

    def share(
        self,
        files: Sequence[File],
        *,
        text: str = "",
        user: str = "UANNA",
        channel: str = "CGENERAL",
        thread_ts: str | None = None,
        subtype: str | None = "file_share",
        fields: Mapping[str, Any] | None = None,
    ) -> Message:
        """Share *files* with a comment; *fields* override fields of the message.

        `upload` is true for the first share of a file and false for every further one
        (docs.slack.dev/reference/events/message/file_share). Such a message has no
        `team` (bolt-js issue 435, slack-api-specs issue 62).
        """
        upload = not any(file.postings for file in files)
        extra = {"upload": upload, "display_as_bot": False}
        message = self._write(text, user, channel, thread_ts, extra)
        told = {name: each for name, each in message.fields.items() if name != "team"}
        message.fields = {**told, **(fields or {})}
        message.subtype = subtype
        message.files = list(files)
        return self._post(message)

    def post(
        self,
        text: str,
        *,
        user: str = "UANNA",
        channel: str = "CGENERAL",
        thread_ts: str | None = None,
        broadcast: bool = False,
        fields: Mapping[str, Any] | None = None,
    ) -> Message:
        """Write a message without files."""
        message = self._write(text, user, channel, thread_ts, fields or {})
        if broadcast:
            message.subtype = "thread_broadcast"
        return self._post(message)

    def forward(
        self,
        original: Message,
        *,
        text: str = "",
        user: str = "UANNA",
        channel: str = "CGENERAL",
    ) -> Message:
        """Forward a message: what it holds, files too, is within `attachments`.

        Source: slackapi/java-slack-sdk issues 647 and 1179.
        """
        message = self._write(text, user, channel, None, {})
        with self._state.lock():
            shown = self._events.snapshot(original)
        quoted = {
            "id": 1,
            "ts": original.ts,
            "author_id": original.user,
            "channel_id": original.channel_id,
            "channel_team": self._state.team_id,
            "is_msg_unfurl": True,
            "is_share": True,
            "from_url": permalink(original),
            "text": original.text,
            "fallback": original.text,
            "files": shown.get("files", []),
            "mrkdwn_in": ["text"],
        }
        message.attachments = [quoted]
        return self._post(message)

    def edit(self, message: Message, text: str) -> Delivery | None:
        """Change a message's text (message_changed with `edited`)."""
        state = self._state
        with state.lock():
            before = self._events.snapshot(message)
            message.text, message.blocks = text, rich_text(text)
            message.edited = {"user": message.user, "ts": state.next_ts()}
            message.remember(state.clock())
        return self._events.changed(message, before)

    def unfurl(
        self, message: Message, url: str = "https://example.com/"
    ) -> Delivery | None:
        """Let Slack add a link preview (message_changed without `edited`)."""
        preview = {"id": 1, "from_url": url, "fallback": "Example", "title": "Example"}
        with self._state.lock():
            before = self._events.snapshot(message)
            message.attachments = [*message.attachments, preview]
        return self._events.changed(message, before)

    def delete(self, message: Message) -> Delivery | None:
        """Delete a message; the parent of a thread leaves a tombstone."""
        state = self._state
        with state.lock():
            before = self._events.snapshot(message)
            if state.replies(message.channel_id, message.ts):
                _bury(message)
                return self._events.changed(message, before)
            state.remove(message)
        return self._events.deleted(message, before)

    def delete_file(self, file: File) -> list[Delivery]:
        """Delete a file: messages show its tombstone; those with no text become one."""
        state = self._state
        with state.lock():
            holding = [each for each in state.everywhere() if file in each.files]
            before = [self._events.snapshot(message) for message in holding]
            file.deleted = True
            for message in holding:
                if not message.text and all(each.deleted for each in message.files):
                    _bury(message)
        self._events.publish(
            {
                "type": "file_deleted",
                "file_id": file.id,
                "event_ts": state.next_ts(),
            }
        )
        pairs = zip(holding, before, strict=True)
        found = [self._events.changed(message, earlier) for message, earlier in pairs]
        return [delivery for delivery in found if delivery is not None]

    def _write(
        self,
        text: str,
        user: str,
        channel: str,
        thread_ts: str | None,
        fields: Mapping[str, Any],
    ) -> Message:
        state = self._state
        person = state.users[user]
        return Message(
            state.channels[channel].id,
            state.next_ts(),
            person.id,
            text,
            thread_ts=thread_ts,
            blocks=rich_text(text),
            fields={
                "client_msg_id": str(uuid.uuid4()),
                "team": person.team_id,
                **fields,
            },
        )

    def _post(self, message: Message) -> Message:
        self._state.add(message)
        self._events.posted(message)
        return message


def _bury(message: Message) -> None:
    """Make *message* a tombstone (docs.slack.dev/messaging/retrieving-messages)."""
    message.subtype, message.user = "tombstone", SLACKBOT
    message.text, message.blocks = "This message was deleted.", []
    message.files, message.fields = [], {"hidden": True}
