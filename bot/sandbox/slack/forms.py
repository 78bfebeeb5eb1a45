"""Fill in, submit and close modals.

Source: docs.slack.dev/surfaces/modals and
/reference/interaction-payloads/view-interactions-payload.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.sandbox.slack.app_requests import AppRequest
from bot.sandbox.slack.block_kit.values import is_empty, read_given
from bot.sandbox.slack.calls import ApiError
from bot.sandbox.slack.desk import Desk
from bot.sandbox.slack.messages import Json
from bot.sandbox.slack.refusals import Refused
from bot.sandbox.slack.views import View

Action = Literal["close", "errors", "update", "push", "clear"]

REQUIRED = "Please complete this required field."


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """What came of submitting a view.

    *request* is None if Slack's client found a field empty and asked nothing. *errors*
    are the sentences below inputs, by block_id. *view* is what the person sees now,
    None if no modal is left. *error* says that the app did not answer well: in words of
    `AppRequest.error`, or `invalid_response` with the *faults*.
    """

    request: AppRequest | None = None
    action: Action | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    view: View | None = None
    error: str | None = None
    faults: tuple[str, ...] = ()


class Forms:
    """What people do with modals."""

    _desk: Desk

    def fill(self, view: View, values: Mapping[str, Any]) -> View:
        """Enter values into inputs, by block_id; return the view.

        A text is given as it is, an option by its value or text, several as a list,
        files as a list of files, and None empties the input.

        Raises:
            Refused: there is no such input, or it does not take that.
        """
        if not view.is_open:
            raise Refused("this view is closed")
        for block_id, given in values.items():
            element = _input(view, block_id)["element"]
            key = (block_id, element["action_id"])
            entered = read_given(
                element,
                given,
                suggested=view.suggested.get(key, ()),
                show=self._desk.events.show_file,
            )
            with self._desk.state.lock():
                view.values[key] = entered
        return view

    def submit(self, view: View) -> SubmitResult:
        """Press the modal's submit button and do what the app answers.

        Raises:
            Refused: the view is not on top, or has no such button.
        """
        desk = self._desk
        if desk.views.stack(view.user)[-1:] != [view] or not view.content.get("submit"):
            raise Refused("this view cannot be submitted")
        view.errors = dict(_required(view))
        if view.errors:
            return SubmitResult(action="errors", errors=view.errors, view=view)
        request = desk.app.interact(
            {
                **desk.payload("view_submission", view.user),
                **desk.trigger(view.user, view),
                "view": desk.views.as_json(view),
                "response_urls": list(self._response_urls(view)),
            }
        )
        if request.error is not None:
            return SubmitResult(request, view=view, error=request.error)
        return self._obey(view, request)

    def close_view(self, view: View, *, everything: bool = False) -> AppRequest | None:
        """Close a modal, or *everything* that is stacked up.

        `clear_on_close` closes everything too. Return what the app was told, the last
        if several views want it told, None if none does.

        Raises:
            Refused: the view is not open.
        """
        desk = self._desk
        if not view.is_open:
            raise Refused("this view is closed")
        everything = everything or bool(view.content.get("clear_on_close"))
        stack = desk.views.stack(view.user)
        closed = stack if everything else stack[stack.index(view) :]
        desk.views.close(closed[0])
        requests = [
            desk.app.interact(
                {
                    **desk.payload("view_closed", each.user),
                    "view": desk.views.as_json(each),
                    "is_cleared": everything,
                }
            )
            for each in reversed(closed)
            if each.content.get("notify_on_close")
        ]
        return requests[-1] if requests else None

    def _response_urls(self, view: View) -> Iterator[Json]:
        """Yield a URL for each conversation chosen with `response_url_enabled`."""
        for block in view.blocks:
            element = block.get("element", {})
            key = (block["block_id"], element.get("action_id", ""))
            value = view.values.get(key, {})
            chosen = value.get("selected_conversation") or value.get("selected_channel")
            if element.get("response_url_enabled") and chosen:
                yield {
                    "block_id": key[0],
                    "action_id": key[1],
                    "channel_id": chosen,
                    **self._desk.answer_at("app", view.user, chosen),
                }

    def _obey(self, view: View, request: AppRequest) -> SubmitResult:
        try:
            action = self._carry_out(view, request.answer)
        except ApiError as error:
            messages = error.extra.get("response_metadata", {}).get("messages", [])
            faults = (error.error, *messages)
            return SubmitResult(
                request, view=view, error="invalid_response", faults=faults
            )
        return SubmitResult(request, action, view.errors, self._top(view.user))

    def _carry_out(self, view: View, answer: Any) -> Action:
        if not answer:
            self._desk.views.close(view)
            return "close"
        wanted = answer.get("response_action") if isinstance(answer, dict) else None
        for action, change in self._changes().items():
            if action == wanted:
                change(view, answer)
                return action
        raise ApiError(f"no such response: {answer}")

    def _changes(self) -> Mapping[Action, Callable[[View, Json], object]]:
        views = self._desk.views
        return {
            "errors": _show_errors,
            "update": lambda view, answer: views.update(view, answer.get("view")),
            "push": lambda view, answer: views.push(view.user, answer.get("view")),
            "clear": lambda view, answer: views.clear(view.user),
        }

    def _top(self, user: str) -> View | None:
        stack = self._desk.views.stack(user)
        return stack[-1] if stack else None


def _input(view: View, block_id: str) -> Json:
    inputs = {each["block_id"]: each for each in _inputs(view)}
    if block_id not in inputs:
        raise Refused(f"no input {block_id!r}; there are {list(inputs)}")
    return inputs[block_id]


def _inputs(view: View) -> list[Json]:
    return [each for each in view.blocks if each["type"] == "input"]


def _required(view: View) -> Iterator[tuple[str, str]]:
    for block in _inputs(view):
        key = (block["block_id"], block["element"]["action_id"])
        if is_empty(view.values[key]) and not block.get("optional"):
            yield block["block_id"], REQUIRED


def _show_errors(view: View, answer: Json) -> None:
    errors = answer.get("errors")
    faults = list(_error_faults(view, errors))
    if faults:
        raise ApiError("invalid errors", response_metadata={"messages": faults})
    view.errors = dict(answer["errors"])


def _error_faults(view: View, errors: Any) -> Iterator[str]:
    """Yield what is wrong with `errors`: its keys are block_ids of input blocks."""
    if not isinstance(errors, dict) or not errors:
        yield "`errors` must be an object that is not empty"
        return
    known = {each["block_id"] for each in _inputs(view)}
    for block_id, text in errors.items():
        if block_id not in known:
            yield f"{block_id!r} is no input block of the view: {sorted(known)}"
        if not isinstance(text, str) or not text:
            yield f"the error of {block_id!r} is no text"
