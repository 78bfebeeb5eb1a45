"""Everything an emulated Plane knows; safe to use from several threads."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from bot.sandbox.plane.rows import (
    Attachment,
    Comment,
    Link,
    Project,
    Role,
    Row,
    User,
    WorkItem,
)

AnyRow = TypeVar("AnyRow", bound=Row)
Named = TypeVar("Named", Project, WorkItem)


class Table(Generic[AnyRow]):
    """Rows by id, in the order they were made; deleted rows are not found."""

    def __init__(self) -> None:
        self._rows: dict[str, AnyRow] = {}
        self._lock = threading.Lock()

    def put(self, row: AnyRow) -> AnyRow:
        """Insert *row*, or replace the row of its id."""
        with self._lock:
            self._rows[row.id] = row
        return row

    def find(self, row_id: str) -> AnyRow | None:
        """Return the row with this id, if it is there."""
        with self._lock:
            row = self._rows.get(row_id)
        return None if row is None or row.deleted else row

    def holds(self, row_id: str) -> bool:
        """Whether a foreign key to this id leads somewhere, if to a deleted row."""
        with self._lock:
            return row_id in self._rows

    def where(self, test: Callable[[AnyRow], bool]) -> list[AnyRow]:
        """Return the rows that pass *test*, oldest first."""
        with self._lock:
            rows = list(self._rows.values())
        return [row for row in rows if not row.deleted and test(row)]

    def delete(self, row: AnyRow) -> None:
        """Mark *row* as deleted."""
        self.put(replace(row, deleted=True))


@dataclass(frozen=True, slots=True)
class Key:
    """An API key; a service token has a rate limit of its own."""

    user_id: str
    service: bool = False


class State:
    """Users, projects, work items and what hangs on them, in one workspace."""

    def __init__(self, workspace: str, clock: Callable[[], float]) -> None:
        self.workspace = workspace
        self.clock = clock
        #: Seconds between the look for a row of the same external pair, or for a link
        #: with the same URL, and the insert.
        #: Plane has no unique index there: in 8 of 15 rounds with 6 to 8 threads, more
        #: than one POST got its 200 (observed, Plane CE 1.3.1).
        self.twin_gap = 0.003
        self.users: Table[User] = Table()
        self.projects: Table[Project] = Table()
        self.work_items: Table[WorkItem] = Table()
        self.attachment_rows: Table[Attachment] = Table()
        self.comment_rows: Table[Comment] = Table()
        self.link_rows: Table[Link] = Table()
        self._keys: dict[str, Key] = {}
        self._lock = threading.Lock()
        workspace_row = Row(created_at=clock())
        self.workspace_id = workspace_row.id

    def add_user(
        self, name: str, *, key: str | None = None, in_workspace: bool = True
    ) -> User:
        """Add a user with the API key *key* (by default `plane_api_` and the name)."""
        row = User(created_at=self.clock(), name=name, in_workspace=in_workspace)
        self.users.put(row)
        self.add_key(name, key or f"plane_api_{name}")
        return row

    def add_key(self, name: str, key: str, *, service: bool = False) -> None:
        """Give the user *name* one more API key."""
        self._keys[key] = Key(self.user(name).id, service)

    def revoke_key(self, key: str) -> None:
        """Make *key* invalid."""
        self._keys.pop(key, None)

    def find_key(self, key: str) -> Key | None:
        """Return whose key this is."""
        return self._keys.get(key)

    def user(self, name: str) -> User:
        """Return the user *name*."""
        return self.users.where(lambda row: row.name == name)[0]

    def add_project(
        self,
        identifier: str,
        name: str,
        *,
        members: Mapping[str, Role],
        archived: bool = False,
        public: bool = False,
    ) -> Project:
        """Add a project; *members* are roles by user name."""
        row = Project(
            created_at=self.clock(),
            identifier=identifier,
            name=name,
            members={self.user(who).id: role for who, role in members.items()},
            archived=archived,
            public=public,
        )
        return self.projects.put(row)

    def join(self, project: Project, name: str, role: Role) -> Project:
        """Make the user *name* a member of *project*."""
        members = {**project.members, self.user(name).id: role}
        return self.projects.put(replace(project, members=members))

    def leave(self, project: Project, name: str) -> Project:
        """End the membership of the user *name* in *project*."""
        members = dict(project.members)
        members.pop(self.user(name).id, None)
        return self.projects.put(replace(project, members=members))

    def add_work_item(
        self,
        project: Project,
        name: str,
        *,
        archived: bool = False,
        draft: bool = False,
        triage: bool = False,
    ) -> WorkItem:
        """Add a work item with the project's next number."""
        with self._lock:
            taken = self.work_items.where(lambda row: row.project_id == project.id)
            row = WorkItem(
                created_at=self.clock(),
                project_id=project.id,
                sequence_id=max((row.sequence_id for row in taken), default=0) + 1,
                name=name,
                archived=archived,
                draft=draft,
                triage=triage,
            )
            return self.work_items.put(row)

    def rename(self, row: Named, name: str) -> Named:
        """Give a project or work item another name."""
        return self._put(replace(row, name=name))

    def archive(self, row: Named) -> Named:
        """Archive a project or work item."""
        return self._put(replace(row, archived=True))

    def delete(self, row: Named) -> None:
        """Delete a project or work item."""
        self._put(replace(row, deleted=True))

    def change_identifier(self, project: Project, identifier: str) -> Project:
        """Give *project* another identifier; Plane keeps no alias of the old one."""
        return self.projects.put(replace(project, identifier=identifier))

    def project(self, identifier: str) -> Project:
        """Return the project *identifier*."""
        return self.projects.where(lambda row: row.identifier == identifier)[0]

    def work_item(self, key: str) -> WorkItem:
        """Return the work item *key*, such as WEB-1, archived or not."""
        identifier, _, number = key.rpartition("-")
        project = self.project(identifier)
        return self.work_items.where(
            lambda row: (row.project_id, row.sequence_id) == (project.id, int(number))
        )[0]

    def attachments(
        self, work_item_key: str | None = None, *, uploaded_only: bool = False
    ) -> list[Attachment]:
        """Return the attachments, orphans too, of one or every work item."""
        rows = self._of(self.attachment_rows, work_item_key)
        return [row for row in rows if row.is_uploaded or not uploaded_only]

    def comments(self, work_item_key: str | None = None) -> list[Comment]:
        """Return the comments of one or every work item, oldest first."""
        return list(self._of(self.comment_rows, work_item_key))

    def links(self, work_item_key: str | None = None) -> list[Link]:
        """Return the links of one or every work item, oldest first."""
        return list(self._of(self.link_rows, work_item_key))

    def role(self, user: User, project_id: str) -> Role | None:
        """Return the role of *user* in a project; None for an outsider."""
        project = self.projects.find(project_id)
        return project.members.get(user.id) if project else None

    def is_archived(self, project_id: str) -> bool:
        """Whether a project is there and archived."""
        project = self.projects.find(project_id)
        return project is not None and project.archived

    def _put(self, row: Named) -> Named:
        if isinstance(row, Project):
            return self.projects.put(row)
        return self.work_items.put(row)

    def _of(self, table: Table[AnyRow], key: str | None) -> Iterable[AnyRow]:
        wanted = self.work_item(key).id if key else None
        return table.where(
            lambda row: wanted in (None, getattr(row, "work_item_id", None))
        )
