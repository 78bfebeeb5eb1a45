"""The emulated Plane: its state, its views and its HTTP server put together."""

import ssl
import time
from collections.abc import Callable
from typing import Self

from bot.sandbox.message import Request
from bot.sandbox.plane.attachments import Attachments, Terms
from bot.sandbox.plane.comments import Comments
from bot.sandbox.plane.gate import Gate
from bot.sandbox.plane.links import Links
from bot.sandbox.plane.reading import Reading
from bot.sandbox.plane.replies import page_not_found
from bot.sandbox.plane.rows import Attachment
from bot.sandbox.plane.seed import seed_acme
from bot.sandbox.plane.state import State
from bot.sandbox.plane.urls import Views, register
from bot.sandbox.store import StoredObject, StoreServer
from bot.sandbox.wire import Exchange, Fault, Server

#: gunicorn's keep-alive (observed: 1 s idle is well, 2.5 s is not).
IDLE = 2.0


class PlaneServer:
    """Plane CE 1.3.1 on loopback; use it as a context manager, within its *store*'s.

    With *storage_on_own_origin* the store answers below Plane's own address, named as
    the client named it (`USE_MINIO=1`); faults and the wire log stay the store's.
    """

    def __init__(
        self,
        *,
        store: StoreServer,
        workspace: str = "acme",
        rate_limit: int | None = 60,
        file_size_limit: int = 5_242_880,
        storage_on_own_origin: bool = False,
        signed_url_expiration: int = 3600,
        metadata_delay: float = 1.0,
        seed: Callable[[State], None] = seed_acme,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.state = State(workspace, clock)
        self.store = store
        self.server = Server("plane", tls=tls, port=port, clock=clock, idle=IDLE)
        self._own_origin = storage_on_own_origin
        terms = Terms(file_size_limit, signed_url_expiration, metadata_delay)
        self._attachments = Attachments(self.state, store, terms, self.storage_url)
        #: Calls a minute that a key may make; None for any number.
        self.rate_limit = rate_limit
        self._gate = Gate(self.state, rate_limit=rate_limit, body_limit=file_size_limit)
        register(self.server, self._gate, self._views(file_size_limit))
        if storage_on_own_origin:
            store.mount(self.server, store.deputy)
        self.server.fallback(lambda request: page_not_found())
        seed(self.state)

    @property
    def origin(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return self.server.origin

    def fail(self, fault: Fault) -> Fault:
        """Arm *fault*."""
        return self.server.fail(fault)

    def mend(self) -> None:
        """Disarm every fault."""
        self.server.mend()

    def forget(self) -> None:
        """Drop the record of the requests answered so far."""
        self.server.forget()

    def exchanges(self, operation: str | None = None) -> list[Exchange]:
        """Return the requests answered so far, oldest first."""
        return self.server.exchanges(operation)

    def count_calls_left(self, key: str) -> int | None:
        """Return how many calls an API key has left in this minute; None for any."""
        return self._gate.count_left(key)

    def stored(self, attachment: Attachment) -> StoredObject | None:
        """Return the stored object of *attachment*, if its bytes came."""
        return self.store.find(attachment.key)

    def storage_url(self, request: Request) -> str:
        """Return the bucket's URL as a client of this *request* is told it.

        plane/settings/storage.py: with MinIO behind Plane's proxy, the address is the
        request's own, whatever Host it gave (observed, Plane CE 1.3.1).
        """
        origin = self.store.origin
        if self._own_origin:
            here = self.origin.partition("://")
            scheme = request.headers.get("x-forwarded-proto", here[0])
            origin = f"{scheme}://{request.headers.get('host', here[2])}"
        return f"{origin}/{self.store.bucket.name}"

    def start(self) -> Self:
        """Begin to answer."""
        self.server.start()
        return self

    def stop(self) -> None:
        """Stop answering."""
        self.server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _views(self, file_size_limit: int) -> Views:
        reading = Reading(self.state, file_size_limit=file_size_limit)
        attachments, comments = self._attachments, Comments(self.state)
        links = Links(self.state)
        by_operation = {
            "plane.me": reading.me,
            "plane.projects": reading.projects,
            "plane.search": reading.search,
            "plane.work_item": reading.work_item,
            "plane.work_item_by_id": reading.work_item_by_id,
            "plane.create_attachment": attachments.create,
            "plane.list_attachments": attachments.list,
            "plane.complete_attachment": attachments.complete,
            "plane.attachment": attachments.detail,
            "plane.delete_attachment": attachments.delete,
            "plane.create_comment": comments.create,
            "plane.list_comments": comments.list,
            "plane.comment": comments.detail,
            "plane.update_comment": comments.update,
            "plane.delete_comment": comments.delete,
            "plane.create_link": links.create,
            "plane.list_links": links.list,
            "plane.link": links.detail,
            "plane.delete_link": links.delete,
        }
        return Views(by_operation, reading.instances)
