"""What every keyed call passes: size, key, permission, rate limit, then its view.

Permissions are those of plane/app/permissions/project.py. The order is Django REST
framework's (`APIView.initial`), and so is what counts against the limit: 403 of a
permission or key and unknown URLs do not, all else does (observed, Plane CE 1.3.1).
"""

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from bot.sandbox.message import Handler, Request, Response
from bot.sandbox.plane.replies import Failed, body_too_large, broken, detail, reply
from bot.sandbox.plane.rows import Project, Role, User
from bot.sandbox.plane.state import Key, State
from bot.sandbox.plane.throttle import SERVICE_LIMIT, Throttle

FORBIDDEN = "You do not have permission to perform this action."


@dataclass(frozen=True)
class Call:
    """A request whose caller is known."""

    request: Request
    caller: User

    def param(self, name: str) -> str:
        """Return a part of the URL."""
        return self.request.params[name]

    @cached_property
    def data(self) -> dict[str, Any]:
        """The body's fields, or the answer to a body that has none."""
        value = _read_data(self.request)
        if not isinstance(value, dict):
            raise broken()  # `request.data.get` of a list (observed)
        return value


View = Callable[[Call], Response]
Permission = Callable[[State, Call], bool]


class Gate:
    """Wraps views into handlers."""

    def __init__(
        self, state: State, *, rate_limit: int | None, body_limit: int
    ) -> None:
        self._state = state
        self._rate_limit = rate_limit
        self._body_limit = body_limit
        self._throttle = Throttle(state.clock)

    def count_left(self, secret: str) -> int | None:
        """Return how many calls a key has left in this minute; None for no limit."""
        if self._rate_limit is None:
            return None
        return self._throttle.count_left(secret, self._rate_limit)

    def guard(self, view: View, permission: Permission) -> Handler:
        """Make a handler that lets permitted calls within the limit through."""

        def handler(request: Request) -> Response:
            if (request.length or 0) > self._body_limit:
                return body_too_large()
            response = self._answer(request, view, permission)
            return _compress(request, _with_vary(response))

        return handler

    def _answer(self, request: Request, view: View, allow: Permission) -> Response:
        # surrounding blanks are stripped by the HTTP layer (observed)
        secret = request.headers.get("x-api-key", "").strip()
        if not secret:
            return detail("Authentication credentials were not provided.", 401)
        key = self._state.find_key(secret)
        caller = self._state.users.find(key.user_id) if key else None
        if key is None or caller is None:
            return detail("Given API token is not valid", 403)
        call = Call(request, caller)
        if not allow(self._state, call):
            return detail(FORBIDDEN, 403)
        return self._throttled(secret, key, lambda: _run(view, call))

    def _throttled(
        self, secret: str, key: Key, proceed: Callable[[], Response]
    ) -> Response:
        limit = SERVICE_LIMIT if key.service else self._rate_limit
        if limit is None:
            return proceed()
        verdict = self._throttle.admit(secret, limit)
        if verdict.wait is not None:
            # plane/authentication/adapter/exception.py: a shape of its own, and none
            # of the X-RateLimit headers
            body = {"error_code": 5900, "error_message": "RATE_LIMIT_EXCEEDED"}
            return _with_headers(reply(body, 429), {"Retry-After": str(verdict.wait)})
        headers = {
            "X-RateLimit-Remaining": str(verdict.remaining),
            "X-RateLimit-Reset": str(verdict.reset),
        }
        return _with_headers(proceed(), headers)


def anyone(state: State, call: Call) -> bool:
    """Allow everybody with a key (`IsAuthenticated`)."""
    return True


def workspace_members(state: State, call: Call) -> bool:
    """Allow members of the workspace (`ProjectBasePermission`)."""
    return _in_workspace(state, call) and call.caller.in_workspace


def project_members(state: State, call: Call) -> bool:
    """Allow any member of the project, guests too (`ProjectLitePermission`)."""
    return _role(state, call) is not None


def project_entity(state: State, call: Call) -> bool:
    """Allow guests to read, members and admins to write (`ProjectEntityPermission`)."""
    role = _role(state, call)
    if call.request.method in ("GET", "HEAD", "OPTIONS"):
        return role is not None
    return role in (Role.ADMIN, Role.MEMBER)


def members_by_identifier(state: State, call: Call) -> bool:
    """Allow members of the project that the URL names, in its exact spelling.

    So an unknown project cannot be told from a closed one (observed: 403 for web-1).
    """

    def matches(project: Project) -> bool:
        return (
            project.identifier == call.param("identifier")
            and call.caller.id in project.members
        )

    return _in_workspace(state, call) and bool(state.projects.where(matches))


def _in_workspace(state: State, call: Call) -> bool:
    return call.param("slug") == state.workspace


def _role(state: State, call: Call) -> Role | None:
    if not _in_workspace(state, call):
        return None
    return state.role(call.caller, call.param("project_id"))


def _run(view: View, call: Call) -> Response:
    try:
        return view(call)
    except Failed as failed:
        return failed.response


def _read_data(request: Request) -> Any:
    body = request.read()
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if not body:
        return {}
    if content_type == "application/json":
        return _read_json(body)
    if content_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    if content_type == "multipart/form-data":
        raise broken()  # observed for attachments; the emulator reads none elsewhere
    text = f'Unsupported media type "{content_type}" in request.'
    raise Failed(415, {"detail": text})  # from Django REST framework's source


def _read_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as exc:
        raise Failed(400, {"detail": f"JSON parse error - {exc}"}) from exc


def _with_headers(response: Response, headers: dict[str, str]) -> Response:
    return replace(response, headers={**response.headers, **headers})


def _with_vary(response: Response) -> Response:
    return _with_headers(response, {"Vary": "Accept-Encoding, Cookie, origin"})


def _compress(request: Request, response: Response) -> Response:
    # django.middleware.gzip: from 200 bytes on, if the client asks
    body = response.body
    asked = re.search(r"\bgzip\b", request.headers.get("accept-encoding", ""))
    if not isinstance(body, bytes) or len(body) < 200 or not asked:
        return response
    packed = replace(response, body=gzip.compress(body, 1))
    return _with_headers(packed, {"Content-Encoding": "gzip"})
