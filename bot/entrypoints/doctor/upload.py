"""A test file goes onto a work item, is read back, compared and deleted.

It takes the way of every file: Plane's record, storage's presigned POST, and the mark
that it came. So a storage that is named wrongly, has no TLS or stands behind a proxy
that cuts is found.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.clients.plane import PlaneClient, UploadTicket, WorkItem
from bot.clients.storage import Storage
from bot.domain.amounts import show_size
from bot.domain.references import WorkItemKey
from bot.entrypoints.doctor.chart import Chart
from bot.entrypoints.doctor.examination import TimeUp, within
from bot.entrypoints.doctor.findings import (
    Check,
    Finding,
    Mark,
    fault,
    ok,
    skipped,
    warning,
)
from bot.entrypoints.doctor.problems import explain
from bot.errors import (
    AttachmentExists,
    AttachmentGone,
    FinalProblem,
    Problem,
    StorageMoved,
)
from bot.work.relaying import relay

#: More than 1 MiB, which nginx lets through unless it is told otherwise
#: (nginx.org/en/docs/http/ngx_http_core_module.html, client_max_body_size).
SIZE = 1_100_000
_NAME, _MIMETYPE = "loadmaster-doctor.bin", "application/octet-stream"
#: By it the record of a doctor that was killed is found again, and deleted.
EXTERNAL_ID = "LOADMASTERDOCTOR"

#: To Plane: to list the projects, and for a file that meets one of an earlier try.
_CALLS = 12

_FILE, _WAY_BACK = "the test file", "the test file's way back"
_AGAIN = "Run `loadmaster doctor --upload` again in a minute."
_PROXY = "Look for a proxy in front of Plane's storage that changes or cuts off bodies."


@dataclass(frozen=True, slots=True)
class _Bytes:
    """What is sent."""

    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def pieces(self) -> Iterator[bytes]:
        yield self.content


class Trial:
    """One file's way there and back; `clean` has to follow, whatever came of it."""

    def __init__(self, plane: PlaneClient, storage: Storage, content: bytes) -> None:
        self._plane = plane
        self._storage = storage
        self._content = content
        self._item: WorkItem | None = None
        self._asset_id: str | None = None
        self._may_be_there = False
        #: What is being done.
        self.stage = _FILE

    @property
    def size(self) -> int:
        """How many bytes the file has."""
        return len(self._content)

    def attach(self, key: WorkItemKey) -> None:
        """Attach the file to the work item.

        Raises:
            Problem: it does not work.
            AttachmentExists: somebody else does the same now.
        """
        self._item = self._plane.get_work_item(key)
        ticket = self._open_record(self._item)
        self._asset_id = ticket.asset_id
        relay(
            self._storage,
            lambda: contextlib.nullcontext(_Bytes(self._content)),
            ticket,
            size=self.size,
            progress=lambda count: None,
        )
        self._plane.complete_attachment(self._item, ticket.asset_id)

    def read_back(self) -> bool:
        """Tell whether storage has the same bytes.

        Raises:
            Problem: it does not give them out.
        """
        assert self._item is not None, "it was attached before"
        assert self._asset_id is not None, "it was attached before"
        self.stage = _WAY_BACK
        url = self._plane.find_download(self._item, self._asset_id)
        try:
            found = self._storage.read_back(url or "", most=self.size + 1)
        except StorageMoved as moved:
            raise moved.problem from moved
        return found == self._content

    def clean(self) -> None:
        """Delete the file in Plane, also where it is not known whether it is there.

        Raises:
            Problem: it is still there, perhaps.
        """
        if self._item is None:
            return
        if self._asset_id is None and self._may_be_there:
            self._asset_id = self._find_record(self._item)
        if self._asset_id is not None:
            self._plane.delete_attachment(self._item, self._asset_id)

    def _open_record(self, item: WorkItem) -> UploadTicket:
        self._may_be_there = True
        try:
            return self._create(item)
        except AttachmentExists as old:  # of a doctor that was killed
            self._plane.delete_attachment(item, old.asset_id)
            return self._create(item)
        except FinalProblem:
            self._may_be_there = False
            raise

    def _find_record(self, item: WorkItem) -> str:
        """Return the id of the record; nothing but making one tells (observed: 409)."""
        try:
            return self._create(item).asset_id
        except AttachmentExists as existing:
            return existing.asset_id

    def _create(self, item: WorkItem) -> UploadTicket:
        return self._plane.create_attachment(
            item,
            name=_NAME,
            mimetype=_MIMETYPE,
            size=self.size,
            external_id=EXTERNAL_ID,
        )


def check_upload(chart: Chart) -> list[Finding]:
    """Try one file; what was put into Plane is deleted again."""
    key = chart.options.upload
    assert key is not None, "this is done where it was asked for"
    left = chart.account.remaining if chart.account else None
    if left is not None and left < _CALLS:  # the last ones are for its deletion
        reason = f"the key has only {left} calls left in this minute"
        return [skipped(Check.UPLOAD, reason, _AGAIN)]
    plane = chart.clients.plane
    trial = Trial(plane.client, plane.storage, _make_content(chart.size_limit))
    seconds = chart.options.check_seconds
    try:
        found = _try(trial, key, seconds)
    finally:
        doubts = _clean(trial, key, seconds)
    if found.mark is Mark.OK and not doubts:
        found = replace(found, text=f"{found.text} It is deleted again.")
    return [found, *doubts]


def _make_content(limit: int | None) -> bytes:
    return os.urandom(min(SIZE, limit or SIZE))


def _try(trial: Trial, key: WorkItemKey, seconds: float) -> Finding:
    try:
        within(seconds, lambda: trial.attach(key))
        is_same = within(seconds, trial.read_back)
    except Problem as problem:
        return explain(Check.UPLOAD, problem, it=trial.stage)
    except TimeUp:
        text = f"There was no answer about {trial.stage} within {seconds:.0f} seconds."
        return fault(Check.UPLOAD, text, _PROXY)
    except (AttachmentExists, AttachmentGone):
        text = f"Somebody else changed the test file on {key} at the same time."
        return fault(Check.UPLOAD, text, _AGAIN)
    size = show_size(trial.size)
    if is_same:
        text = f"A file of {size} went onto {key} and came back the same."
        return ok(Check.UPLOAD, text)
    text = f"Of {size} that went to Plane's file storage, others came back."
    return fault(Check.UPLOAD, text, _PROXY)


def _clean(trial: Trial, key: WorkItemKey, seconds: float) -> list[Finding]:
    try:
        within(seconds, trial.clean)
    except (Problem, TimeUp):
        text = f"It is not certain that the test file is gone from {key}."
        step = f"Delete {_NAME} there in Plane, or run this again: it does that."
        return [warning(Check.UPLOAD, text, step)]
    return []
