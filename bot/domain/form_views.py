"""Block Kit of the form: loading, ready to be filled in, or a word. No I/O.

Limits: docs.slack.dev/reference/views and /reference/block-kit/block-elements.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.amounts import show_size
from bot.domain.files import SharedFile
from bot.domain.forms import ATTACH_FORM, FILES, ITEM

#: More than this no menu holds.
MOST_FILES = 100
#: A modal holds 100 blocks; nobody reads so many sentences.
_MOST_SAID = 20
_MOST_CHECKBOXES = 10
_MOST_UPLOADS = 10
_LONGEST_OPTION = 75
_LONGEST_SECTION = 3000

View = Mapping[str, Any]
Block = Mapping[str, Any]

#: Slack's limits for a `file_input`: docs.slack.dev/reference/block-kit/block-elements/
#: file-input-element.
UPLOAD_LABEL = f"Files (up to {_MOST_UPLOADS}, of at most 10 MB each)"


def build_loading() -> View:
    """Return the view that is shown while the message is looked at."""
    return _modal("Attach to work item", [_section("Looking at the message …")])


def build_word(text: str) -> View:
    """Return a view that only says *text* (mrkdwn)."""
    return _modal("Attach to work item", [_section(text)])


def build_upload_form(seal: str, *, said: Sequence[str] = ()) -> View:
    """Return the form that files are uploaded into; *said* stands above (mrkdwn)."""
    element = {
        "type": "file_input",
        "action_id": FILES,
        "max_files": _MOST_UPLOADS,
    }
    blocks = [*_say(said), _search(), _input(FILES, UPLOAD_LABEL, element)]
    return _form("Attach to work item", "Attach", blocks, seal)


def build_message_form(
    seal: str, files: Sequence[SharedFile], *, said: Sequence[str] = ()
) -> View:
    """Return the form that offers *files* of a message."""
    blocks = [
        *_say(said),
        *_say(_tell_cut(files)),
        _search(),
        _input(FILES, "Files of that message", _choice(files)),
    ]
    return _form("Attach to work item", "Attach", blocks, seal)


def build_move_form(seal: str, files: Sequence[SharedFile], items: str) -> View:
    """Return the form that moves *files* from *items* (mrkdwn) elsewhere."""
    told = (
        f"What you move is attached to {items} now, and is removed there once it is on"
        " the other work item."
    )
    blocks = [
        _section(told),
        *_say(_tell_cut(files)),
        _search(),
        _input(FILES, "Files to move", _choice(files)),
    ]
    return _form("Move to work item", "Move", blocks, seal)


def build_option(value: str, text: str) -> dict[str, Any]:
    """Return an option of a menu; a text that is too long is cut."""
    return {"text": _plain(_cut(text)), "value": value}


def _say(said: Sequence[str]) -> list[Block]:
    left = len(said) - _MOST_SAID
    rest = [f"{left} more cannot be attached either."] if left > 0 else []
    return [_section(text) for text in (*said[:_MOST_SAID], *rest)]


def _tell_cut(files: Sequence[SharedFile]) -> list[str]:
    if len(files) <= MOST_FILES:
        return []
    return [f"These are the first {MOST_FILES} of {len(files)} files."]


def _search() -> Block:
    element = {
        "type": "external_select",
        "action_id": ITEM,
        "min_query_length": 1,
        "placeholder": _plain("Key or title, such as WEB-12"),
    }
    return _input(ITEM, "Work item", element)


def _choice(files: Sequence[SharedFile]) -> Mapping[str, Any]:
    """Offer *files*, all of them chosen; checkboxes hold ten at most."""
    options = [_file_option(file) for file in files[:MOST_FILES]]
    few = len(options) <= _MOST_CHECKBOXES
    return {
        "type": "checkboxes" if few else "multi_static_select",
        "action_id": FILES,
        "options": options,
        "initial_options": options,
    }


def _file_option(file: SharedFile) -> Mapping[str, Any]:
    size = "" if file.size is None else f" ({show_size(file.size)})"
    name = _cut(file.plane_name, _LONGEST_OPTION - len(size))
    return build_option(file.file_id, f"{name}{size}")


def _input(block_id: str, label: str, element: Mapping[str, Any]) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": _plain(label),
        "element": element,
    }


def _form(title: str, submit: str, blocks: Sequence[Block], seal: str) -> View:
    return {
        **_modal(title, blocks),
        "callback_id": ATTACH_FORM,
        "submit": _plain(submit),
        "close": _plain("Cancel"),
        "private_metadata": seal,
    }


def _modal(title: str, blocks: Sequence[Block]) -> View:
    return {"type": "modal", "title": _plain(title), "blocks": list(blocks)}


def _section(text: str) -> Block:
    shown = {"type": "mrkdwn", "text": text[:_LONGEST_SECTION]}
    return {"type": "section", "text": shown}


def _plain(text: str) -> Mapping[str, Any]:
    # Without `emoji`, a title such as ":tada:" stays as it was written.
    return {"type": "plain_text", "text": text, "emoji": False}


def _cut(text: str, length: int = _LONGEST_OPTION) -> str:
    line = " ".join(text.split()) or "…"
    return line if len(line) <= length else f"{line[: length - 1]}…"
