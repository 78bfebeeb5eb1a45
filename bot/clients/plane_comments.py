"""Plane's comments on work items: values out, or a typed error.

One call each, no retries. Shapes as observed with Plane Community Edition 1.3.1.
"""

from collections.abc import Callable

import requests

from bot.clients.plane import EXTERNAL_SOURCE, WorkItem
from bot.clients.plane_answers import (
    error_text,
    expecting_shape,
    is_missing,
    raise_for_item,
    read_object,
    read_uuid,
)
from bot.clients.plane_calls import PlaneCalls
from bot.clients.plane_writes import post, send
from bot.errors import (
    CommentExists,
    CommentGone,
    PlaneWorkspaceRefused,
    ProjectRefused,
    WorkItemNotFound,
)


class PlaneComments:
    """Makes, changes and deletes comments with an external id."""

    def __init__(self, calls: PlaneCalls) -> None:
        self._calls = calls

    def create(
        self,
        item: WorkItem,
        *,
        html: str,
        external_id: str,
        sending: Callable[[], None] = lambda: None,
    ) -> str:
        """Comment on *item*; return the comment's id.

        *sending* is called when Plane is just about to be asked.

        Raises:
            CommentExists: the project has a comment with this external id.
            PlaneUnavailable: whether there is one now is not known, nor before its
                *retry_after* is over.
            WorkItemNotFound: the work item is gone, and its row, which a deleted one
                has for 60 days: until then it takes comments.
            ProjectRefused: the user may not comment in the project.
        """
        body = {
            "comment_html": html,
            "external_id": external_id,
            "external_source": EXTERNAL_SOURCE,
        }
        response = post(self._calls, _comments(item), body, sending=sending)
        if response.status_code != requests.codes.conflict:
            # Not a 404: the insert fails for its foreign key (observed).
            if error_text(response) == "The payload is not valid":
                raise WorkItemNotFound(str(item.key))
            raise_for_item(response, str(item.key), item.key.identifier)
        with expecting_shape():
            comment_id = read_uuid(read_object(response)["id"])
        if response.status_code == requests.codes.conflict:
            raise CommentExists(comment_id)
        return comment_id

    def find(self, item: WorkItem, external_id: str) -> str | None:
        """Return the id of the comment on *item* with our *external_id*, if any.

        Raises:
            ProjectRefused: the user may not read in the project.
        """
        wanted = (external_id, EXTERNAL_SOURCE)
        try:
            with expecting_shape():
                for raw in self._calls.pages(_comments(item)):
                    if (raw.get("external_id"), raw.get("external_source")) == wanted:
                        return read_uuid(raw["id"])
        except PlaneWorkspaceRefused as problem:
            raise ProjectRefused(item.key.identifier) from problem
        return None

    def update(
        self,
        item: WorkItem,
        comment_id: str,
        *,
        html: str,
        sending: Callable[[], None] = lambda: None,
    ) -> None:
        """Replace what the comment says. Doing it again changes nothing.

        *sending* is called when Plane is just about to be asked.

        Raises:
            CommentGone: Plane does not know the comment any more.
            PlaneUnavailable: whether it says so now is not known, nor before its
                *retry_after* is over.
        """
        path = f"{_comments(item)}{comment_id}/"
        body = {"comment_html": html}
        response = send(self._calls, "PATCH", path, sending=sending, json=body)
        if is_missing(response):
            raise CommentGone
        raise_for_item(response, str(item.key), item.key.identifier)

    def delete(
        self,
        item: WorkItem,
        comment_id: str,
        *,
        sending: Callable[[], None] = lambda: None,
    ) -> None:
        """Delete the comment; one that is gone already is as good.

        *sending* is called when Plane is just about to be asked.

        Raises:
            PlaneUnavailable: whether it is gone now is not known, nor before its
                *retry_after* is over.
        """
        path = f"{_comments(item)}{comment_id}/"
        response = send(self._calls, "DELETE", path, sending=sending)
        if not is_missing(response):
            raise_for_item(response, str(item.key), item.key.identifier)


def _comments(item: WorkItem) -> str:
    return f"projects/{item.project_id}/work-items/{item.work_item_id}/comments/"
