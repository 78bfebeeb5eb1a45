"""Plane's attachments: create, complete, list, download, delete.

plane/api/views/issue.py, `IssueAttachmentListCreateAPIEndpoint` and
`IssueAttachmentDetailAPIEndpoint`; observed, Plane CE 1.3.1.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from bot.sandbox.message import Request, Response
from bot.sandbox.plane.gate import Call
from bot.sandbox.plane.replies import (
    Failed,
    broken,
    invalid,
    iso,
    not_found,
    refused,
    reply,
)
from bot.sandbox.plane.rows import Attachment, WorkItem
from bot.sandbox.plane.state import State
from bot.sandbox.plane.wishes import Wish, read_wish
from bot.sandbox.signing import presign_get, presign_post
from bot.sandbox.store import StoreServer

#: plane/db/models/asset.py: the column of the key.
LONGEST_KEY = 800


@dataclass(frozen=True, slots=True)
class Terms:
    """The server's settings for uploads; times in seconds."""

    file_size_limit: int
    signed_url_expiration: int
    metadata_delay: float


class Attachments:
    """The views on attachments; *storage_url* tells the bucket's URL for a request."""

    def __init__(
        self,
        state: State,
        store: StoreServer,
        terms: Terms,
        storage_url: Callable[[Request], str],
    ) -> None:
        self._state = state
        self._store = store
        self._terms = terms
        self._storage_url = storage_url

    def create(self, call: Call) -> Response:
        """Make the row at once, uploaded or not, and sign a policy for its bytes."""
        item = self._work_item(call)
        self._allow(call, item, "upload")
        wish = read_wish(call.data, self._terms.file_size_limit)
        self._refuse_twin(item, wish)
        row = self._insert(call, item, wish)
        fields = presign_post(
            self._store.bucket,
            key=row.key,
            content_type=row.type,
            size=row.size,
            now=self._state.clock(),
            ttl=self._terms.signed_url_expiration,
        )
        path = (
            f"projects/{row.project_id}/issues/{row.work_item_id}/attachments/{row.id}"
        )
        body = {
            "upload_data": {"url": self._storage_url(call.request), "fields": fields},
            "asset_id": row.id,
            "attachment": self._show(row),
            "asset_url": f"/api/assets/v2/workspaces/{self._state.workspace}/{path}/",
        }
        return reply(body)  # 200, not 201

    def list(self, call: Call) -> Response:
        """List what is uploaded, newest first, to anybody with a key (no check)."""
        wanted = call.param("project_id"), call.param("work_item_id")
        rows = self._state.attachment_rows.where(
            lambda row: row.is_uploaded and (row.project_id, row.work_item_id) == wanted
        )
        if call.param("slug") != self._state.workspace:
            rows = []
        return reply([self._show(row) for row in reversed(rows)])

    def complete(self, call: Call) -> Response:
        """Mark as uploaded, whatever the body says and whether or not bytes came.

        The asset is looked up by project only: the path's work item need not be its
        own.
        """
        self._allow(call, self._work_item(call), "upload")
        row = self.settle(self._asset(call))
        if not row.storage_metadata:
            due = self._state.clock() + self._terms.metadata_delay
            row = replace(row, metadata_due=due)
        now = self._state.clock()
        self._state.attachment_rows.put(replace(row, is_uploaded=True, updated_at=now))
        return Response(204)

    def detail(self, call: Call) -> Response:
        """Redirect to a presigned URL; membership comes before existence."""
        if self._state.role(call.caller, call.param("project_id")) is None:
            raise refused("You are not allowed to download this attachment")
        row = self._asset(call)
        if not row.is_uploaded:
            raise invalid("The asset is not uploaded.")
        url = presign_get(
            self._store.bucket,
            base=self._storage_url(call.request),
            key=row.key,
            disposition=f"attachment; filename*=UTF-8''{quote(row.name)}",
            now=self._state.clock(),
            ttl=self._terms.signed_url_expiration,
        )
        headers = {"Location": url, "Content-Type": "text/html; charset=utf-8"}
        return Response(302, headers)

    def delete(self, call: Call) -> Response:
        """Delete the row; the object stays, and so do URLs that were signed for it."""
        self._allow(call, self._work_item(call), "delete")
        self._state.attachment_rows.delete(self._asset(call))
        return Response(204)

    def settle(self, row: Attachment) -> Attachment:
        """Do the worker's part if it is due (bgtasks/storage_metadata_task.py)."""
        if row.metadata_due is None or self._state.clock() < row.metadata_due:
            return row
        settled = replace(row, storage_metadata=self._metadata(row), metadata_due=None)
        return self._state.attachment_rows.put(settled)

    def _metadata(self, row: Attachment) -> dict[str, Any] | None:
        stored = self._store.find(row.key)
        if stored is None:
            return None
        moment = datetime.fromtimestamp(int(stored.stored_at), UTC)
        return {
            "ETag": stored.etag,
            "Metadata": {},
            "ContentType": stored.content_type,
            "LastModified": moment.isoformat(),
            "ContentLength": stored.size,
        }

    def _work_item(self, call: Call) -> WorkItem:
        # `Issue.objects`, not `issue_objects`: archived ones and drafts are found
        row = self._state.work_items.find(call.param("work_item_id"))
        here = call.param("slug") == self._state.workspace
        if row is None or not here or row.project_id != call.param("project_id"):
            raise not_found()
        return row

    def _asset(self, call: Call) -> Attachment:
        row = self._state.attachment_rows.find(call.param("pk"))
        if row is None or row.project_id != call.param("project_id"):
            raise not_found()
        return row

    def _allow(self, call: Call, item: WorkItem, verb: str) -> None:
        # guests may upload, complete and delete others' attachments
        role = self._state.role(call.caller, item.project_id)
        if role is None and item.created_by != call.caller.id:
            raise refused(f"You are not allowed to {verb} this attachment")

    def _refuse_twin(self, item: WorkItem, wish: Wish) -> None:
        if not wish.external_id or not wish.external_source:
            return
        pair = item.id, wish.external_id, wish.external_source
        twins = self._state.attachment_rows.where(
            lambda row: (row.work_item_id, row.external_id, row.external_source) == pair
        )
        if twins:  # the id of an orphan as much as of a finished one
            text = "Issue with the same external id and external source already exists"
            raise Failed(409, {"error": text, "id": twins[-1].id})
        time.sleep(self._state.twin_gap)

    def _insert(self, call: Call, item: WorkItem, wish: Wish) -> Attachment:
        key = f"{self._state.workspace_id}/{uuid.uuid4().hex}-{wish.name}"
        if len(key) > LONGEST_KEY or not wish.fits():
            raise broken()
        row = Attachment(
            created_at=self._state.clock(),
            project_id=item.project_id,
            work_item_id=item.id,
            name=wish.name,
            type=wish.type,
            size=wish.size,
            key=key,
            external_id=wish.external_id,
            external_source=wish.external_source,
            created_by=call.caller.id,
        )
        return self._state.attachment_rows.put(row)

    def _show(self, row: Attachment) -> dict[str, Any]:
        row = self.settle(row)
        blank = ("entity_identifier", "updated_by", "user", "draft_issue", "comment")
        return {
            **dict.fromkeys((*blank, "page", "deleted_at")),
            "id": row.id,
            "created_at": iso(row.created_at),
            "updated_at": iso(row.updated_at or row.created_at),
            "attributes": {"name": row.name, "type": row.type, "size": row.size},
            "asset": row.key,
            "entity_type": "ISSUE_ATTACHMENT",
            "is_deleted": False,
            "is_archived": False,
            "external_id": row.external_id,
            "external_source": row.external_source,
            "size": float(row.size),
            "is_uploaded": row.is_uploaded,
            "storage_metadata": row.storage_metadata,
            "created_by": row.created_by,
            "workspace": self._state.workspace_id,
            "project": row.project_id,
            "issue": row.work_item_id,
        }
