"""Plane's links on work items.

plane/api/views/issue.py, `IssueLinkListCreateAPIEndpoint` and
`IssueLinkDetailAPIEndpoint`; observed, Plane CE 1.3.1. Plane's worker also fetches the
URL for a title and an icon; the emulator fetches nothing.
"""

import time
from typing import Any

from bot.sandbox.message import Response
from bot.sandbox.plane.gate import Call
from bot.sandbox.plane.paging import paginate
from bot.sandbox.plane.replies import Failed, invalid_payload, iso, not_found, reply
from bot.sandbox.plane.rows import Link
from bot.sandbox.plane.serializing import check_text, check_url, clean
from bot.sandbox.plane.state import State


class Links:
    """The views on links."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create(self, call: Call) -> Response:
        """Add a link; a second one of the same URL is a 400 without an id.

        A deleted work item takes links, too (observed).
        """
        data, item_id = call.data, call.param("work_item_id")
        _validate(data)
        url = clean(data["url"]) or ""
        if self._state.link_rows.where(
            lambda row: (row.work_item_id, row.url) == (item_id, url)
        ):
            raise Failed(400, {"error": "URL already exists for this Issue"})
        # It looks, then inserts, as with external ids (plane/api/serializers/issue.py).
        time.sleep(self._state.twin_gap)
        if not self._state.work_items.holds(item_id):
            raise invalid_payload()
        row = Link(
            created_at=self._state.clock(),
            project_id=call.param("project_id"),
            work_item_id=item_id,
            url=url,
            title=clean(data.get("title")),
            created_by=call.caller.id,
        )
        return reply(self._show(self._state.link_rows.put(row)), 201)

    def list(self, call: Call) -> Response:
        """List a work item's links, newest first, in pages.

        Those in an archived project are not listed (observed).
        """
        path = call.param("project_id"), call.param("work_item_id")
        rows = self._state.link_rows.where(
            lambda row: (row.project_id, row.work_item_id) == path
        )
        if self._state.is_archived(call.param("project_id")):
            rows = []
        return paginate(call.request, rows[::-1], self._show)

    def detail(self, call: Call) -> Response:
        """Show one link."""
        return reply(self._show(self._row(call)))

    def delete(self, call: Call) -> Response:
        """Delete one link."""
        self._state.link_rows.delete(self._row(call))
        return Response(204)

    def _row(self, call: Call) -> Link:
        row = self._state.link_rows.find(call.param("pk"))
        path = call.param("project_id"), call.param("work_item_id")
        if row is None or (row.project_id, row.work_item_id) != path:
            raise not_found()
        return row

    def _show(self, row: Link) -> dict[str, Any]:
        return {
            "id": row.id,
            "created_at": iso(row.created_at),
            "updated_at": iso(row.created_at),
            "deleted_at": None,
            "title": row.title,
            "url": row.url,
            "metadata": {},
            "created_by": row.created_by,
            "updated_by": None,
            "project": row.project_id,
            "workspace": self._state.workspace_id,
            "issue": row.work_item_id,
        }


def _validate(data: dict[str, Any]) -> None:
    missing = "This field is required."
    problems = {
        "title": check_text(data.get("title"), longest=255, null=True),
        "url": check_url(data["url"]) if "url" in data else missing,
    }
    errors = {name: [problem] for name, problem in problems.items() if problem}
    if errors:
        raise Failed(400, errors)
