"""What can be filled in in a view: its inputs, and what its menus offer."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.prompt.arguments import Mistaken
from bot.sandbox.slack import BadAnswer, SlackServer, View
from bot.sandbox.slack.block_kit.blocks import elements_of
from bot.sandbox.slack.block_kit.elements import all_options
from bot.sandbox.slack.block_kit.values import TEXT, field_of
from bot.sandbox.slack.suggestions import MIN_QUERY_LENGTH

#: The elements that each command fills in.
WRITTEN = TEXT | {"datepicker", "timepicker"}
TICKED = frozenset({"checkboxes"})
UPLOADED = frozenset({"file_input"})
CHOSEN = frozenset(
    {
        "radio_buttons",
        *(
            f"{prefix}{what}_select"
            for prefix in ("", "multi_")
            for what in ("static", "external", "users", "conversations", "channels")
        ),
    }
)
#: How each command is typed, in the order in which a form is filled in.
USAGES: Mapping[str, Collection[str]] = {
    "choose TEXT": CHOSEN,
    "write TEXT": WRITTEN,
    "tick TEXT": TICKED,
    "upload FILE...": UPLOADED,
    "press BUTTON": ("button", "overflow"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """An element of a view that takes something in."""

    view: View
    block: Mapping[str, Any]
    element: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """Its block_id and action_id."""
        return self.block["block_id"], self.element["action_id"]

    @property
    def label(self) -> str:
        """What stands above it; empty outside of an input block."""
        return str((self.block.get("label") or {}).get("text", ""))

    @property
    def kind(self) -> str:
        """The type of its element."""
        return str(self.element["type"])

    @property
    def has_many(self) -> bool:
        """Whether it holds several things at once."""
        return (field_of(self.kind) or "").endswith("s")

    @property
    def held(self) -> list[Any]:
        """What it holds now."""
        value = self.view.values[self.key][field_of(self.kind) or ""]
        if isinstance(value, list):
            return value
        return [] if value is None else [value]


@dataclass(frozen=True, slots=True)
class Option:
    """Something that a menu or a row of boxes offers."""

    value: str
    text: str


def find_field(
    view: View, kinds: Collection[str], words: Sequence[str]
) -> tuple[Field, list[str]]:
    """Return the field of *kinds* that is meant, and the words left for it.

    The first of *words* may be its block_id or label. Where the view has several of
    *kinds* it must be, unless only one of them offers what the words say.

    Raises:
        Mistaken: there is none, or it is not clear which.
    """
    fields = [each for each in _fields(view) if each.kind in kinds]
    if not fields:
        raise Mistaken(
            f"The {view.kind} has nothing of that sort; it has {name_commands(view)}"
        )
    first = words[0].casefold() if words else ""
    for field in fields:
        if first and first in (field.key[0].casefold(), field.label.casefold()):
            return field, list(words[1:])
    if len(fields) > 1:
        names = ", ".join(each.key[0] for each in fields)
        fields = [each for each in fields if _offers(each, " ".join(words))]
        if len(fields) != 1:
            raise Mistaken(f"Write first which of these you mean: {names}")
    return fields[0], list(words)


def name_commands(view: View) -> str:
    """Return which commands there are for *view*."""
    kinds = {element["type"] for each in view.blocks for element in elements_of(each)}
    usages = [usage for usage, fitting in USAGES.items() if kinds & {*fitting}]
    if view.kind == "modal":
        usages += [*(["submit"] if view.content.get("submit") else []), "close"]
    return ", ".join(usages or ["home"])


def find_options(slack: SlackServer, field: Field, typed: str) -> list[Option]:
    """Return what a menu offers to a person who typed *typed* into it.

    Raises:
        Mistaken: the app looks nothing up for that, or answers badly.
    """
    state, kind = slack.state, field.kind
    if "external" in kind:
        return _ask(slack, field, typed)
    if "users" in kind:
        offered = [Option(each.id, each.name) for each in state.users.values()]
    elif "conversations" in kind or "channels" in kind:
        mine = [
            each for each in state.channels.values() if field.view.user in each.members
        ]
        offered = [Option(each.id, each.name) for each in mine]
    else:
        offered = _options(all_options(field.element))
    wanted = typed.casefold()
    return [
        each for each in offered if wanted in f"{each.text} {each.value}".casefold()
    ]


def pick(options: Sequence[Option], typed: str) -> Option | None:
    """Return the one option that *typed* means: whole, by its first words, or alone."""
    wanted = typed.casefold()
    whole = [each for each in options if wanted in _names(each)]
    begun = [each for each in options if _begins(each.text.casefold(), wanted)]
    for found in (whole, begun, options if typed else []):
        if len(found) == 1:
            return found[0]
    return None


def _ask(slack: SlackServer, field: Field, typed: str) -> list[Option]:
    least = field.element.get("min_query_length", MIN_QUERY_LENGTH)
    if len(typed) < least:
        raise Mistaken(f"Type at least {least} characters of what you look for")
    try:
        return _options(slack.suggest(field.view, *field.key, typed))
    except BadAnswer as error:
        raise Mistaken(f"Slack cannot show what Loadmaster offers ({error})") from error


def _options(options: Any) -> list[Option]:
    return [Option(each["value"], each["text"]["text"]) for each in options or []]


def _names(option: Option) -> tuple[str, str]:
    return option.value.casefold(), option.text.casefold()


def _begins(text: str, words: str) -> bool:
    """Tell whether *text* begins with whole *words*: WEB-1, not WEB-12."""
    return text.startswith(words) and not text[len(words) : len(words) + 1].isalnum()


def _offers(field: Field, words: str) -> bool:
    """Tell whether *words*, if there are any, stand in one of its own options."""
    options = _options(all_options(field.element))
    return any(words and words.casefold() in each.text.casefold() for each in options)


def _fields(view: View) -> Iterator[Field]:
    for block in view.blocks:
        for element in elements_of(block):
            yield Field(view, block, element)
