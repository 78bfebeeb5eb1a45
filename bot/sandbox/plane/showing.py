"""How Plane's projects, work items and users look in its answers. No I/O."""

from typing import Any

from bot.sandbox.plane.replies import iso
from bot.sandbox.plane.rows import Project, User, WorkItem

#: Fields of a work item that the emulator has nothing for.
_EMPTY = (
    *("type_id", "deleted_at", "point", "description_binary", "start_date"),
    *("target_date", "completed_at", "archived_at", "external_source", "external_id"),
    *("updated_by", "parent", "estimate_point", "type"),
)


def show_user(user: User) -> dict[str, Any]:
    """Show a user as `/users/me/` does."""
    return {
        "id": user.id,
        "first_name": user.name.title(),
        "last_name": "Test",
        "email": f"{user.name}@example.com",
        "avatar": "",
        "avatar_url": None,
        "display_name": user.name,
    }


def show_project(row: Project, caller: User, workspace_id: str) -> dict[str, Any]:
    """Show a project in the list that *caller* asked for."""
    role = row.members.get(caller.id)
    return {
        "id": row.id,
        "total_members": len(row.members),
        "is_member": role is not None,
        "member_role": role,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.created_at),
        "deleted_at": None,
        "name": row.name,
        "description": "",
        "network": 2 if row.public else 0,
        "identifier": row.identifier,
        "archived_at": iso(row.created_at) if row.archived else None,
        "workspace": workspace_id,
    }


def show_work_item(row: WorkItem, project: Project, workspace_id: str) -> Any:
    """Show a work item; its key and its address in a browser are not in it."""
    return {
        **dict.fromkeys(_EMPTY),
        "id": row.id,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at or row.created_at),
        "name": row.name,
        "description_html": f"<p>{row.name}</p>",
        "priority": "medium",
        "sequence_id": row.sequence_id,
        "sort_order": 65535.0 * row.sequence_id,
        "is_draft": False,
        "created_by": row.created_by,
        "project": project.id,
        "workspace": workspace_id,
        "state": show_state(project)["id"],
        "assignees": [],
        "labels": [],
    }


def show_state(project: Project) -> dict[str, Any]:
    """Show the one state that every work item of *project* is in, expanded."""
    return {
        "id": f"{project.id[:-4]}5747",
        "name": "Todo",
        "color": "#60646C",
        "group": "unstarted",
    }


def show_project_lite(project: Project) -> dict[str, Any]:
    """Show *project* as an expanded field."""
    return {
        "id": project.id,
        "identifier": project.identifier,
        "name": project.name,
        "cover_image": None,
        "icon_prop": None,
        "emoji": None,
        "description": "",
        "cover_image_url": None,
    }


def show_found(row: WorkItem, project: Project, workspace: str) -> dict[str, Any]:
    """Show a work item as a search result."""
    return {
        "name": row.name,
        "id": row.id,
        "sequence_id": row.sequence_id,
        "project__identifier": project.identifier,
        "project_id": project.id,
        "workspace__slug": workspace,
    }
