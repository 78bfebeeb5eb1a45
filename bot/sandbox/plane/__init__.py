"""Plane's API v1 on loopback, with the traps of Plane CE 1.3.1."""

from bot.sandbox.plane.rows import (
    Attachment,
    Comment,
    Link,
    Project,
    Role,
    User,
    WorkItem,
)
from bot.sandbox.plane.seed import seed_acme
from bot.sandbox.plane.server import PlaneServer
from bot.sandbox.plane.state import State

__all__ = [
    "Attachment",
    "Comment",
    "Link",
    "PlaneServer",
    "Project",
    "Role",
    "State",
    "User",
    "WorkItem",
    "seed_acme",
]
