"""Write messages and views as plain text, for a terminal. No I/O."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.sandbox.mrkdwn import to_plain
from bot.sandbox.slack.block_kit.elements import all_options
from bot.sandbox.slack.block_kit.values import field_of, first_values
from bot.sandbox.slack.messages import Json, Message
from bot.sandbox.slack.views import View

_RULE = "----"
#: What stands around the mark of an option that is ticked or not.
_MARKS: Mapping[str, tuple[str, str]] = {
    "checkboxes": ("[", "]"),
    "radio_buttons": ("(", ")"),
}

Values = Mapping[tuple[str, str], Json]


def show_view(view: View) -> str:
    """Return how a modal or an App Home reads: what is entered, what can be pressed."""
    lines = [f"== {view.title} =="] if view.title else []
    for block in view.blocks:
        lines += _show(block, view.values)
        if error := view.errors.get(block["block_id"]):
            lines.append(f"  ! {error}")
    names = [_text(view.content.get(each)) for each in ("close", "submit")]
    if view.kind == "modal":
        names[0] = names[0] or "Cancel"
        lines += [_RULE, " ".join(f"[{each}]" for each in names if each)]
    return "\n".join(lines)


def show_message(message: Message) -> str:
    """Return how a message reads: its blocks or its text, its files, its reactions."""
    words = show_words(message)
    lines = [words] if words else []
    lines += [f"  file: {each.name or each.id}" for each in message.files]
    counts = [f":{name}: {len(each)}" for name, each in message.reactions.items()]
    lines += ["  " + "  ".join(counts)] if counts else []
    return "\n".join(lines)


def show_words(message: Message) -> str:
    """Return what stands in a message: its blocks, with their buttons, or its text."""
    layout = [each for each in message.blocks if each["type"] != "rich_text"]
    values = first_values(layout) | message.values
    lines = [line for block in layout for line in _show(block, values)]
    return "\n".join(lines) if layout else to_plain(message.text)


def _show(block: Json, values: Values) -> Iterator[str]:
    show = SHOWN.get(block["type"])
    if show is None:
        yield f"({block['type']})"
    else:
        yield from show(block, values)


def _section(block: Json, values: Values) -> Iterator[str]:
    accessory = block.get("accessory")
    button = f"  {_element(block, accessory, values)}" if accessory else ""
    texts = [_text(block.get("text")), *map(_text, block.get("fields") or [])]
    first, *rest = [text for text in texts if text]
    yield first + button
    yield from rest


def _context(block: Json, values: Values) -> Iterator[str]:
    yield "  " + " ".join(
        each["alt_text"] if each["type"] == "image" else _text(each)
        for each in block["elements"]
    )


def _actions(block: Json, values: Values) -> Iterator[str]:
    yield " ".join(_element(block, each, values) for each in block["elements"])


def _input(block: Json, values: Values) -> Iterator[str]:
    mark = "" if block.get("optional") else " *"
    yield f"{_text(block['label'])}{mark} ({block['block_id']})"
    for line in _field(block, block["element"], values):
        yield f"  {line}"
    if block.get("hint"):
        yield f"  {_text(block['hint'])}"


def _header(block: Json, values: Values) -> Iterator[str]:
    yield f"# {_text(block['text'])}"


def _divider(block: Json, values: Values) -> Iterator[str]:
    yield _RULE


def _markdown(block: Json, values: Values) -> Iterator[str]:
    yield block["text"]


def _image(block: Json, values: Values) -> Iterator[str]:
    yield f"(image: {block['alt_text']})"


SHOWN: Mapping[str, Callable[[Json, Values], Iterator[str]]] = {
    "section": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "header": _header,
    "divider": _divider,
    "markdown": _markdown,
    "image": _image,
}


def _field(block: Json, element: Json, values: Values) -> Iterator[str]:
    """Yield the lines of an input's element; what can be chosen is one of them."""
    if element["type"] in _MARKS:
        yield from _boxes(block, element, values)
        return
    yield _element(block, element, values)
    options = all_options(element)
    if options:
        yield "one of: " + " | ".join(_text(each["text"]) for each in options)


def _boxes(block: Json, element: Json, values: Values) -> Iterator[str]:
    left, right = _MARKS[element["type"]]
    value = values.get((block["block_id"], element["action_id"]), {})
    held = value.get(field_of(element["type"]) or "") or []
    chosen = held if isinstance(held, list) else [held]
    values_chosen = {each["value"] for each in chosen}
    for option in element["options"]:
        mark = "x" if option["value"] in values_chosen else " "
        yield f"{left}{mark}{right} {_text(option['text'])}"


def _element(block: Json, element: Json, values: Values) -> str:
    kind = element["type"]
    if kind == "button":
        return f"[{_text(element['text'])}]"
    if kind == "image":
        return f"(image: {element['alt_text']})"
    if kind in _MARKS:
        return "  ".join(_boxes(block, element, values))
    if kind == "overflow":
        return " ".join(f"[{_text(each['text'])}]" for each in element["options"])
    value = values.get((block["block_id"], element["action_id"]))
    entered = ", ".join(_entered(value)) if value else ""
    return f"[{entered or _text(element.get('placeholder')) or '...'}]"


def _entered(value: Json) -> Iterator[str]:
    held: Any = value.get(field_of(value["type"]) or "")
    for each in held if isinstance(held, list) else [held]:
        if isinstance(each, dict):
            yield _text(each.get("text")) or str(each.get("name") or each["type"])
        elif each not in (None, ""):
            yield str(each)


def _text(text: Any) -> str:
    if not isinstance(text, dict):
        return ""
    shown = str(text.get("text", ""))
    return to_plain(shown) if text.get("type") == "mrkdwn" else shown
