"""Which projects and work items there are in Plane, remembered for a while."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

from cachetools import TLRUCache, TTLCache, cachedmethod

from bot.clients.plane import PlaneClient, Project, WorkItem
from bot.domain.references import Reference, WorkItemId, WorkItemKey
from bot.errors import FinalProblem, ProjectsUncertain, WorkItemNotFound

_PROJECTS_SECONDS = 300
#: Whoever looks at them, or searches, is shown projects no older than this.
_PROJECTS_LATELY_SECONDS = 30
#: Nobody makes a project, a work item in it and a message with its key in less.
_PROJECTS_FRESH_SECONDS = 2
#: `UTF-8` has Plane asked for its projects no more often than so often in so long.
_MOST_MISSES = 3
_MISSES_SECONDS = 90
_ITEM_SECONDS = 600
_ITEM_MISS_SECONDS = 15
_LIMIT_SECONDS = 600
_MANY = 10_000

#: A project's id as well: another project may get its identifier.
_Key = tuple[Reference, str]


class PlaneDirectory:
    """Looks projects and work items up, each once for all threads.

    *fence* has the identifiers of the only projects to know; None for all.
    """

    def __init__(
        self,
        plane: PlaneClient,
        *,
        fence: frozenset[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._plane = plane
        self._fence = fence
        self._clock = clock
        self._projects: Mapping[str, Project] = {}
        self._projects_at: float | None = None
        self._projects_lock = threading.Lock()
        self._misses: deque[float] = deque(maxlen=_MOST_MISSES)
        self._found: TLRUCache[_Key, WorkItem | FinalProblem] = TLRUCache(
            _MANY, ttu=_keep_until, timer=clock
        )
        self._found_changed = threading.Condition()
        self._limit: TTLCache[object, int | None] = TTLCache(
            1, _LIMIT_SECONDS, timer=clock
        )
        self._limit_changed = threading.Condition()

    def find_project(self, reference: Reference) -> Project | None:
        """Return the known project that *reference* names; None where there is none.

        Raises:
            ProjectsUncertain: there may be one since Plane was asked last.
        """
        if isinstance(reference, WorkItemKey) and not self.is_let_in(reference):
            return None
        project = _pick(self._get_projects(_PROJECTS_SECONDS), reference)
        return project or _pick(self._get_projects_after_miss(), reference)

    def list_projects(self) -> tuple[Project, ...]:
        """Return the known projects, as Plane listed them within the last 30 s."""
        return tuple(self._get_projects(_PROJECTS_LATELY_SECONDS).values())

    def recall_projects(self) -> tuple[Project, ...] | None:
        """Return what `list_projects` would; None where that would ask Plane."""
        return tuple(self._projects.values()) if self._has_listed_lately() else None

    @property
    def has_listed(self) -> bool:
        """Whether Plane ever told which projects there are."""
        return self._projects_at is not None

    def is_at_hand(self, reference: Reference) -> bool:
        """Whether the work item is known without asking Plane."""
        project = _pick(self._projects, reference)
        with self._found_changed:
            return project is not None and _key(reference, project) in self._found

    def is_known(self, reference: Reference) -> bool:
        """Whether its project was there last, or is fenced in, without asking Plane."""
        if _pick(self._projects, reference):
            return True
        fence = self._fence or frozenset()
        return isinstance(reference, WorkItemKey) and reference.identifier in fence

    def may_be_known(self, reference: Reference) -> bool:
        """Whether its project is one, as far as can be told without asking Plane.

        It may have been made since they were listed; the search finds it already.
        """
        if isinstance(reference, WorkItemKey) and not self.is_let_in(reference):
            return False
        return self.is_known(reference) or not self._has_listed_lately()

    def is_let_in(self, key: WorkItemKey) -> bool:
        """Whether the fence, if there is one, has the key's project."""
        return self._fence is None or key.identifier in self._fence

    def get_work_item(self, reference: Reference, project: Project) -> WorkItem:
        """Return the work item of *project* that *reference* names.

        Raises:
            WorkItemNotFound: there is none, or it is archived or a draft.
        """
        found = self._look_up(reference, project)
        if isinstance(found, FinalProblem):
            raise found
        return found

    def forget(self, work_item_id: str) -> None:
        """Have a work item looked up anew: Plane no longer knows it under its ids."""
        with self._found_changed:
            for key, found in list(self._found.items()):
                if isinstance(found, WorkItem) and found.work_item_id == work_item_id:
                    self._found.pop(key, None)

    def forget_misses(self) -> None:
        """Have what was not found looked up anew: somebody may have made it."""
        with self._found_changed:
            for key, found in list(self._found.items()):
                if not isinstance(found, WorkItem):
                    self._found.pop(key, None)

    @property
    def known_file_size_limit(self) -> int | None:
        """What `get_file_size_limit` told last, if it is not long ago; asks nobody."""
        with self._limit_changed:
            return next(iter(self._limit.values()), None)

    @cachedmethod(lambda self: self._limit, condition=lambda self: self._limit_changed)
    def get_file_size_limit(self) -> int | None:
        """Return the most bytes that Plane takes for a file; None if it is silent."""
        return self._plane.get_file_size_limit()

    @cachedmethod(
        lambda self: self._found,
        key=lambda self, reference, project: _key(reference, project),
        condition=lambda self: self._found_changed,
    )
    def _look_up(
        self, reference: Reference, project: Project
    ) -> WorkItem | FinalProblem:
        try:
            if isinstance(reference, WorkItemId):
                return self._plane.get_work_item_by_id(reference, project)
            return self._plane.get_work_item(reference)
        except WorkItemNotFound as problem:
            return problem

    def _has_listed_lately(self) -> bool:
        listed_at = self._projects_at
        if listed_at is None:
            return False
        return self._clock() - listed_at <= _PROJECTS_LATELY_SECONDS

    def _get_projects(self, max_age: float) -> Mapping[str, Project]:
        with self._projects_lock:
            if self._projects_age() > max_age:
                self._list_anew()
            return self._projects

    def _get_projects_after_miss(self) -> Mapping[str, Project]:
        with self._projects_lock:
            if self._projects_age() > _PROJECTS_FRESH_SECONDS:
                self._check_misses()
                self._list_anew()
                self._misses.append(self._clock())
            return self._projects

    def _check_misses(self) -> None:
        if len(self._misses) < _MOST_MISSES:
            return
        left = self._misses[0] + _MISSES_SECONDS - self._clock()
        if left > 0:
            raise ProjectsUncertain(retry_after=left)

    def _projects_age(self) -> float:
        if self._projects_at is None:
            return math.inf
        return self._clock() - self._projects_at

    def _list_anew(self) -> None:
        asked_at = self._clock()
        self._projects = self._list_projects()
        self._projects_at = asked_at

    def _list_projects(self) -> Mapping[str, Project]:
        return {
            project.identifier: project
            for project in self._plane.list_projects()
            if self._fence is None or project.identifier in self._fence
        }


def _pick(projects: Mapping[str, Project], reference: Reference) -> Project | None:
    if isinstance(reference, WorkItemKey):
        return projects.get(reference.identifier)
    wanted = reference.project_id
    return next((p for p in projects.values() if p.project_id == wanted), None)


def _key(reference: Reference, project: Project) -> _Key:
    return reference, project.project_id


def _keep_until(key: _Key, value: WorkItem | FinalProblem, now: float) -> float:
    is_found = isinstance(value, WorkItem)
    return now + (_ITEM_SECONDS if is_found else _ITEM_MISS_SECONDS)
