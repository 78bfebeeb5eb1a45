"""What can be moved to another work item: files that a share attached. No I/O."""

from dataclasses import dataclass

from bot.domain.files import SharedFile


@dataclass(frozen=True, slots=True)
class Movable:
    """What the share *share_id* attached, to *item_keys*, and where it is answered."""

    share_id: int
    channel_id: str
    message_ts: str | None
    thread_ts: str | None
    is_private: bool | None
    is_external: bool
    files: tuple[SharedFile, ...]
    item_keys: tuple[str, ...]
