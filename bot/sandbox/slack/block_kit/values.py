"""What people enter and choose, in the shapes that payloads show it in.

Source: docs.slack.dev/reference/interaction-payloads/view-interactions-payload
(state.values) and /reference/block-kit/block-elements.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.sandbox.slack.block_kit.blocks import elements_of
from bot.sandbox.slack.block_kit.elements import all_options
from bot.sandbox.slack.files import File
from bot.sandbox.slack.refusals import Refused

Json = dict[str, Any]
Key = tuple[str, str]

TEXT = frozenset(
    {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
)
ONE_OPTION = frozenset({"static_select", "external_select", "radio_buttons"})
OPTIONS = frozenset({"multi_static_select", "multi_external_select", "checkboxes"})
#: Elements whose value is neither text nor options, and its field in payloads.
FIELDS: Mapping[str, str] = {
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}
#: docs.slack.dev/reference/block-kit/block-elements/file-input-element
MOST_FILES = 10
LARGEST_FILE = 10_000_000


def field_of(kind: str) -> str | None:
    """Return the field that holds an element's value; None if it has no state."""
    if kind in TEXT:
        return "value"
    if kind in ONE_OPTION:
        return "selected_option"
    return "selected_options" if kind in OPTIONS else FIELDS.get(kind)


def first_values(blocks: Sequence[Any]) -> dict[Key, Json]:
    """Return what the elements of *blocks* hold before anybody touches them."""
    return {
        (block["block_id"], element["action_id"]): _first(element, field)
        for block in blocks
        for element in elements_of(block)
        if (field := field_of(element["type"])) is not None
    }


def _first(element: Mapping[str, Any], field: str) -> Json:
    initial = "initial_" + field.removeprefix("selected_")
    if field == "rich_text_value":
        initial = "initial_value"
    many = field.endswith("s")
    value = element.get(initial, [] if many else None)
    return {"type": element["type"], field: value}


def nested(values: Mapping[Key, Json]) -> Json:
    """Return *values* by block_id and then action_id."""
    found: Json = {}
    for (block_id, action_id), value in values.items():
        found.setdefault(block_id, {})[action_id] = value
    return found


def is_empty(value: Mapping[str, Any]) -> bool:
    """Tell whether nothing was entered or chosen."""
    field = field_of(value["type"])
    return field is None or value.get(field) in (None, "", [])


def read_given(
    element: Mapping[str, Any],
    given: Any,
    *,
    suggested: Sequence[Any] = (),
    show: Callable[[File], Json],
) -> Json:
    """Return what *element* holds once a person gave it *given*.

    A text is given as it is, an option by its value or the text it shows, files as a
    list, and None empties the element.

    Raises:
        Refused: Slack's client would not take it.
    """
    kind = element["type"]
    field = field_of(kind)
    if field is None:
        raise Refused(f"nothing can be entered into a {kind}")
    if given is None:
        return _first({"type": kind}, field)
    if kind in TEXT:
        return {"type": kind, field: _text(element, str(given))}
    if kind in ONE_OPTION:
        return {"type": kind, field: find_option(element, given, suggested)}
    if kind in OPTIONS:
        options = [find_option(element, each, suggested) for each in given]
        return {"type": kind, field: options}
    if kind == "file_input":
        return {"type": kind, field: list(_files(element, given, show))}
    return {"type": kind, field: list(given) if field.endswith("s") else given}


def find_option(
    element: Mapping[str, Any], given: Any, suggested: Sequence[Any] = ()
) -> Json:
    """Return the option of *element*, or one that was suggested, that *given* names.

    Raises:
        Refused: it does not offer that.
    """
    offered = [*(all_options(element) or []), *suggested]
    if isinstance(element.get("initial_option"), dict):
        offered.append(element["initial_option"])
    offered += element.get("initial_options") or []
    for option in offered:
        if given in (option["value"], option["text"]["text"]):
            return dict(option)
    values = [option["value"] for option in offered]
    raise Refused(f"{given!r} is not among the options: {values}")


def _text(element: Mapping[str, Any], text: str) -> str:
    least, most = element.get("min_length", 0), element.get("max_length") or 3000
    if text and not least <= len(text) <= most:
        raise Refused(f"{len(text)} characters, allowed are {least} to {most}")
    return text


def _files(
    element: Mapping[str, Any], files: Sequence[File], show: Callable[[File], Json]
) -> Iterator[Json]:
    most = element.get("max_files", MOST_FILES)
    if len(files) > most:
        raise Refused(f"{len(files)} files, allowed are {most}")
    kinds = element.get("filetypes")
    for file in files:
        shown = show(file)
        if file.size > LARGEST_FILE:
            raise Refused(f"{file.name} is larger than {LARGEST_FILE // 10**6} MB")
        ending = (file.name or "").rpartition(".")[2].lower()
        if kinds and not {ending, shown.get("filetype")}.intersection(kinds):
            raise Refused(f"{file.name} is none of {kinds}")
        yield shown
