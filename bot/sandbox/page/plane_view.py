"""What there is in Plane, as JSON: projects, work items and what hangs on them."""

from collections.abc import Mapping

from bot.sandbox.page.comment_nodes import read_nodes
from bot.sandbox.plane import Attachment, Comment, Link, Project, WorkItem
from bot.sandbox.slack.messages import Json
from bot.sandbox.stage import PLANE_API_KEY, Stage


def show_plane(stage: Stage) -> Json:
    """Return every project with its work items, and the calls left this minute."""
    plane = stage.plane
    projects = plane.state.projects.where(lambda row: not row.archived)
    items = stage.work_items()
    return {
        "workspace": plane.state.workspace,
        "origin": plane.origin,
        "limit": plane.rate_limit,
        "left": plane.count_calls_left(PLANE_API_KEY),
        "projects": [_project(stage, each, items) for each in projects],
    }


def _project(stage: Stage, project: Project, items: Mapping[str, WorkItem]) -> Json:
    own = [
        _item(stage, key, row)
        for key, row in items.items()
        if row.project_id == project.id
    ]
    return {
        "identifier": project.identifier,
        "id": project.id,
        "name": project.name,
        "items": own,
    }


def _item(stage: Stage, key: str, row: WorkItem) -> Json:
    state = stage.plane.state
    return {
        "key": key,
        "id": row.id,
        "name": row.name,
        "attachments": [_attachment(stage, each) for each in state.attachments(key)],
        "comments": [_comment(stage, each) for each in state.comments(key)],
        "links": [_link(each) for each in state.links(key)],
    }


def _attachment(stage: Stage, row: Attachment) -> Json:
    stored = stage.plane.stored(row)
    source = stage.slack.state.files.get(row.external_id or "")
    return {
        "id": row.id,
        "name": row.name,
        "type": row.type,
        "at": row.created_at,
        "done": row.is_uploaded,
        "size": stored.size if stored else None,
        "sha256": stored.sha256 if stored else None,
        "same": bool(stored and source and source.sha256 == stored.sha256),
    }


def _comment(stage: Stage, row: Comment) -> Json:
    author = stage.plane.state.users.find(row.created_by)
    return {
        "id": row.id,
        "by": author.name if author else "",
        "at": row.created_at,
        "nodes": read_nodes(row.html),
    }


def _link(row: Link) -> Json:
    is_web = row.url.startswith(("https://", "http://"))
    return {
        "id": row.id,
        "title": row.title or row.url,
        "url": row.url if is_web else None,
    }
