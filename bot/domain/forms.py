"""The form (a modal): what it is about, and what was entered. No I/O."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.envelopes import (
    JsonObject,
    read_id,
    read_object,
    read_text,
    read_ts,
)
from bot.domain.files import SharedFile, check_file, parse_file
from bot.domain.references import Reference, parse_reference
from bot.errors import MalformedEvent, MalformedReference

#: The callback id of the form.
ATTACH_FORM = "attach"
#: Ids of its inputs, as blocks and as the elements in them.
ITEM = "item"
FILES = "files"


@dataclass(frozen=True, slots=True)
class Uploads:
    """A form that takes files which are uploaded into it."""


@dataclass(frozen=True, slots=True)
class MessageFiles:
    """A form that offers the files of the message *ts*."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True)
class Moving:
    """A form that moves what a share attached."""

    share_id: int


Subject = Uploads | MessageFiles | Moving

_KINDS: Mapping[str, type[Subject]] = {
    "uploads": Uploads,
    "message": MessageFiles,
    "move": Moving,
}


@dataclass(frozen=True, slots=True)
class Form:
    """A form for one person, and what it is about."""

    team_id: str
    user_id: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class Opening:
    """What a person did to have a form opened.

    *trigger_id* opens it, once and within three seconds; by *response_url* the person
    can be told something instead.
    """

    form: Form
    trigger_id: str
    response_url: str


@dataclass(frozen=True, slots=True)
class Entries:
    """What was entered into the form *view_id*: at most the ids of files, or files.

    *is_external* tells that another organisation's person did it.
    """

    view_id: str
    team_id: str
    user_id: str
    is_external: bool
    reference: Reference | None
    file_ids: tuple[str, ...]
    uploads: tuple[SharedFile, ...]


def print_form(form: Form) -> dict[str, Any]:
    """Return *form* as JSON."""
    kind = next(name for name, type_ in _KINDS.items() if type(form.subject) is type_)
    return {
        "team": form.team_id,
        "user": form.user_id,
        "kind": kind,
        **dataclasses.asdict(form.subject),
    }


def parse_form(raw: Mapping[str, Any]) -> Form:
    """Return what `print_form` made *raw* of."""
    fields = {k: v for k, v in raw.items() if k not in ("team", "user", "kind")}
    return Form(raw["team"], raw["user"], _KINDS[raw["kind"]](**fields))


def parse_opening(body: object, subject: Subject) -> Opening:
    """Read who has a form about *subject* opened, from a shortcut or a button.

    Raises:
        MalformedEvent: the payload is of neither.
    """
    payload = read_object(body, "payload")
    return Opening(
        Form(*_read_person(payload), subject),
        _read_trigger_id(payload),
        read_text(payload, "response_url"),
    )


def parse_command_opening(body: Mapping[str, Any]) -> Opening:
    """Read who has a form opened by a slash command.

    Raises:
        MalformedEvent: the form is not one of a slash command.
    """
    form = Form(read_id(body, "team_id"), read_id(body, "user_id"), Uploads())
    return Opening(form, _read_trigger_id(body), read_text(body, "response_url"))


def parse_message_shortcut(body: object) -> Opening:
    """Read a shortcut of a message.

    Raises:
        MalformedEvent: it is none.
    """
    payload = read_object(body, "payload")
    message = read_object(payload.get("message"), "message")
    channel = read_object(payload.get("channel"), "channel")
    ts = payload.get("message_ts") or message.get("ts")
    return parse_opening(payload, MessageFiles(read_id(channel, "id"), read_ts(ts)))


def parse_entries(body: object) -> Entries:
    """Read a `view_submission` payload.

    What stands in it came from the person's client: any id may be in any place.

    Raises:
        MalformedEvent: it is none of this form.
    """
    payload = read_object(body, "payload")
    team_id, user_id = _read_person(payload)
    view = read_object(payload.get("view"), "view")
    state = read_object(view.get("state"), "state")
    values = read_object(state.get("values"), "values")
    files = _read_input(values, FILES)
    return Entries(
        view_id=read_id(view, "id"),
        team_id=team_id,
        user_id=user_id,
        is_external=_is_external(payload, team_id),
        reference=_read_reference(_read_input(values, ITEM)),
        file_ids=tuple(_read_chosen(files)),
        uploads=tuple(_read_uploads(files, user_id)),
    )


def refuse_upload(file: SharedFile, *, limit: int | None) -> None:
    """Raise the problem that can be seen already in what a form tells of a file.

    Raises:
        FinalProblem: the one that says why.
    """
    if file.mode and not file.is_stub:
        check_file(file, limit=limit)


def is_stranger(body: object) -> bool:
    """Whether another organisation's person is at the form.

    Raises:
        MalformedEvent: it does not tell who is.
    """
    payload = read_object(body, "payload")
    team_id, _ = _read_person(payload)
    return _is_external(payload, team_id)


def _read_person(payload: JsonObject) -> tuple[str, str]:
    team = read_object(payload.get("team"), "team")
    user = read_object(payload.get("user"), "user")
    return read_id(team, "id"), read_id(user, "id")


def _is_external(payload: JsonObject, team_id: str) -> bool:
    # The button that opens a form may be shown to them (Slack Connect).
    home = read_object(payload.get("user"), "user").get("team_id") or team_id
    enterprise = payload.get("enterprise")
    own_id = enterprise.get("id") if isinstance(enterprise, Mapping) else None
    return home not in (team_id, own_id)


def _read_trigger_id(body: JsonObject) -> str:
    trigger_id = read_text(body, "trigger_id")
    if not trigger_id:
        raise MalformedEvent("there is no trigger_id")
    return trigger_id


def _read_input(values: JsonObject, name: str) -> JsonObject:
    block = values.get(name)
    value = block.get(name) if isinstance(block, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _read_reference(item: JsonObject) -> Reference | None:
    option = item.get("selected_option")
    if not isinstance(option, Mapping):
        return None
    try:
        return parse_reference(read_text(option, "value"))
    except MalformedReference:
        return None


def _read_chosen(files: JsonObject) -> Iterator[str]:
    for option in _read_list(files, "selected_options"):
        yield read_id(read_object(option, "option"), "value")


def _read_uploads(files: JsonObject, user_id: str) -> Iterator[SharedFile]:
    for raw in _read_list(files, "files"):
        yield dataclasses.replace(parse_file(raw), shared_by=user_id)


def _read_list(files: JsonObject, name: str) -> list[Any]:
    found = files.get(name) or []
    if not isinstance(found, list):
        raise MalformedEvent(f"{name} is not a list")
    return found
