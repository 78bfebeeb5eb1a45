"""Plane's pages (plane/utils/paginator.py, `OffsetPaginator`). No I/O."""

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from bot.sandbox.message import Request, Response
from bot.sandbox.plane.replies import Failed, broken, reply

#: The most results a page can have, and has by default.
LARGEST_PAGE = 1000

Item = TypeVar("Item")


def paginate(
    request: Request, items: Sequence[Item], show: Callable[[Item], Any]
) -> Response:
    """Build the page of *items* that the query asks for."""
    size = _per_page(request)
    page = _page(request.arg("cursor", f"{size}:0:0"))
    if page < 0:
        raise Failed(400, {"detail": "Error in parsing"})
    if size <= 0:
        raise broken()
    start = page * size
    results = [show(item) for item in items[start : start + size]]
    body = {
        "grouped_by": None,
        "sub_grouped_by": None,
        "total_count": len(items),
        "next_cursor": f"{size}:{page + 1}:0",
        "prev_cursor": f"{size}:{page - 1}:1",
        "next_page_results": len(items) > start + size,
        "prev_page_results": page > 0,
        "count": len(results),
        "total_pages": math.ceil(len(items) / size),
        "total_results": len(items),
        "extra_stats": None,
        "results": results,
    }
    return reply(body)


def _per_page(request: Request) -> int:
    try:
        size = int(request.arg("per_page", str(LARGEST_PAGE)))
    except ValueError as exc:
        raise Failed(400, {"detail": "Invalid per_page parameter."}) from exc
    if size > LARGEST_PAGE:
        text = f"Invalid per_page value. Cannot exceed {LARGEST_PAGE}."
        raise Failed(400, {"detail": text})
    return size


def _page(cursor: str) -> int:
    try:
        _, page, _ = map(float, cursor.split(":"))
    except ValueError as exc:
        raise Failed(400, {"detail": "Invalid cursor parameter."}) from exc
    return int(page)


def only_fields(request: Request, shown: dict[str, Any]) -> dict[str, Any]:
    """Keep what the query's `fields` name (plane/api/serializers/base.py)."""
    wanted = [name for name in request.arg("fields").split(",") if name]
    return {name: shown[name] for name in shown if not wanted or name in wanted}
