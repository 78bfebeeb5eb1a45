"""Let only the person at this machine's own browser in, and tell it what it may do.

The page can make the sandbox's people act and hands out their files. So it answers no
other Host (a name that somebody lets point to 127.0.0.1), no request that another site
made, and nobody who was not given the address with its key.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from bot.sandbox.message import Handler, Request, Response

#: Nothing comes from elsewhere or goes there; nothing is text first and markup then.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_LOCKED = "Open the address that loadmaster sandbox printed: it has the key in it.\n"
_FOREIGN = (
    "This is not for other sites. Copy the address that loadmaster sandbox printed"
    " into the browser's address bar.\n"
)


class Guard:
    """Wraps the page's handlers; *origin* is the page's own."""

    def __init__(self, key: str, origin: Callable[[], str]) -> None:
        self._key = key
        self._origin = origin

    def protect(self, handler: Handler) -> Handler:
        """Make a handler that answers the person alone."""

        def guarded(request: Request) -> Response:
            return _with_headers(self._refuse(request) or handler(request))

        return guarded

    def welcome(self, handler: Handler) -> Handler:
        """Make a handler that also takes the key out of the address, into a cookie.

        A cookie is not for one port alone (RFC 6265, 8.5), so its name has the port.
        """

        def guarded(request: Request) -> Response:
            if not hmac.compare_digest(request.arg("key").encode(), self._key.encode()):
                return self.protect(handler)(request)
            if self._is_foreign(request):
                return _with_headers(_refusal(_FOREIGN))
            cookie = f"{self._cookie}={self._key}; Path=/; HttpOnly; SameSite=Strict"
            return _with_headers(Response(303, {"Location": "/", "Set-Cookie": cookie}))

        return guarded

    def _refuse(self, request: Request) -> Response | None:
        if self._is_foreign(request):
            return _refusal(_FOREIGN)
        if not self._has_key(request):
            return _refusal(_LOCKED)
        return None

    def _is_foreign(self, request: Request) -> bool:
        """Tell whether another host or site is meant or asks.

        Source: www.w3.org/TR/fetch-metadata; `none` is what a person typed or opened.
        """
        headers, origin = request.headers, self._origin()
        own = {origin, origin.replace("127.0.0.1", "localhost")}
        return (
            f"http://{headers.get('host', '')}" not in own
            or headers.get("origin", origin) not in own
            or headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
        )

    def _has_key(self, request: Request) -> bool:
        given = dict(_cookies(request.headers.get("cookie", "")))
        held = given.get(self._cookie, "")
        return hmac.compare_digest(held.encode(), self._key.encode())

    @property
    def _cookie(self) -> str:
        return f"loadmaster-{self._origin().rpartition(':')[2]}"


def _cookies(header: str) -> Iterator[tuple[str, str]]:
    # Not by http.cookies: it drops all where one, of another program on this machine,
    # is not as it likes.
    for pair in header.split(";"):
        name, _, value = pair.strip().partition("=")
        yield name, value


def _refusal(text: str) -> Response:
    return Response(403, {"Content-Type": "text/plain; charset=utf-8"}, text.encode())


def _with_headers(response: Response) -> Response:
    return replace(response, headers={**_HEADERS, **response.headers})
