"""Tells one person something, in the ways there are: the first that goes is taken.

A response URL goes everywhere, but is known only to the process that received it, and
is gone with that.
"""

from dataclasses import dataclass

from bot.clients.response_urls import ResponseUrls
from bot.clients.slack_api import Blocks, SlackApi
from bot.domain.receipts import write_elsewhere
from bot.errors import SlackRejected

#: How Slack says that the bot is not in the conversation
#: (docs.slack.dev/reference/methods/chat.postEphemeral). Who left it themselves is told
#: nothing of it any more.
_NOT_THERE = frozenset({"channel_not_found", "not_in_channel"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asked, and where: *thread_ts* is that of a thread that has messages."""

    trigger: str
    channel_id: str
    user_id: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class PrivateAnswers:
    """Answers the person alone. Told twice is no harm: nobody else sees it."""

    slack: SlackApi
    response_urls: ResponseUrls

    def tell(self, caller: Caller, text: str, blocks: Blocks | None = None) -> None:
        """Tell it where it was asked for, or else in the person's direct messages.

        Raises:
            Problem: it cannot be told, or not now.
        """
        if self.response_urls.tell(caller.trigger, text):
            return
        if caller.channel_id == caller.user_id:  # no conversation was opened yet
            self.slack.write_to(caller.user_id, text)
            return
        try:
            self.slack.tell_privately(
                channel_id=caller.channel_id,
                user_id=caller.user_id,
                text=text,
                blocks=blocks,
                thread_ts=caller.thread_ts,
            )
        except SlackRejected as problem:
            if problem.error not in _NOT_THERE:
                raise
            there = write_elsewhere(text, channel_id=caller.channel_id)
            self.slack.write_to(caller.user_id, there)
