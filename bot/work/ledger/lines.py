"""The lines of a share: each of its files on each work item it refers to, in SQL."""

from functools import cache

from sqlalchemy import (
    Connection,
    Executable,
    Select,
    String,
    Update,
    bindparam,
    case,
    func,
    literal,
    select,
    update,
)

from bot.domain.outcomes import CONSENT_AWAITED, Outcome
from bot.work.ledger.attempts import NEVER
from bot.work.ledger.changing import is_one_of
from bot.work.ledger.inserting import insert_into, insert_new
from bot.work.ledger.schema import (
    attachments,
    share_attachments,
    share_files,
    share_references,
    shares,
)
from bot.work.ledger.states import (
    AT_REST,
    AttachmentState,
    Consent,
    ReferenceState,
)

#: What `asset_id` keeps when an attachment is looked at again. Only by its id is a link
#: known as the one that was made before: Plane knows it by its URL, anybody's alike.
KNOWN_LINK = case((attachments.c.is_link, attachments.c.asset_id))


def put_lines(
    connection: Connection,
    share_id: int,
    *,
    now: float,
    needs_consent: bool = False,
    refusal: Outcome | None = None,
) -> list[int]:
    """Add the lines that the share lacks; return the attachments it still waits for.

    One that was finished for an earlier share is opened again: only Plane knows
    whether it is still there. Where consent is needed, no line without it is waited
    for; with a *refusal*, none is.
    """
    is_held = needs_consent or refusal is not None
    _put_attachments(connection, share_id, now, is_held=is_held)
    _put_lines(connection, share_id, needs_consent=needs_consent)
    if refusal:
        withhold_lines(connection, share_id, refusal)
    elif needs_consent:
        _withhold(connection, _HOLD, share_id, CONSENT_AWAITED)
    connection.execute(_WAKE, {"b_share_id": share_id, "due_at": now})
    return list(connection.execute(_IN_ORDER, {"b_share_id": share_id}).scalars())


def withhold_lines(connection: Connection, share_id: int, outcome: Outcome) -> None:
    """Give the share's lines that wait, and that nobody works on, the *outcome*."""
    _withhold(connection, _WITHHOLD, share_id, outcome)


def waking(wanted: Select[tuple[int]]) -> Update:
    """Build what has the *wanted* attachments at rest worked on, from `due_at` on."""
    return (
        update(attachments)
        .where(
            attachments.c.id.in_(wanted),
            is_one_of(attachments.c.state, AT_REST),
        )
        .values(state=AttachmentState.PENDING, asset_id=KNOWN_LINK, relayed=0, **NEVER)
    )


_UNDECIDED = select(share_attachments.c.attachment_id).where(
    share_attachments.c.share_id == bindparam("b_share_id"),
    share_attachments.c.outcome.is_(None),
)
_IN_ORDER = _UNDECIDED.order_by(share_attachments.c.attachment_id)
_WAKE = waking(_UNDECIDED)

#: Decides what nobody works on yet.
_WITHHOLD = update(share_attachments).where(
    share_attachments.c.share_id == bindparam("b_share_id"),
    share_attachments.c.outcome.is_(None),
    share_attachments.c.attachment_id.in_(
        select(attachments.c.id).where(is_one_of(attachments.c.state, AT_REST))
    ),
)
#: Has consent asked for what is tried again and went without before: the setting is
#: younger than those lines. What is under way already goes on.
_HOLD = _WITHHOLD.where(share_attachments.c.consent.is_(None)).values(
    consent=Consent.NEEDED
)
_DECIDE = update(share_attachments).where(
    share_attachments.c.attachment_id == bindparam("b_attachment_id"),
    share_attachments.c.share_id == bindparam("b_share_id"),
)


def _withhold(
    connection: Connection, statement: Update, share_id: int, outcome: Outcome
) -> None:
    told = {"outcome": outcome.code, "facts": dict(outcome.facts)}
    connection.execute(statement, {"b_share_id": share_id, **told})


def decide_line(
    connection: Connection, attachment_id: int, share_id: int, outcome: Outcome
) -> None:
    """Give the share's line for the attachment its outcome."""
    connection.execute(
        _DECIDE,
        {
            "b_attachment_id": attachment_id,
            "b_share_id": share_id,
            "outcome": outcome.code,
            "facts": dict(outcome.facts),
        },
    )


def _put_attachments(
    connection: Connection, share_id: int, now: float, *, is_held: bool
) -> None:
    state = AttachmentState.HELD if is_held else AttachmentState.PENDING
    connection.execute(
        _insert_attachments(connection.dialect.name),
        {"b_share_id": share_id, "b_state": state, "b_now": now},
    )


@cache
def _insert_attachments(dialect: str) -> Executable:
    wanted = _WANTED.add_columns(
        func.min(share_references.c.project_id),
        func.min(share_references.c.item_key),
        bindparam("b_state", type_=attachments.c.state.type),
        literal(0),
        literal(0),
        bindparam("b_now", type_=attachments.c.due_at.type),
    )
    identity = ["team_id", "file_id", "work_item_id"]
    place = ["project_id", "item_key"]
    statement = insert_into(dialect, attachments).from_select(
        [*identity, *place, "state", "relayed", "attempts", "due_at"], wanted
    )
    # The work item may have moved, or its project have got another identifier.
    return statement.on_conflict_do_update(
        index_elements=identity,
        set_={name: statement.excluded[name] for name in place},
    )


def _put_lines(connection: Connection, share_id: int, *, needs_consent: bool) -> None:
    connection.execute(
        _insert_lines(connection.dialect.name),
        {
            "b_share_id": share_id,
            "b_consent": Consent.NEEDED if needs_consent else None,
            "b_outcome": CONSENT_AWAITED.code if needs_consent else None,
        },
    )


@cache
def _insert_lines(dialect: str) -> Executable:
    wanted = _WANTED.subquery()
    return insert_new(dialect, share_attachments).from_select(
        ["share_id", "attachment_id", "consent", "outcome"],
        select(
            bindparam("b_share_id", type_=share_attachments.c.share_id.type),
            attachments.c.id,
            bindparam("b_consent", type_=String()),
            bindparam("b_outcome", type_=String()),
        )
        .join_from(
            attachments,
            wanted,
            (attachments.c.team_id == wanted.c.team_id)
            & (attachments.c.file_id == wanted.c.file_id)
            & (attachments.c.work_item_id == wanted.c.work_item_id),
        )
        .where(attachments.c.id > 0),
    )


_IDENTITY = (
    shares.c.team_id,
    share_files.c.file_id,
    share_references.c.work_item_id,
)
_WANTED = (
    select(*_IDENTITY)
    .join_from(shares, share_files, share_files.c.share_id == shares.c.id)
    .join(share_references, share_references.c.share_id == shares.c.id)
    .where(
        shares.c.id == bindparam("b_share_id"),
        share_references.c.state == ReferenceState.FOUND,
    )
    .group_by(*_IDENTITY)
    .order_by(func.min(share_files.c.position))
)
