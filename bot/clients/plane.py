"""Plane's projects, work items and attachments: values out, or a typed error.

One call each, no retries. Shapes as observed with Plane Community Edition 1.3.1.
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from bot.clients.plane_answers import (
    error_text,
    expecting_shape,
    is_mimetype_refused,
    is_missing,
    raise_for_item,
    read_json,
    read_object,
    read_uuid,
)
from bot.clients.plane_calls import PlaneCalls
from bot.clients.plane_writes import post
from bot.domain.references import WorkItemId, WorkItemKey
from bot.errors import (
    AttachmentExists,
    AttachmentGone,
    PlaneFailed,
    PlaneRejected,
    PlaneStumbled,
    PlaneUnavailable,
)

#: Ours among the external ids of attachments.
EXTERNAL_SOURCE = "slack"

_FALLBACK_MIMETYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Project:
    """A project that the key's user is a member of."""

    project_id: str
    identifier: str


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A work item, found: *key* is what people call it."""

    key: WorkItemKey
    work_item_id: str
    project_id: str


@dataclass(frozen=True, slots=True)
class UploadTicket:
    """A presigned POST for one attachment: what Plane calls `upload_data`.

    *granted* is the most bytes that the policy lets through.
    """

    asset_id: str
    url: str
    fields: tuple[tuple[str, str], ...]
    granted: int


class PlaneClient:
    """Projects, work items and attachments."""

    def __init__(self, calls: PlaneCalls) -> None:
        self._calls = calls

    def list_projects(self) -> tuple[Project, ...]:
        """Return the projects that the key's user is a member of, archived ones too.

        Raises:
            PlaneWorkspaceRefused: no such workspace, or the user is not in it.
        """
        with expecting_shape():
            return tuple(
                Project(read_uuid(raw["id"]), str(raw["identifier"]).upper())
                for raw in self._calls.pages("projects/")
                # Public projects are listed to everyone in the workspace.
                if raw.get("is_member") is not False
            )

    def get_work_item(self, key: WorkItemKey) -> WorkItem:
        """Look a work item up by its key.

        Raises:
            WorkItemNotFound: no such number, or archived, or a draft.
            ProjectRefused: the user is not in the project, or there is none.
        """
        response = self._calls.call("GET", f"work-items/{quote(str(key), safe='')}/")
        raise_for_item(response, str(key), key.identifier)
        raw = read_object(response)
        with expecting_shape():
            return WorkItem(key, read_uuid(raw["id"]), read_uuid(raw["project"]))

    def get_work_item_by_id(self, item: WorkItemId, project: Project) -> WorkItem:
        """Look a work item of *project* up by its id.

        Raises:
            WorkItemNotFound: no such work item, or archived, or a draft.
            ProjectRefused: the user is not in the project.
        """
        path = f"projects/{project.project_id}/work-items/{item.work_item_id}/"
        response = self._calls.call("GET", path)
        linked = f"work item in {project.identifier} with that link"
        raise_for_item(response, linked, project.identifier)
        raw = read_object(response)
        with expecting_shape():
            key = WorkItemKey(project.identifier, int(raw["sequence_id"]))
            return WorkItem(key, read_uuid(raw["id"]), project.project_id)

    def create_attachment(
        self,
        item: WorkItem,
        *,
        name: str,
        mimetype: str,
        size: int,
        external_id: str,
        external_source: str = EXTERNAL_SOURCE,
        sending: Callable[[], None] = lambda: None,
    ) -> UploadTicket:
        """Have a record made and a presigned POST signed for *size* bytes.

        *sending* is called whenever Plane is just about to be asked.

        Raises:
            AttachmentExists: there is a record with this external id on the item.
            PlaneUnavailable: whether there is one now is not known, nor before its
                *retry_after* is over.
            WorkItemNotFound: the work item is gone.
            ProjectRefused: the user may not attach in the project.
        """
        body = {
            "name": name,
            "type": mimetype,
            "size": size,
            "external_id": external_id,
            "external_source": external_source,
        }
        path = _attachments(item)
        response = post(self._calls, path, body, sending=sending)
        if is_mimetype_refused(response) and mimetype != _FALLBACK_MIMETYPE:
            body["type"] = _FALLBACK_MIMETYPE
            response = post(self._calls, path, body, sending=sending)
        if response.status_code == requests.codes.conflict:
            raw = read_object(response)
            with expecting_shape():
                raise AttachmentExists(read_uuid(raw["id"]))
        try:
            raise_for_item(response, str(item.key), item.key.identifier)
        except PlaneFailed as problem:
            raise PlaneStumbled(retry_after=problem.retry_after) from problem
        return _ticket(read_object(response))

    def complete_attachment(self, item: WorkItem, asset_id: str) -> None:
        """Mark an attachment as uploaded. Doing it again changes nothing.

        Raises:
            AttachmentGone: Plane does not know the record any more.
        """
        path = f"{_attachments(item)}{asset_id}/"
        response = self._calls.call("PATCH", path, json={"is_uploaded": True})
        if is_missing(response):
            raise AttachmentGone
        raise_for_item(response, str(item.key), item.key.identifier)

    def delete_attachment(self, item: WorkItem, asset_id: str) -> None:
        """Delete an attachment's record; one that is gone already is as good."""
        response = self._calls.call("DELETE", f"{_attachments(item)}{asset_id}/")
        if not is_missing(response):
            raise_for_item(response, str(item.key), item.key.identifier)

    def is_uploaded(self, item: WorkItem, asset_id: str) -> bool:
        """Tell a finished attachment from a record whose bytes never came.

        Raises:
            AttachmentGone: Plane does not know the record any more.
        """
        return self.find_download(item, asset_id) is not None

    def find_download(self, item: WorkItem, asset_id: str) -> str | None:
        """Return where storage has the bytes of an attachment; None before they came.

        The address opens them to whoever has it, for an hour.

        Raises:
            AttachmentGone: Plane does not know the record any more.
        """
        response = self._calls.call("GET", f"{_attachments(item)}{asset_id}/")
        if response.status_code == requests.codes.found:
            return response.headers.get("Location", "")
        if is_missing(response):
            raise AttachmentGone
        if error_text(response) == "The asset is not uploaded.":
            return None
        raise_for_item(response, str(item.key), item.key.identifier)
        raise PlaneRejected(response.status_code)

    def find_attachment(self, item: WorkItem, external_id: str) -> str | None:
        """Return the id of the finished attachment with our *external_id*, if any."""
        wanted = (external_id, EXTERNAL_SOURCE)
        response = self._calls.call("GET", _attachments(item))
        raise_for_item(response, str(item.key), item.key.identifier)
        finished = read_json(response)
        if not isinstance(finished, list):
            raise PlaneUnavailable
        with expecting_shape():
            for each in finished:
                if (each["external_id"], each["external_source"]) == wanted:
                    return read_uuid(each["id"])
        return None

    def get_file_size_limit(self) -> int | None:
        """Return the most bytes that this Plane takes for a file; None if not told.

        This call needs no key and is not counted.
        """
        response = self._calls.call_without_key("GET", "api/instances/")
        if not response.ok:
            return None
        with contextlib.suppress(PlaneUnavailable), expecting_shape():
            limit = int(read_object(response)["config"]["file_size_limit"])
            return limit if limit > 0 else None
        return None


def _attachments(item: WorkItem) -> str:
    return f"projects/{item.project_id}/work-items/{item.work_item_id}/attachments/"


def _ticket(raw: Mapping[str, Any]) -> UploadTicket:
    with expecting_shape():
        data = raw["upload_data"]
        return UploadTicket(
            asset_id=read_uuid(raw["asset_id"]),
            url=str(data["url"]),
            fields=tuple((str(k), str(v)) for k, v in data["fields"].items()),
            granted=int(raw["attachment"]["size"]),
        )
