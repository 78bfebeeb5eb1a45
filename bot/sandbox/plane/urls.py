"""Plane's URLs: which call leads to which view, and what becomes of the others.

plane/api/urls/*.py: identifiers are UUIDs in lower case, every URL ends in a slash, the
older `/issues/` paths still work (observed, Plane CE 1.3.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.message import Handler, Request, Response
from bot.sandbox.plane.gate import (
    Call,
    Gate,
    Permission,
    View,
    anyone,
    members_by_identifier,
    project_entity,
    project_members,
    workspace_members,
)
from bot.sandbox.plane.replies import detail
from bot.sandbox.wire import Server

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_WORKSPACE = "/api/v1/workspaces/(?P<slug>[^/]+)"
_ITEMS = "(?:work-items|issues)"
_BY_KEY = f"{_WORKSPACE}/{_ITEMS}/(?P<identifier>[^/]+)-(?P<number>[^/]+)/"
_PROJECT = f"{_WORKSPACE}/projects/(?P<project_id>{_UUID})"
_ID = f"(?P<work_item_id>{_UUID})"
_ITEM = f"{_PROJECT}/{_ITEMS}/{_ID}/"
# Either all of the older path, or all of the newer one.
_ATTACHMENTS = (
    f"{_PROJECT}/(?:(?P<older>issues)|work-items)/{_ID}/(?(older)issue-)attachments/"
)
_ONE = f"(?P<pk>{_UUID})/"

#: Method, URL, operation, who may.
CALLS: tuple[tuple[str, str, str, Permission], ...] = (
    ("GET", "/api/v1/users/me/", "plane.me", anyone),
    ("GET", f"{_WORKSPACE}/projects/", "plane.projects", workspace_members),
    ("GET", f"{_WORKSPACE}/{_ITEMS}/search/", "plane.search", anyone),
    ("GET", _BY_KEY, "plane.work_item", members_by_identifier),
    ("GET", _ITEM, "plane.work_item_by_id", project_entity),
    ("POST", _ATTACHMENTS, "plane.create_attachment", anyone),
    ("GET", _ATTACHMENTS, "plane.list_attachments", anyone),
    ("PATCH", _ATTACHMENTS + _ONE, "plane.complete_attachment", anyone),
    ("GET", _ATTACHMENTS + _ONE, "plane.attachment", anyone),
    ("DELETE", _ATTACHMENTS + _ONE, "plane.delete_attachment", anyone),
    ("POST", f"{_ITEM}comments/", "plane.create_comment", project_members),
    ("GET", f"{_ITEM}comments/", "plane.list_comments", project_members),
    ("GET", f"{_ITEM}comments/{_ONE}", "plane.comment", project_members),
    ("PATCH", f"{_ITEM}comments/{_ONE}", "plane.update_comment", project_members),
    ("DELETE", f"{_ITEM}comments/{_ONE}", "plane.delete_comment", project_members),
    ("POST", f"{_ITEM}links/", "plane.create_link", project_entity),
    ("GET", f"{_ITEM}links/", "plane.list_links", project_entity),
    ("GET", f"{_ITEM}links/{_ONE}", "plane.link", project_entity),
    ("DELETE", f"{_ITEM}links/{_ONE}", "plane.delete_link", project_entity),
)


@dataclass(frozen=True, slots=True)
class Views:
    """The views by operation."""

    by_operation: Mapping[str, View]
    instances: Handler


def register(server: Server, gate: Gate, views: Views) -> None:
    """Let *server* answer Plane's calls."""
    server.route("GET", "/api/instances/", "plane.instances", views.instances)
    allowed: dict[str, Permission] = {}
    for method, url, operation, permission in CALLS:
        handler = gate.guard(views.by_operation[operation], permission)
        server.route(method, url, operation, handler)
        allowed.setdefault(url, permission)
    for url, permission in allowed.items():
        handler = gate.guard(_not_allowed, permission)
        server.route("*", url, "plane.method_not_allowed", handler)
    server.route("*", "/api/assets/v2/.+/", "plane.session_only", _session_only)
    for url in (*allowed, "/api/instances/"):
        server.route("*", url.removesuffix("/"), "plane.redirect", _add_slash)


def _not_allowed(call: Call) -> Response:
    return detail(f'Method "{call.request.method}" not allowed.', 405)


def _session_only(request: Request) -> Response:
    # `asset_url` is for the browser's session, an API key does not open it (observed)
    return detail("Authentication credentials were not provided.", 401)


def _add_slash(request: Request) -> Response:
    # django.middleware.common, APPEND_SLASH: also for a POST, which a client may then
    # repeat as a GET
    path, mark, query = request.target.partition("?")
    headers = {"Location": f"{path}/{mark}{query}", "Content-Type": "text/html"}
    return Response(301, headers)
