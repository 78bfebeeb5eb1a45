"""What Plane's tables hold: one frozen value per row."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Role(IntEnum):
    """What a member may do (plane/db/models/project.py)."""

    GUEST = 5
    MEMBER = 15
    ADMIN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every row has; a deleted row stays, unseen by the API."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_at: float
    updated_at: float | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Row):
    """A person; one outside the workspace has *in_workspace* false."""

    name: str
    in_workspace: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Row):
    """A project; *members* are roles by the user's id."""

    identifier: str
    name: str
    members: Mapping[str, Role]
    archived: bool = False
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem(Row):
    """A work item; *created_by* is a user's id."""

    project_id: str
    sequence_id: int
    name: str
    created_by: str | None = None
    archived: bool = False
    draft: bool = False
    triage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment(Row):
    """An asset of a work item; *key* names its object in the store.

    *size* is what was asked for, cut to the limit; *storage_metadata* is {} until the
    worker looked, then None if there was no object. *metadata_due* is when it looks.
    """

    project_id: str
    work_item_id: str
    name: str
    type: str
    size: Any
    key: str
    external_id: str | None
    external_source: str | None
    created_by: str
    is_uploaded: bool = False
    storage_metadata: Mapping[str, Any] | None = field(default_factory=dict)
    metadata_due: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Row):
    """A comment on a work item, its HTML as it was sent."""

    project_id: str
    work_item_id: str
    html: str
    access: str
    external_id: str | None
    external_source: str | None
    created_by: str
    description_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Row):
    """A link on a work item."""

    project_id: str
    work_item_id: str
    url: str
    title: str | None
    created_by: str
