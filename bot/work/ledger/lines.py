"""The lines of a share: each of its files on each work item it refers to, in SQL."""

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    case,
    func,
    literal,
    or_,
    select,
    update,
)

from bot.domain.outcomes import (
    ALREADY_LINKED,
    CONSENT_AWAITED,
    MADE,
    OWN,
    REMOVING,
    Outcome,
)
from bot.work.ledger.attempts import NEVER
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
        _withhold(connection, share_id, refusal)
    elif needs_consent:
        _hold(connection, share_id)
    undecided = select(share_attachments.c.attachment_id).where(
        share_attachments.c.share_id == share_id, share_attachments.c.outcome.is_(None)
    )
    wake(connection, undecided, now=now)
    in_order = undecided.order_by(share_attachments.c.attachment_id)
    return list(connection.execute(in_order).scalars())


def wake(connection: Connection, wanted: Select[tuple[int]], *, now: float) -> None:
    """Have what is at rest among the *wanted* attachments worked on."""
    connection.execute(
        update(attachments)
        .where(
            attachments.c.id.in_(wanted),
            attachments.c.state.in_(AT_REST),
        )
        .values(
            state=AttachmentState.PENDING,
            asset_id=KNOWN_LINK,
            relayed=0,
            due_at=now,
            **NEVER,
        )
    )


def is_waiting() -> ColumnElement[bool]:
    """Whether a line waits for its attachment, or for its removal."""
    outcome = share_attachments.c.outcome
    return or_(outcome.is_(None), outcome == REMOVING.code)


def _put_lines(connection: Connection, share_id: int, *, needs_consent: bool) -> None:
    consent = Consent.NEEDED.value if needs_consent else None
    outcome = CONSENT_AWAITED.code if needs_consent else None
    wanted = _wanted(share_id).subquery()
    connection.execute(
        insert_new(connection, share_attachments).from_select(
            ["share_id", "attachment_id", "consent", "outcome"],
            select(
                literal(share_id),
                attachments.c.id,
                literal(consent, String),
                literal(outcome, String),
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
    )


def _hold(connection: Connection, share_id: int) -> None:
    """Have consent asked for what is tried again and went without before.

    The setting is younger than those lines. What is under way already goes on.
    """
    _withhold(
        connection,
        share_id,
        CONSENT_AWAITED,
        share_attachments.c.consent.is_(None),
        consent=Consent.NEEDED,
    )


def _withhold(
    connection: Connection,
    share_id: int,
    outcome: Outcome,
    *conditions: ColumnElement[bool],
    **values: object,
) -> None:
    """Decide what nobody works on yet, as far as *conditions* go."""
    at_rest = select(attachments.c.id).where(attachments.c.state.in_(AT_REST))
    connection.execute(
        update(share_attachments)
        .where(
            share_attachments.c.share_id == share_id,
            share_attachments.c.outcome.is_(None),
            share_attachments.c.attachment_id.in_(at_rest),
            *conditions,
        )
        .values(outcome=outcome.code, facts=dict(outcome.facts), **values)
    )


def disown(
    connection: Connection,
    attachment_id: int,
    outcome: Outcome,
    *,
    asset_id: str | None,
) -> list[int]:
    """Keep that what earlier shares made is gone, and return them.

    It is no longer theirs to undo. Somebody deleted it in Plane, else it could not be
    made once more with *outcome*, nor could there be another link, *asset_id*, in its
    place.
    """
    if not _is_another(connection, attachment_id, outcome, asset_id):
        return []
    already = outcome.for_others
    return list(
        connection.execute(
            update(share_attachments)
            .where(
                share_attachments.c.attachment_id == attachment_id,
                share_attachments.c.outcome.in_(OWN),
            )
            .values(outcome=already.code, facts=dict(already.facts))
            .returning(share_attachments.c.share_id)
        ).scalars()
    )


def _is_another(
    connection: Connection, attachment_id: int, outcome: Outcome, asset_id: str | None
) -> bool:
    if outcome != ALREADY_LINKED:
        return outcome.code in MADE
    known = connection.execute(
        select(attachments.c.asset_id).where(attachments.c.id == attachment_id)
    ).scalar_one()
    return bool(known != asset_id)


def _put_attachments(
    connection: Connection, share_id: int, now: float, *, is_held: bool
) -> None:
    state = AttachmentState.HELD if is_held else AttachmentState.PENDING
    wanted = _wanted(share_id).add_columns(
        func.min(share_references.c.project_id),
        func.min(share_references.c.item_key),
        literal(state.value),
        literal(0),
        literal(0),
        literal(now),
    )
    identity = ["team_id", "file_id", "work_item_id"]
    place = ["project_id", "item_key"]
    statement = insert_into(connection, attachments).from_select(
        [*identity, *place, "state", "relayed", "attempts", "due_at"], wanted
    )
    # The work item may have moved, or its project have got another identifier.
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=identity,
            set_={name: statement.excluded[name] for name in place},
        )
    )


def _wanted(share_id: int):  # type: ignore[no-untyped-def]
    identity = (
        shares.c.team_id,
        share_files.c.file_id,
        share_references.c.work_item_id,
    )
    return (
        select(*identity)
        .join_from(shares, share_files, share_files.c.share_id == shares.c.id)
        .join(share_references, share_references.c.share_id == shares.c.id)
        .where(
            shares.c.id == share_id, share_references.c.state == ReferenceState.FOUND
        )
        .group_by(*identity)
        .order_by(func.min(share_files.c.position))
    )
