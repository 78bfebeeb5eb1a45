"""A submitted form: what stands wrong at a field, and the share that it asks for."""

from collections.abc import Iterator, Mapping

from bot.domain.forms import (
    FILES,
    ITEM,
    Entries,
    Form,
    MessageFiles,
    Moving,
    Uploads,
    refuse_upload,
)
from bot.domain.moves import Movable
from bot.domain.outcomes import Outcome
from bot.domain.seeks import Seek, SeekMessage, SeekUploads
from bot.domain.sentences import tell
from bot.domain.shares import Share
from bot.errors import FinalProblem

#: Where what was sealed into the form does not open (bot.work.seals).
NO_LONGER_VALID = {
    ITEM: "This form is no longer valid. Close it, then open it anew.",
}


def find_faults(
    form: Form,
    entries: Entries,
    *,
    is_known: bool,
    movable: Movable | None,
    limit: int | None,
) -> Mapping[str, str]:
    """Return what is wrong with the entries, as plain text for each field.

    *is_known* tells whether the work item's project is; *movable* is what the form may
    move; *limit* is the most bytes that Plane takes, None where it is not known.
    """
    faults = {}
    if entries.reference is None:
        faults[ITEM] = (
            "Choose a work item from the list: type its key, such as WEB-12, or a part"
            " of its title."
        )
    elif not is_known:
        faults[ITEM] = f"I know no project of {entries.reference} in Plane."
    elif movable and movable.item_keys == (str(entries.reference),):
        faults[ITEM] = (
            f"What you move is on {entries.reference} now. Choose another one."
        )
    told = " ".join(_find_file_faults(form, entries, movable, limit))
    return {**faults, FILES: told} if told else faults


def build_share(form: Form, entries: Entries, movable: Movable | None) -> Share:
    """Build the share that faultless entries ask for."""
    assert entries.reference is not None, "find_faults lets no such form through"
    source = movable if isinstance(form.subject, Moving) else None
    files = source.files if source else ()
    return Share(
        team_id=form.team_id,
        channel_id=_place(form, source),
        message_ts=source.message_ts if source else None,
        thread_ts=source.thread_ts if source else None,
        user_id=form.user_id,
        is_private=_is_private(form, source),
        is_external=entries.is_external or bool(source and source.is_external),
        references=(entries.reference,),
        files=tuple(file for file in files if file.file_id in entries.file_ids),
        trigger=f"form:{entries.view_id}",
        seek=_seek(form, entries),
        moves=source.share_id if source else None,
    )


def _find_file_faults(
    form: Form, entries: Entries, movable: Movable | None, limit: int | None
) -> Iterator[str]:
    is_upload = isinstance(form.subject, Uploads)
    if not (entries.uploads if is_upload else entries.file_ids):
        yield "Choose at least one file."
    if isinstance(form.subject, Moving):
        there = {file.file_id for file in movable.files} if movable else set()
        if not there.issuperset(entries.file_ids):
            yield "Not all of them are there any more. Close this, then open it anew."
    for file in entries.uploads:
        try:
            refuse_upload(file, limit=limit)
        except FinalProblem as problem:
            yield tell(Outcome.of(problem), it=f"“{file.name or file.file_id}”")


def _place(form: Form, source: Movable | None) -> str:
    if source:
        return source.channel_id
    if isinstance(form.subject, MessageFiles):
        return form.subject.channel_id
    return form.user_id  # until their direct messages are opened


def _is_private(form: Form, source: Movable | None) -> bool | None:
    if source:
        return source.is_private
    # Uploads come from no conversation; of a message it is sought.
    return False if isinstance(form.subject, Uploads) else None


def _seek(form: Form, entries: Entries) -> Seek | None:
    match form.subject:
        case MessageFiles(ts=ts):
            return SeekMessage(ts, only=entries.file_ids)
        case Uploads():
            return SeekUploads(tuple(file.file_id for file in entries.uploads))
    return None
