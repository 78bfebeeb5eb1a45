"""What a person does in a modal: search, choose, write, upload, submit, close."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.page.action import Action, Body, Unwell, find_view
from bot.sandbox.slack import BadAnswer, SlackServer
from bot.sandbox.slack.messages import Json
from bot.sandbox.slack.pressing import find_element


def suggest(slack: SlackServer, user: str, body: Body) -> Json:
    """Type into a menu whose options the app looks up; return the options."""
    view = find_view(slack, user, body)
    place = str(body["block"]), str(body["action"])
    try:
        options = slack.suggest(view, *place, str(body.get("typed", "")))
    except BadAnswer as error:
        raise Unwell("The results could not be loaded; type again.") from error
    return {
        "options": [
            {"value": each["value"], "text": each["text"]["text"]} for each in options
        ]
    }


def choose(slack: SlackServer, user: str, body: Body) -> None:
    """Enter something into one element; files are given by their ids."""
    view = find_view(slack, user, body)
    block_id, action_id = str(body["block"]), str(body["action"])
    _, element = find_element(view, action_id, block_id)
    request = slack.choose(view, block_id, action_id, _value(slack, element, body))
    if request is not None and request.error is not None:
        raise Unwell(f"Loadmaster did not take that ({request.error}).")


def submit(slack: SlackServer, user: str, body: Body) -> None:
    """Press a modal's submit button; what is wrong with it, the modal tells then."""
    result = slack.submit(find_view(slack, user, body))
    slack.state.touch()
    if result.error is not None:
        raise Unwell(f"Loadmaster did not take that, so Slack says: {result.error}.")


def close(slack: SlackServer, user: str, body: Body) -> None:
    """Close a modal without submitting it."""
    slack.close_view(find_view(slack, user, body))


def _value(slack: SlackServer, element: Mapping[str, Any], body: Body) -> Any:
    value = body.get("value")
    if element["type"] == "file_input":
        return [slack.state.files[each] for each in value or []]
    return value


FILLING: Mapping[str, Action] = {
    "suggest": suggest,
    "choose": choose,
    "submit": submit,
    "close": close,
}
