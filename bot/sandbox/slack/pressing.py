"""Press buttons and choose from menus, in messages, modals and the App Home.

Source: docs.slack.dev/reference/interaction-payloads/block_actions-payload.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.sandbox.slack.app_requests import AppRequest
from bot.sandbox.slack.block_kit.blocks import elements_of
from bot.sandbox.slack.block_kit.values import (
    field_of,
    find_option,
    first_values,
    nested,
    read_given,
)
from bot.sandbox.slack.desk import Desk
from bot.sandbox.slack.messages import Json, Message
from bot.sandbox.slack.refusals import Refused
from bot.sandbox.slack.views import View


class Pressing:
    """What people do with the elements of blocks."""

    _desk: Desk

    def press(
        self,
        where: Message | View,
        action_id: str,
        *,
        user: str | None = None,
        value: Any = None,
        block_id: str | None = None,
    ) -> AppRequest:
        """Press a button, or choose *value* (its value or its text) from a menu.

        Whoever sees the view or the ephemeral message does so, else *user* or UANNA.

        Raises:
            Refused: there is no such element, or it does not offer that.
        """
        person = _person(self._desk, where, user)
        block, element = find_element(where, action_id, block_id)
        action = self._action(where, block, element, value)
        payload = {
            **self._desk.payload("block_actions", person),
            **self._surroundings(where, person),
            "actions": [action],
        }
        return self._desk.app.interact(payload)

    def choose(
        self, where: Message | View, block_id: str, action_id: str, value: Any
    ) -> AppRequest | None:
        """Choose *value* from a menu; None if the app does not hear of it yet.

        Raises:
            Refused: there is no such menu, or it does not offer that.
        """
        block, element = find_element(where, action_id, block_id)
        if block["type"] != "input" or block.get("dispatch_action"):
            return self.press(where, action_id, value=value, block_id=block_id)
        self._enter(where, block, element, value)
        return None

    def _action(
        self, where: Message | View, block: Json, element: Json, value: Any
    ) -> Json:
        action: Json = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": self._desk.state.next_ts(),
        }
        if element["type"] == "button":
            shown = ("text", "value", "style")
            action |= {name: element[name] for name in shown if name in element}
        if element["type"] == "overflow":
            return {**action, "selected_option": find_option(element, value)}
        if field_of(element["type"]) is None:
            return action
        return {**action, **self._enter(where, block, element, value)}

    def _enter(
        self, where: Message | View, block: Json, element: Json, value: Any
    ) -> Json:
        key = (block["block_id"], element["action_id"])
        suggested = where.suggested.get(key, []) if isinstance(where, View) else []
        show = self._desk.events.show_file
        entered = read_given(element, value, suggested=suggested, show=show)
        with self._desk.state.lock():
            where.values[key] = entered
        return entered

    def _surroundings(self, where: Message | View, user: str) -> Json:
        desk = self._desk
        if isinstance(where, View):
            return {**desk.view(where), **desk.trigger(user, where)}
        channel_id, is_ephemeral = where.channel_id, where.only_for is not None
        thread = {"thread_ts": where.thread_ts} if where.thread_ts else {}
        container = {
            "type": "message",
            "message_ts": where.ts,
            "channel_id": channel_id,
            "is_ephemeral": is_ephemeral,
        }
        # No message of an ephemeral one: slackapi/bolt-python
        # tests/scenario_tests/test_block_actions.py, slackapi/bolt-js issue 959.
        shown = {} if is_ephemeral else {"message": desk.events.snapshot(where)}
        return {
            "container": {**container, **thread},
            "channel": desk.channel(channel_id),
            **shown,
            "state": {"values": nested(first_values(where.blocks) | where.values)},
            **desk.answer_at("actions", user, channel_id, where),
            **desk.trigger(user),
        }


def find_element(
    where: Message | View, action_id: str, block_id: str | None = None
) -> tuple[Json, Json]:
    """Return the block and the element in it that has *action_id*.

    Raises:
        Refused: there is none.
    """
    known = list(_elements(where.blocks))
    for block, element in known:
        if action_id == element["action_id"] and block_id in (None, block["block_id"]):
            return block, element
    names = [(block["block_id"], each["action_id"]) for block, each in known]
    raise Refused(f"no element {action_id!r} in block {block_id!r}; there are {names}")


def _elements(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for element in elements_of(block):
            yield block, element


def _person(desk: Desk, where: Message | View, user: str | None) -> str:
    """Return who acts.

    Raises:
        Refused: they do not see *where*.
    """
    is_there, sees = _seen(where)
    if not is_there:
        raise Refused("it is no longer there")
    person = user or sees or "UANNA"
    if sees not in (None, person):
        raise Refused(f"{person} does not see it")
    if isinstance(where, Message) and not _is_member(desk, where, person):
        raise Refused(f"{person} is not in {where.channel_id}")
    return person


def _seen(where: Message | View) -> tuple[bool, str | None]:
    """Tell whether *where* is still there, and who alone sees it."""
    if isinstance(where, View):
        return where.is_open, where.user
    return not where.deleted, where.only_for


def _is_member(desk: Desk, message: Message, person: str) -> bool:
    return person in desk.state.channels[message.channel_id].members
