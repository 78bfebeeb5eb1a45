"""Type into menus whose options the app looks up.

Source: docs.slack.dev/reference/interaction-payloads/block_suggestion-payload. By HTTP
the request goes to the URL of events too: both manifests name one URL for everything.
"""

from typing import Any

from bot.sandbox.slack.block_kit.objects import (
    Faults,
    check_option_groups,
    check_options,
    fault,
)
from bot.sandbox.slack.desk import Desk
from bot.sandbox.slack.messages import Json, Message
from bot.sandbox.slack.pressing import find_element
from bot.sandbox.slack.refusals import Refused
from bot.sandbox.slack.views import View

#: "The default value is 3."
MIN_QUERY_LENGTH = 3


class BadAnswer(ValueError):
    """The app answered in time, but with something that Slack cannot show.

    Or not in time: the message says which.
    """


class Suggesting:
    """What people do in menus with external data."""

    _desk: Desk

    def suggest(
        self, where: Message | View, block_id: str, action_id: str, typed: str
    ) -> list[Json]:
        """Type into an external select; return the options that it shows then.

        Of groups the options are returned. Fewer characters than its
        `min_query_length` ask nothing and show nothing.

        Raises:
            BadAnswer: the app gave no answer, or one that cannot be shown.
            Refused: there is no such menu.
        """
        _, element = find_element(where, action_id, block_id)
        if element["type"] not in ("external_select", "multi_external_select"):
            raise Refused(f"{action_id} is a {element['type']}")
        if len(typed) < element.get("min_query_length", MIN_QUERY_LENGTH):
            return []
        request = self._desk.app.interact(
            {
                **self._asked(where),
                "action_id": action_id,
                "block_id": block_id,
                "value": typed,
            }
        )
        if request.error is not None:
            raise BadAnswer(request.error)
        options = read_options(request.answer)
        if isinstance(where, View):
            # what was chosen from earlier answers stays chosen
            held = where.values.get((block_id, action_id), {}).get("selected_options")
            where.suggested[block_id, action_id] = [*options, *(held or [])]
        return options

    def _asked(self, where: Message | View) -> Json:
        desk = self._desk
        if isinstance(where, View):
            return {**desk.payload("block_suggestion", where.user), **desk.view(where)}
        container = {
            "type": "message",
            "message_ts": where.ts,
            "channel_id": where.channel_id,
            "is_ephemeral": where.only_for is not None,
        }
        return {
            **desk.payload("block_suggestion", where.only_for or "UANNA"),
            "container": container,
            "channel": desk.channel(where.channel_id),
            "message": desk.events.snapshot(where),
        }


def read_options(answer: Any) -> list[Json]:
    """Return the options in an answer, those in groups too.

    Raises:
        BadAnswer: they break a rule.
    """
    faults = list(_faults(answer))
    if faults:
        raise BadAnswer("; ".join(faults))
    if "options" in answer:
        return list(answer["options"])
    return [option for group in answer["option_groups"] for option in group["options"]]


def _faults(answer: Any) -> Faults:
    if not isinstance(answer, dict):
        yield fault("must be an object with `options` or `option_groups`", "/")
    elif "options" in answer:
        yield from check_options(answer["options"], "/options", least=0)
    else:
        groups = answer.get("option_groups")
        yield from check_option_groups(groups, "/option_groups", least=0)
