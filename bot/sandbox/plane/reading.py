"""Plane's reading calls: projects, work items, search, me, instances."""

import re
from collections.abc import Callable
from typing import Any

from bot.sandbox.message import Request, Response
from bot.sandbox.plane.gate import Call
from bot.sandbox.plane.paging import only_fields, paginate
from bot.sandbox.plane.replies import broken, not_found, reply
from bot.sandbox.plane.rows import Project, WorkItem
from bot.sandbox.plane.showing import (
    show_found,
    show_project,
    show_project_lite,
    show_state,
    show_user,
    show_work_item,
)
from bot.sandbox.plane.state import State


class Reading:
    """The views that change nothing (plane/api/views: project, issue, user)."""

    def __init__(self, state: State, *, file_size_limit: int) -> None:
        self._state = state
        self._file_size_limit = file_size_limit

    def projects(self, call: Call) -> Response:
        """List the caller's projects and public ones, archived or not (observed)."""
        rows = self._state.projects.where(
            lambda row: row.public or call.caller.id in row.members
        )

        def show(row: Project) -> dict[str, Any]:
            shown = show_project(row, call.caller, self._state.workspace_id)
            return only_fields(call.request, shown)

        return paginate(call.request, rows, show)

    def work_item(self, call: Call) -> Response:
        """Look a work item up by key; the number is what `int()` takes (observed)."""
        try:
            number = int(call.param("number"))
        except ValueError as exc:
            raise broken() from exc
        project = self._state.project(call.param("identifier"))
        return self._one(
            call, lambda row: (row.project_id, row.sequence_id) == (project.id, number)
        )

    def work_item_by_id(self, call: Call) -> Response:
        """Look a work item up by its UUIDs."""
        wanted = call.param("project_id"), call.param("work_item_id")
        return self._one(call, lambda row: (row.project_id, row.id) == wanted)

    def search(self, call: Call) -> Response:
        """Search: name, any integer, or identifier; newest first (observed)."""
        text = call.request.arg("search")
        if not text:
            return reply({"issues": []})
        try:
            limit = int(call.request.arg("limit", "10"))
        except ValueError as exc:
            raise broken() from exc
        numbers = {int(each) for each in re.findall(r"\b\d+\b", text)}
        found = [
            row
            for row in reversed(self._state.work_items.where(self._visible))
            if self._found(row, text.lower(), numbers, call)
        ]
        shown = [
            show_found(row, self._project(row), self._state.workspace)
            for row in found[:limit]
        ]
        return reply({"issues": shown})

    def me(self, call: Call) -> Response:
        """Tell whose key it is."""
        return reply(show_user(call.caller))

    def instances(self, request: Request) -> Response:
        """Tell the server's settings, to anybody (plane/license/api/views)."""
        limit = float(self._file_size_limit)
        config = {"file_size_limit": limit, "is_self_managed": True}
        instance = {"instance_name": "Sandbox", "current_version": "1.3.1"}
        return reply({"config": config, "instance": instance})

    def _one(self, call: Call, test: Callable[[WorkItem], bool]) -> Response:
        rows = self._state.work_items.where(
            lambda row: test(row) and self._visible(row)
        )
        if not rows:
            raise not_found()
        shown = only_fields(
            call.request,
            show_work_item(rows[0], self._project(rows[0]), self._state.workspace_id),
        )
        for name in call.request.arg("expand").split(","):
            if name in shown:  # `fields` wins over `expand` (observed)
                shown[name] = self._expand(name, rows[0], shown[name])
        return reply(shown)

    def _visible(self, row: WorkItem) -> bool:
        """Leave out what `Issue.issue_objects` does (plane/db/models/issue.py)."""
        project = self._state.projects.find(row.project_id)
        hidden = row.archived or row.draft or row.triage
        return not hidden and project is not None and not project.archived

    def _found(self, row: WorkItem, text: str, numbers: set[int], call: Call) -> bool:
        project = self._project(row)
        if call.caller.id not in project.members:
            return False
        if call.param("slug") != self._state.workspace:
            return False  # no 403: the search checks no permission
        return (
            row.sequence_id in numbers
            or text in row.name.lower()
            or text in project.identifier.lower()
        )

    def _project(self, row: WorkItem) -> Project:
        project = self._state.projects.find(row.project_id)
        if project is None:
            raise not_found()
        return project

    def _expand(self, name: str, row: WorkItem, value: Any) -> Any:
        project = self._project(row)
        if name == "project":
            return show_project_lite(project)
        if name == "state":
            return show_state(project)
        user = self._state.users.find(row.created_by or "")
        return show_user(user) if name == "created_by" and user else value
