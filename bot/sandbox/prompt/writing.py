"""Commands that write into Slack: messages, reactions, the slash command."""

from pathlib import Path

import emoji as emojis

from bot.sandbox.local_file import Offer, offer_paths
from bot.sandbox.mrkdwn import from_plain
from bot.sandbox.prompt.arguments import (
    Mistaken,
    read_text,
    split_words,
    take_person,
)
from bot.sandbox.prompt.session import Session
from bot.sandbox.slack import Refused
from bot.sandbox.transcript import YOU

SLASH_COMMAND = "/attach"
_EMOJI = "paperclip"
_PROMISED = "No answer yet; thread and item look again."


class Writing:
    """What a person types or clicks in a conversation."""

    _session: Session

    def do_share(self, rest: str) -> None:
        """share FILE... "TEXT": share files with a message, such as "see WEB-2"."""
        *paths, text = split_words(rest) or [""]
        if not paths:
            raise Mistaken('Write the files, then the text: share a.pdf "see WEB-2"')
        self._share(offer_files(paths), text, "CGENERAL")

    def do_dm(self, rest: str) -> None:
        """dm [FILE...] "TEXT": send a direct message to Loadmaster."""
        *paths, text = split_words(rest) or [""]
        if not paths and not text:
            raise Mistaken('Write the files, then the text: dm a.pdf "see WEB-2"')
        direct = self._session.stage.slack.state.direct(YOU)
        self._share(offer_files(paths), text, direct.id)

    def do_mention(self, rest: str) -> None:
        """mention TEXT: write @loadmaster TEXT below the last message."""
        text = read_text(rest, usage="mention put these on WEB-2")
        bot = self._session.stage.slack.state.bot_user
        self._reply(f"<@{bot}> {from_plain(text)}")

    def do_reply(self, rest: str) -> None:
        """reply TEXT: write TEXT below the last message, in its thread."""
        self._reply(from_plain(read_text(rest, usage="reply see WEB-2")))

    def do_react(self, rest: str) -> None:
        """react [EMOJI] [as PERSON]: react to the last message, with :paperclip:."""
        session = self._session
        words, person = take_person(split_words(rest), session.people())
        emoji = emojis.demojize("".join(words) or _EMOJI, language="alias").strip(":")
        before, user = session.look(), person or YOU
        try:
            session.stage.slack.react(session.last, emoji, user=user)
        except Refused as error:
            raise Mistaken(_explain(error, emoji)) from error
        session.show_answer(before, about=session.last)

    def do_attach(self, rest: str) -> None:
        """/attach [TEXT]: type the slash command in the same conversation."""
        session = self._session
        before = session.look()
        result = session.stage.slack.command(
            rest,
            user=YOU,
            channel=session.last.channel_id,
            command=SLASH_COMMAND,
        )
        if result.error is not None:
            raise Mistaken(
                f'Slack says: {SLASH_COMMAND} failed with the error "{result.error}"'
            )
        session.show_answer(before, silence=_PROMISED)

    def _share(self, offers: list[Offer], text: str, channel: str) -> None:
        session = self._session
        before = session.look()
        if offers:
            session.last = session.stage.share(offers, text, channel=channel)
        else:
            session.last = session.stage.slack.post(from_plain(text), channel=channel)
        session.show_answer(before, about=session.last)

    def _reply(self, text: str) -> None:
        session = self._session
        last, before = session.last, session.look()
        session.stage.slack.post(
            text, channel=last.channel_id, thread_ts=last.thread_ts or last.ts
        )
        session.show_answer(before, about=last)


def offer_files(paths: list[str]) -> list[Offer]:
    """Look at the files that *paths* name; `~` is the home folder.

    Raises:
        UnusableFiles: not all of them can be read.
    """
    return offer_paths([str(Path(path).expanduser()) for path in paths])


def _explain(error: Refused, emoji: str) -> str:
    if str(error) == "already_reacted":
        return (
            f"That person has reacted with :{emoji}: already; take another emoji, or"
            " somebody else: react paperclip as ben"
        )
    return f"Slack has no emoji {emoji}; write a name, such as react paperclip"
