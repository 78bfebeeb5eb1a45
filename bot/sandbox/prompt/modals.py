"""Commands that open a modal by a shortcut, fill it in, and end it."""

from collections.abc import Collection
from typing import Any

from bot.sandbox.prompt.arguments import Mistaken, split_words
from bot.sandbox.prompt.fields import (
    CHOSEN,
    TICKED,
    UPLOADED,
    WRITTEN,
    Field,
    Option,
    find_field,
    find_options,
    pick,
)
from bot.sandbox.prompt.session import Session
from bot.sandbox.prompt.writing import offer_files
from bot.sandbox.screen import Row
from bot.sandbox.slack import View
from bot.sandbox.transcript import YOU

#: The callback ids of the shortcuts, as in the app's manifest.
MESSAGE_SHORTCUT = "attach_message"
GLOBAL_SHORTCUT = "attach_files"

#: How long the view gets to change after something was chosen in it.
_CHANGE_SECONDS = 1.0
_SUBMITTED = "No answer yet; thread and item look again."


class Modals:
    """What a person does with shortcuts and modals."""

    _session: Session

    def do_shortcut(self, rest: str) -> None:
        """shortcut [global]: use the last message's shortcut or the global one."""
        session = self._session
        slack, before = session.stage.slack, session.look()
        if rest.strip() not in ("", "global"):
            raise Mistaken("Write shortcut for the last message's, or shortcut global")
        if rest.strip():
            request = slack.shortcut(GLOBAL_SHORTCUT)
        else:
            request = slack.message_shortcut(MESSAGE_SHORTCUT, session.last)
        session.check(request)
        session.show_answer(before, silence="Loadmaster opened nothing; try it again.")

    def do_modal(self, rest: str) -> None:
        """modal: show the open modal again."""
        self._session.show_view(self._modal())

    def do_choose(self, rest: str) -> None:
        """choose [INPUT] TEXT: type TEXT into a menu and take what it finds."""
        field, words = self._field(CHOSEN, rest)
        typed = " ".join(words)
        options = find_options(self._session.stage.slack, field, typed)
        option = pick(options, typed)
        if option is not None:
            self._enter(field, _toggled(field, option))
        elif options:
            self._session.screen.show(Row("", each.text) for each in options)
            self._session.screen.say("Choose one of these by more of its words.")
        else:
            raise Mistaken(f"Nothing is offered for {typed}; try other words")

    def do_write(self, rest: str) -> None:
        """write [INPUT] TEXT: write into a text field, or empty it with ""."""
        field, words = self._field(WRITTEN, rest)
        self._enter(field, " ".join(words) or None)

    def do_tick(self, rest: str) -> None:
        """tick [INPUT] TEXT: tick a box, or take its tick away."""
        field, words = self._field(TICKED, rest)
        typed = " ".join(words)
        options = find_options(self._session.stage.slack, field, typed)
        option = options[0] if len(options) == 1 else pick(options, typed)
        if option is None:
            boxes = ", ".join(
                str(each["text"]["text"]) for each in field.element["options"]
            )
            raise Mistaken(f"Write which box you mean: {boxes}")
        self._enter(field, _toggled(field, option))

    def do_upload(self, rest: str) -> None:
        """upload [INPUT] FILE...: upload files into the open modal."""
        field, paths = self._field(UPLOADED, rest)
        if not paths:
            raise Mistaken("Write which files: upload a.pdf b.pdf")
        stage = self._session.stage
        files = [stage.upload(offer) for offer in offer_files(paths)]
        if field.element.get("max_files") != 1:
            held = [stage.slack.state.files[each["id"]] for each in field.held]
            files = [*held, *files]
        self._enter(field, files)

    def do_submit(self, rest: str) -> None:
        """submit: press the modal's submit button."""
        session, view = self._session, self._modal()
        before = session.look()
        result = session.stage.slack.submit(view)
        if result.error is not None:
            reasons = "; ".join(result.faults) or result.error
            raise Mistaken(f"Loadmaster did not take that; Slack says: {reasons}")
        if result.errors:
            self._session.show_view(view)
            return
        if result.view is None:
            session.screen.say("The modal is closed.")
        shown = session.show_answer(
            before, silence="" if result.view else _SUBMITTED
        ).views
        if result.view and result.view not in shown:
            session.show_view(result.view)

    def do_close(self, rest: str) -> None:
        """close: close the modal without submitting it."""
        self._session.stage.slack.close_view(self._modal())
        self._session.screen.say("The modal is closed.")
        if below := self._session.modal:
            self._session.show_view(below)

    def _modal(self) -> View:
        if view := self._session.modal:
            return view
        raise Mistaken("No modal is open; shortcut opens one")

    def _field(self, kinds: Collection[str], rest: str) -> tuple[Field, list[str]]:
        """Return the field that is meant: in the open modal, or else in the Home."""
        home = self._session.stage.slack.home(YOU)
        view = self._session.modal or home
        if view is None:
            raise Mistaken("No modal is open; shortcut opens one")
        return find_field(view, kinds, split_words(rest))

    def _enter(self, field: Field, value: Any) -> None:
        """Enter *value*; the app hears of it at once if it is no input block."""
        session, view = self._session, field.view
        before = session.look(watched=[view.user] if view.kind == "home" else [])
        request = session.stage.slack.choose(view, *field.key, value)
        if request is None:
            session.show_view(view)
            return
        session.check(request)
        news = session.show_answer(before, first=_CHANGE_SECONDS, silence="")
        if view not in news.views and view.is_open:
            session.show_view(view)


def _toggled(field: Field, option: Option) -> Any:
    """Return what *field* is to hold once *option* was clicked."""
    if not field.has_many:
        return option.value
    held = [each["value"] if isinstance(each, dict) else each for each in field.held]
    if option.value in held:
        return [each for each in held if each != option.value]
    return [*held, option.value]
