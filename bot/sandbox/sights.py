"""What people see of the bot in Slack at one moment, and what is new since another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.sandbox.slack import Message, SlackServer, View

#: The bot's mark on a line about a file that is still on its way.
_OPEN = "\N{HOURGLASS WITH FLOWING SAND}"


@dataclass(frozen=True, slots=True)
class News:
    """What the bot wrote, changed, took away and opened meanwhile; oldest first."""

    messages: tuple[Message, ...] = ()
    gone: tuple[Message, ...] = ()
    views: tuple[View, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.messages or self.gone or self.views)

    @property
    def is_open(self) -> bool:
        """Whether the bot says that something is still on its way."""
        return any(_OPEN in message.text for message in self.messages)

    @property
    def is_answer(self) -> bool:
        """Whether there is more than what one person is told beforehand."""
        return bool(self.views) or any(not each.only_for for each in self.messages)


@dataclass(frozen=True, slots=True)
class Sight:
    """The bot's messages by their number of versions, and its views by their hash.

    The App Homes of *watched*, user ids, are among the views.
    """

    messages: Mapping[Message, int]
    views: Mapping[View, str]
    watched: tuple[str, ...] = ()

    def news_since(self, before: "Sight") -> News:
        """Return what is here and was not, or not so, *before*."""
        fresh = [
            message
            for message, version in self.messages.items()
            if before.messages.get(message) != version
        ]
        changed = [
            view
            for view, hash_ in self.views.items()
            if before.views.get(view) != hash_
        ]
        gone = [each for each in before.messages if each not in self.messages]
        return News(
            tuple(sorted(fresh, key=lambda message: message.ts)),
            tuple(gone),
            tuple(changed),
        )


def look_around(slack: SlackServer, *, watched: Sequence[str] = ()) -> Sight:
    """Look at all that anybody sees, but of App Homes only at those of *watched*."""
    state = slack.state
    by_bot = [each for each in state.everywhere() if each.bot_id == state.bot_id]
    told = [message for _, message in list(state.ephemerals)]
    modals = [view for user in state.users for view in slack.views(user)]
    homes = [view for user in watched if (view := slack.home(user))]
    return Sight(
        {each: len(each.history) for each in (*by_bot, *told)},
        {each: each.hash for each in (*modals, *homes)},
        tuple(watched),
    )
