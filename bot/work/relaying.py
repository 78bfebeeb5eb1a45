"""A file's bytes go to storage, and from the start again where storage has moved."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from bot.clients.plane import UploadTicket
from bot.clients.storage import Progress, Source, Storage
from bot.errors import FileTooLarge, StorageMoved

Open = Callable[[], AbstractContextManager[Source]]


def relay(
    storage: Storage,
    open_source: Open,
    ticket: UploadTicket,
    *,
    size: int,
    progress: Progress,
) -> None:
    """Send the *size* bytes of a source to the ticket's address.

    Raises:
        Problem: storage did not say that it has them.
    """
    # Plane lowers a size over its limit without a word (observed).
    if ticket.granted < size:
        raise FileTooLarge(size, ticket.granted)
    try:
        _send(storage, open_source, ticket, progress)
    except StorageMoved as moved:
        moved_ticket = replace(ticket, url=moved.address)
        try:  # from there it goes nowhere
            _send(storage, open_source, moved_ticket, progress)
        except StorageMoved as again:
            raise again.problem from again


def _send(
    storage: Storage, open_source: Open, ticket: UploadTicket, progress: Progress
) -> None:
    with open_source() as source:
        storage.relay(source, ticket, progress=progress)
