"""Plane's links on work items: ids out, or a typed error.

One call each, no retries. Shapes as observed with Plane Community Edition 1.3.1.
"""

from collections.abc import Callable

import requests
from requests import Response

from bot.clients.plane import WorkItem
from bot.clients.plane_answers import (
    error_text,
    expecting_shape,
    is_missing,
    raise_for_item,
    read_object,
    read_uuid,
)
from bot.clients.plane_calls import PlaneCalls
from bot.clients.plane_writes import post
from bot.errors import (
    LinkExists,
    LinkRefused,
    PlaneFailed,
    PlaneStumbled,
    PlaneWorkspaceRefused,
    ProjectRefused,
    WorkItemNotFound,
)


class WorkItemLinks:
    """Links on work items; Plane fetches their pages, for a title and an icon."""

    def __init__(self, calls: PlaneCalls) -> None:
        self._calls = calls

    def check_item(self, item: WorkItem) -> None:
        """Raise unless people can see the work item.

        Plane takes links for deleted and archived ones, too: the view that makes them
        looks for none (plane/api/views/issue.py).

        Raises:
            WorkItemNotFound: it is gone, archived or a draft.
            ProjectRefused: the user is not in the project.
        """
        response = self._calls.call("GET", f"{_path(item)}/")
        raise_for_item(response, str(item.key), item.key.identifier)

    def find(self, item: WorkItem, url: str) -> str | None:
        """Return the id of the link with this *url*, if there is one.

        Raises:
            ProjectRefused: the user is not in the project.
        """
        try:
            with expecting_shape():
                for raw in self._calls.pages(f"{_path(item)}/links/"):
                    if raw["url"] == url:
                        return read_uuid(raw["id"])
        except PlaneWorkspaceRefused as problem:
            raise ProjectRefused(item.key.identifier) from problem
        return None

    def create(
        self,
        item: WorkItem,
        *,
        url: str,
        title: str,
        sending: Callable[[], None] = lambda: None,
    ) -> str:
        """Make a link and return its id.

        *sending* is called when Plane is just about to be asked.

        Any other error may also come after it was made: Plane answers 500 where it
        cannot have its page fetched (plane/api/views/issue.py).

        Raises:
            LinkExists: the work item has one with this *url*.
            LinkRefused: Plane does not take the *url*.
            WorkItemNotFound: the work item is gone.
            ProjectRefused: the user may not add links in the project.
        """
        body = {"url": url, "title": title}
        path = f"{_path(item)}/links/"
        response = post(self._calls, path, body, sending=sending)
        if response.status_code == requests.codes.bad_request:
            _raise_for_refusal(response, item)
        try:
            raise_for_item(response, str(item.key), item.key.identifier)
        except PlaneFailed as problem:
            raise PlaneStumbled(retry_after=problem.retry_after) from problem
        raw = read_object(response)
        with expecting_shape():
            return read_uuid(raw["id"])

    def delete(self, item: WorkItem, link_id: str) -> None:
        """Delete a link; one that is gone already is as good."""
        response = self._calls.call("DELETE", f"{_path(item)}/links/{link_id}/")
        if not is_missing(response):
            raise_for_item(response, str(item.key), item.key.identifier)


def _path(item: WorkItem) -> str:
    return f"projects/{item.project_id}/work-items/{item.work_item_id}"


def _raise_for_refusal(response: Response, item: WorkItem) -> None:
    text = error_text(response)
    if text == "URL already exists for this Issue":
        raise LinkExists
    # Of a foreign key that leads nowhere (plane/api/views/base.py).
    if text == "The payload is not valid":
        raise WorkItemNotFound(str(item.key))
    if "url" in read_object(response):
        raise LinkRefused
