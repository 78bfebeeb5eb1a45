"""A share that is still to be planned, as it is read from its rows, in SQL."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from bot.domain.references import Reference, parse_reference
from bot.domain.seeks import Seek, SeekAuthor, parse_seek
from bot.work.ledger.attempts import Attempts, read_attempts
from bot.work.ledger.schema import share_references, shares
from bot.work.ledger.states import ReferenceState, ShareState

_NEW = select(shares).where(
    shares.c.id == bindparam("share_id"), shares.c.state == ShareState.NEW
)
_PENDING = (
    select(share_references.c.reference, share_references.c.problem)
    .where(
        share_references.c.share_id == bindparam("share_id"),
        share_references.c.state == ReferenceState.PENDING,
    )
    .order_by(share_references.c.position)
)


@dataclass(frozen=True, slots=True)
class NewShare:
    """A share whose references have to be looked up, and sought before with *seek*.

    *is_retry* tells that some of them were looked up before, and refused;
    *is_asked_for* that somebody asked for just this, and waits for an answer;
    *is_withdrawn* that its message was deleted. Its *version* tells whether the message
    was edited since.
    """

    share_id: int
    version: str
    trigger: str
    team_id: str
    channel_id: str
    user_id: str
    is_private: bool | None
    is_external: bool
    seek: Seek | None
    references: tuple[Reference, ...]
    attempts: Attempts
    is_retry: bool = False
    is_asked_for: bool = False
    is_withdrawn: bool = False

    @property
    def is_sought(self) -> bool:
        """Whether its message is still to be found, with the thread to answer in."""
        return self.is_asked_for and self.seek is not None


def read_new_share(connection: Connection, share_id: int) -> NewShare | None:
    """Return the share if it is still to be planned."""
    row = connection.execute(_NEW, {"share_id": share_id}).one_or_none()
    if row is None:
        return None
    pending = connection.execute(_PENDING, {"share_id": share_id}).all()
    seek = parse_seek(row.seek) if row.seek else None
    return NewShare(
        share_id=share_id,
        version=row.version,
        trigger=row.trigger,
        team_id=row.team_id,
        channel_id=row.channel_id,
        user_id=row.user_id,
        is_private=row.is_private,
        is_external=row.is_external,
        seek=seek,
        references=tuple(parse_reference(each.reference) for each in pending),
        is_retry=any(each.problem for each in pending),
        attempts=read_attempts(row),
        is_asked_for=bool(row.moves) or not isinstance(seek, SeekAuthor | None),
        is_withdrawn=row.is_withdrawn,
    )
