"""The command that presses buttons, wherever the bot shows one."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.sandbox.mrkdwn import to_plain
from bot.sandbox.prompt.arguments import Mistaken, split_words, take_person
from bot.sandbox.prompt.session import Session
from bot.sandbox.screen import Row
from bot.sandbox.slack import Message, View
from bot.sandbox.slack.block_kit.blocks import elements_of
from bot.sandbox.transcript import YOU

_UNCHANGED = "Loadmaster shows nothing new yet; thread and item look again."


@dataclass(frozen=True, slots=True)
class Button:
    """A button, or an item of an overflow menu, where a person sees it."""

    place: str
    where: Message | View
    label: str
    block_id: str
    element: dict[str, Any]
    value: str | None = None

    @property
    def text(self) -> str:
        """What the message says whose button it is; empty for a view."""
        return to_plain(self.where.text) if isinstance(self.where, Message) else ""


class Pressing:
    """What a person presses."""

    _session: Session

    def do_press(self, rest: str) -> None:
        """press [BUTTON] [as PERSON]: press a button, or show which there are."""
        session = self._session
        words, person = take_person(split_words(rest), session.people())
        buttons = list(find_buttons(session))
        if words:
            self._press(_pick(buttons, " ".join(words)), person)
        elif buttons:
            session.screen.show(_list(buttons))
        else:
            raise Mistaken("There is no button; share a file, and there will be")

    def _press(self, button: Button, person: str | None) -> None:
        session = self._session
        if question := _question(button):
            session.screen.say(f'Slack asks first: "{question}" You say yes.')
        at_home = isinstance(button.where, View) and button.where.kind == "home"
        before = session.look(watched=[button.where.user] if at_home else [])
        request = session.stage.slack.press(
            button.where,
            button.element["action_id"],
            block_id=button.block_id,
            value=button.value,
            user=person,
        )
        session.check(request)
        if url := button.element.get("url"):
            session.screen.say(f"The button opens {url}")
        session.show_answer(before, silence="" if url else _UNCHANGED)


def find_buttons(session: Session) -> Iterator[Button]:
    """Yield the buttons to be seen: the open modal's, then the newest message's first.

    Of the bot's messages those count that one person alone sees, those in the last
    message's thread and its last answers; the App Home comes last.
    """
    slack, last = session.stage.slack, session.last
    if modal := session.modal:
        yield from _buttons_of("modal", modal)
    told = [message for _, message in list(slack.state.ephemerals)]
    for message in reversed(told):
        yield from _buttons_of("only you", message)
    replies = slack.replies_by_bot(last.channel_id, last.thread_ts or last.ts)
    for message in sorted({*replies, *session.answers}, key=_ts, reverse=True):
        yield from _buttons_of("reply", message)
    if home := slack.home(YOU):
        yield from _buttons_of("Home", home)


def _buttons_of(place: str, where: Message | View) -> Iterator[Button]:
    if isinstance(where, Message) and where.only_for not in (None, YOU):
        place = "only another"
    for block in where.blocks:
        for element in elements_of(block):
            block_id = block["block_id"]
            if element["type"] == "button":
                label = element["text"]["text"]
                yield Button(place, where, label, block_id, element)
            elif element["type"] == "overflow":
                for option in element["options"]:
                    label, value = option["text"]["text"], option["value"]
                    yield Button(place, where, label, block_id, element, value)


def _ts(message: Message) -> str:
    return message.ts


def _list(buttons: Iterable[Button]) -> Iterator[Row]:
    """Yield a row for each message or view, with its buttons and what it is about."""
    for _, group in itertools.groupby(buttons, lambda each: each.where):
        found = list(group)
        labels = " ".join(f"[{each.label}]" for each in found)
        about = found[0].text.partition("\n")[0]
        yield Row(found[0].place, f"{labels}  {about}")


def _pick(buttons: list[Button], name: str) -> Button:
    """Return the first button that is called *name*, or begins so.

    More words than its label are looked for in its message: Undo WEB-2.

    Raises:
        Mistaken: there is none.
    """
    wanted = name.strip("[]").casefold()
    for fits in (_is_called, _begins, _is_about):
        for button in buttons:
            if fits(button, wanted):
                return button
    there = ", ".join(dict.fromkeys(each.label for each in buttons)) or "none"
    raise Mistaken(f"There is no button {name}; what there is: {there}")


def _is_called(button: Button, wanted: str) -> bool:
    return button.label.casefold() == wanted


def _begins(button: Button, wanted: str) -> bool:
    return button.label.casefold().startswith(wanted)


def _is_about(button: Button, wanted: str) -> bool:
    words = wanted.removeprefix(f"{button.label.casefold()} ")
    return words != wanted and {*words.split()} <= {*button.text.casefold().split()}


def _question(button: Button) -> str:
    text = (button.element.get("confirm") or {}).get("text") or {}
    return str(text.get("text", ""))
