"""Plane's comments on work items.

plane/api/views/issue.py, `IssueCommentListCreateAPIEndpoint` and
`IssueCommentDetailAPIEndpoint`; observed, Plane CE 1.3.1.
"""

import time
from dataclasses import replace
from typing import Any

from bot.sandbox.message import Response
from bot.sandbox.plane.gate import Call
from bot.sandbox.plane.paging import paginate
from bot.sandbox.plane.replies import Failed, invalid_payload, iso, not_found, reply
from bot.sandbox.plane.rows import Comment
from bot.sandbox.plane.serializing import check_text, clean
from bot.sandbox.plane.state import State

ACCESS = ("INTERNAL", "EXTERNAL")


class Comments:
    """The views on comments."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create(self, call: Call) -> Response:
        """Store a comment as it came, unsanitised; empty ones are taken too.

        The work item need not be the project's, nor there any more: only the foreign
        key is checked, and a deleted work item keeps its row for 60 days.
        """
        data = call.data
        self._refuse_twin(call, data, data.get("external_source"))
        _validate(data)
        if not self._state.work_items.holds(call.param("work_item_id")):
            raise invalid_payload()
        row = Comment(
            created_at=self._state.clock(),
            project_id=call.param("project_id"),
            work_item_id=call.param("work_item_id"),
            html=clean(data.get("comment_html", "<p></p>")) or "",
            access=data.get("access", "INTERNAL"),
            external_id=clean(data.get("external_id")),
            external_source=clean(data.get("external_source")),
            created_by=call.caller.id,
        )
        return reply(self._show(self._state.comment_rows.put(row)), 201)

    def list(self, call: Call) -> Response:
        """List a work item's comments, newest first, in pages.

        Those in an archived project are not listed (observed).
        """
        path = call.param("project_id"), call.param("work_item_id")
        rows = self._state.comment_rows.where(
            lambda row: (row.project_id, row.work_item_id) == path
        )
        if self._state.is_archived(call.param("project_id")):
            rows = []
        return paginate(call.request, rows[::-1], self._show)

    def detail(self, call: Call) -> Response:
        """Show one comment."""
        return reply(self._show(self._row(call)))

    def update(self, call: Call) -> Response:
        """Change the fields that the body names."""
        row, data = self._row(call), call.data
        if row.external_id != str(data.get("external_id")):
            source = data.get("external_source", row.external_source)
            self._refuse_twin(call, data, source, answer=row.id)
        _validate(data)
        changed = replace(
            row,
            updated_at=self._state.clock(),
            html=clean(data.get("comment_html", row.html)) or "",
            access=data.get("access", row.access),
            external_id=clean(data.get("external_id", row.external_id)),
            external_source=clean(data.get("external_source", row.external_source)),
        )
        return reply(self._show(self._state.comment_rows.put(changed)))

    def delete(self, call: Call) -> Response:
        """Delete one comment."""
        self._state.comment_rows.delete(self._row(call))
        return Response(204)

    def _row(self, call: Call) -> Comment:
        row = self._state.comment_rows.find(call.param("pk"))
        path = call.param("project_id"), call.param("work_item_id")
        if row is None or (row.project_id, row.work_item_id) != path:
            raise not_found()
        return row

    def _refuse_twin(
        self, call: Call, data: dict[str, Any], source: Any, answer: str = ""
    ) -> None:
        # the scope is the project, unlike that of attachments
        if not data.get("external_id") or not source:
            return
        key = call.param("project_id"), str(data["external_id"]), str(source)
        twins = self._state.comment_rows.where(
            lambda row: (row.project_id, row.external_id, row.external_source) == key
        )
        if twins:
            text = (
                "Work item comment with the same external id and external source "
                "already exists"
            )
            raise Failed(409, {"error": text, "id": answer or twins[-1].id})
        time.sleep(self._state.twin_gap)

    def _show(self, row: Comment) -> dict[str, Any]:
        return {
            "id": row.id,
            "created_at": iso(row.created_at),
            "updated_at": iso(row.updated_at or row.created_at),
            "deleted_at": None,
            "comment_html": row.html,
            "attachments": [],
            "access": row.access,
            "external_source": row.external_source,
            "external_id": row.external_id,
            "edited_at": None,
            "created_by": row.created_by,
            "updated_by": row.created_by,
            "project": row.project_id,
            "workspace": self._state.workspace_id,
            "description": row.description_id,
            "issue": row.work_item_id,
            "actor": row.created_by,
            "parent": None,
        }


def _validate(data: dict[str, Any]) -> None:
    problems = {
        "comment_html": check_text(data.get("comment_html", "")),
        "access": None,
        "external_source": check_text(
            data.get("external_source"), longest=255, null=True
        ),
        "external_id": check_text(data.get("external_id"), longest=255, null=True),
    }
    access = data.get("access", ACCESS[0])
    if access not in ACCESS:
        problems["access"] = f'"{access}" is not a valid choice.'
    errors = {name: [problem] for name, problem in problems.items() if problem}
    if errors:
        raise Failed(400, errors)
