"""What the commands of the prompt share: the last message, and showing what came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.sandbox.prompt.arguments import Mistaken
from bot.sandbox.prompt.fields import name_commands
from bot.sandbox.screen import Screen
from bot.sandbox.sights import News, Sight, look_around
from bot.sandbox.slack import AppRequest, Message, View
from bot.sandbox.stage import Stage
from bot.sandbox.transcript import (
    YOU,
    show_aside,
    show_item,
    show_surface,
    show_thread,
)

#: The bot answers at once or, when there is much to do, says so after two seconds.
_FIRST_SECONDS = 4.0
_FURTHER_SECONDS = 30.0

_SILENCE = (
    "No answer yet; thread looks again. Loadmaster is silent where a text has no key"
    " of a project in Plane: item shows which there are."
)


@dataclass(frozen=True, slots=True)
class Before:
    """What was to be seen in Slack and in Plane before a command."""

    sight: Sight
    contents: Mapping[str, Sequence[str]]


class Session:
    """A stage, the screen it is shown on, and the message that commands are about."""

    def __init__(self, stage: Stage, screen: Screen, last: Message) -> None:
        self.stage = stage
        self.screen = screen
        self.last = last
        #: What the bot wrote last for everybody to see.
        self.answers: tuple[Message, ...] = ()
        self._shown = Before(look_around(stage.slack), stage.contents())

    @property
    def modal(self) -> View | None:
        """The modal that is open."""
        slack = self.stage.slack
        people = [YOU, *(each for each in slack.state.users if each != YOU)]
        return next((view for each in people for view in slack.views(each)[-1:]), None)

    def people(self) -> dict[str, str]:
        """Return the user ids of those in the last message's channel, by name."""
        state = self.stage.slack.state
        members = state.channels[self.last.channel_id].members
        users = [each for each in state.users.values() if not each.is_bot]
        return {each.name: each.id for each in users if each.id in members}

    def look(self, *, watched: Sequence[str] = ()) -> Before:
        """Return what was shown, with the App Homes of *watched*, before acting."""
        now, shown = look_around(self.stage.slack, watched=watched), self._shown
        sight = Sight(shown.sight.messages, now.views, now.watched)
        return Before(sight, shown.contents)

    def catch_up(self) -> None:
        """Show what the bot did since the last command was over."""
        before, now = self._shown, look_around(self.stage.slack)
        self._shown = Before(now, self.stage.contents())
        news = now.news_since(before.sight)
        self._follow(news)
        if news.messages or before.contents != self._shown.contents:
            self.screen.say("")
            self.screen.say("Meanwhile:")
            self._show_messages(news, None)
            self._show_items(before, news)

    def check(self, request: AppRequest) -> None:
        """Look at what the app said to a shortcut or a press.

        Raises:
            Mistaken: nothing good.
        """
        if request.error is not None:
            raise Mistaken(
                f"Loadmaster did not take that, and Slack shows an error"
                f" ({request.error})"
            )

    def show_answer(
        self,
        before: Before,
        *,
        about: Message | None = None,
        first: float = _FIRST_SECONDS,
        silence: str = _SILENCE,
    ) -> News:
        """Wait for what the bot does since *before*, at first *first* seconds; show it.

        The thread of *about* is shown in any case. *silence* is said if there is
        nothing else to show. Return what came in Slack.

        Raises:
            BotEnded: the bot ended instead.
        """
        sight = self.stage.hear_out(before.sight, first=first, further=_FURTHER_SECONDS)
        self._shown = Before(sight, self.stage.contents())
        news = sight.news_since(before.sight)
        self._follow(news)
        self._show_messages(news, about)
        for view in news.views:
            self.show_view(view)
        changed = self._show_items(before, news)
        if news.gone and not news.messages:
            self.screen.say("The message is gone.")
        elif not news and not changed and silence:
            self.screen.say(silence)
        return news

    def show_view(self, view: View) -> None:
        """Show a modal, and how to go on with it, or an App Home."""
        show_surface(self.stage, view, self.screen)
        if view.kind == "modal":
            self.screen.say(f"Go on with {name_commands(view)}.")

    def _follow(self, news: News) -> None:
        """Let the last message be the one that was answered."""
        answers = tuple(each for each in news.messages if not each.only_for)
        self.answers = answers or self.answers
        roots = [_thread(each) for each in answers]
        if roots and _thread(self.last) not in roots:
            parent = self.stage.slack.state.message(*roots[-1])
            if parent is not None and parent.bot_id is None:
                self.last = parent

    def _show_messages(self, news: News, about: Message | None) -> None:
        threads = {_thread(about): about} if about is not None else {}
        for message in news.messages:
            if message.only_for and not message.thread_ts:
                show_aside(self.stage, message, self.screen)
            else:
                threads.setdefault(_thread(message), message)
        for message in threads.values():
            show_thread(self.stage, message, self.screen)

    def _show_items(self, before: Before, news: News) -> bool:
        now = self._shown.contents
        keys = [key for key, held in now.items() if held != before.contents.get(key)]
        answered = {_thread(each) for each in news.messages}
        if not keys and _thread(self.last) in answered:
            keys = self.stage.destinations(self.last)
        for key in keys:
            show_item(self.stage, key, self.screen)
        return bool(keys)


def _thread(message: Message) -> tuple[str, str]:
    return message.channel_id, message.thread_ts or message.ts
