"""The store's two endpoints: POST Object with a policy, and GET of a presigned URL."""

import hmac
import ssl
import time
from calendar import timegm
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Self
from urllib.parse import quote

from bot.sandbox.message import Handler, Request, Response
from bot.sandbox.signing import Bucket, sign_get
from bot.sandbox.store.form import PIECE, Form
from bot.sandbox.store.objects import Objects, StoredObject
from bot.sandbox.store.policy import Grant, check_form
from bot.sandbox.store.refusal import Refused, denied, invalid, refusal_response
from bot.sandbox.wire import Exchange, Fault, Server


class StoreServer:
    """An S3 store with one bucket; use it as a context manager.

    Operations: `storage.post`, `storage.get`. With *keep* false only sizes and digests
    of the objects are remembered, for measurements.
    """

    def __init__(
        self,
        *,
        bucket: Bucket | None = None,
        keep: bool = True,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.bucket = bucket or Bucket()
        self.server = Server("store", tls=tls, port=port, clock=clock)
        self._objects = Objects(clock, keep=keep)
        self.mount(self.server, lambda handler: handler)
        self.server.fallback(self._guard(self._other))

    def mount(self, server: Server, wrap: Callable[[Handler], Handler]) -> None:
        """Answer for the store on *server*, through handlers that *wrap* wraps."""
        bucket = f"/{self.bucket.name}"
        post, get = wrap(self._guard(self._post)), wrap(self._guard(self._get))
        server.route("POST", f"{bucket}/?", "storage.post", post)
        for method in ("GET", "HEAD"):
            server.route(method, f"{bucket}/(?P<key>.+)", "storage.get", get)

    def deputy(self, handler: Handler) -> Handler:
        """Make a handler for another server with this one's faults and wire log."""
        return lambda request: self.server.respond(request, handler, self.server.now())

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

    def find(self, key: str) -> StoredObject | None:
        """Return the object *key*, if there is one."""
        return self._objects.find(key)

    def objects(self) -> list[StoredObject]:
        """Return every object."""
        return self._objects.all()

    def read(self, key: str) -> bytes:
        """Return the bytes of the object *key*."""
        stored = self.find(key)
        if stored is None or stored.path is None:
            raise KeyError(key)
        return stored.path.read_bytes()

    def start(self) -> Self:
        """Begin to answer."""
        self.server.start()
        return self

    def stop(self) -> None:
        """Stop answering and remove the objects' files."""
        self.server.stop()
        self._objects.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _guard(self, handler: Handler) -> Handler:
        def guarded(request: Request) -> Response:
            try:
                return handler(request)
            except Refused as refused:
                return refusal_response(refused, self.bucket.name)

        return guarded

    def _post(self, request: Request) -> Response:
        """Store one object (observed, radosgw 16.2.15: 204, empty, no ETag)."""
        if "authorization" in request.headers:
            raise invalid()
        form = Form(request)
        form.read_fields()
        if (
            "key" in form.fields
        ):  # the store expands it, also where Plane did not mean it
            key = form.fields["key"].replace("${filename}", form.filename)
            form.fields["key"] = key
        grant = check_form(form.fields, self.bucket, self.server.now())
        self._store(grant, form.pieces())
        return Response(204)

    def _store(self, grant: Grant, pieces: Iterator[bytes]) -> None:
        writing = self._objects.open()
        try:
            for piece in pieces:
                writing.write(piece)
                grant.check_largest(writing.size)
            grant.check_smallest(writing.size)
        except BaseException:
            writing.abandon()
            raise
        self._objects.commit(writing, key=grant.key, content_type=grant.content_type)

    def _get(self, request: Request) -> Response:
        """Serve one object by a presigned URL; a HEAD is refused, it was not signed."""
        query = {name: values[0] for name, values in request.query.items()}
        self._check_signature(request, query)
        stored = self.find(request.params["key"])
        if stored is None or stored.path is None:
            raise Refused(404, "NoSuchKey")
        headers = {
            "Content-Type": stored.content_type,
            "Content-Disposition": query.get("response-content-disposition", "inline"),
            "ETag": stored.etag,
            "Last-Modified": formatdate(stored.stored_at, usegmt=True),
            "Accept-Ranges": "bytes",
        }
        return Response(200, headers, _read_file(stored.path), length=stored.size)

    def _check_signature(self, request: Request, query: dict[str, str]) -> None:
        expected = sign_get(
            self.bucket,
            target=quote(request.path),
            host=request.headers.get("host", ""),
            query=query,
        )
        given = query.get("X-Amz-Signature", "").encode()
        if request.method != "GET" or not hmac.compare_digest(expected.encode(), given):
            raise denied()
        signed_at = timegm(time.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ"))
        if self.server.now() > signed_at + int(query["X-Amz-Expires"]):
            raise denied("Request has expired")

    def _other(self, request: Request) -> Response:
        bucket = request.path.strip("/").partition("/")[0]
        if bucket and bucket != self.bucket.name:
            raise Refused(404, "NoSuchBucket")
        raise denied()  # nothing else is allowed without signed headers


def _read_file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
