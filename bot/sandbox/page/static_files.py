"""The page's own files, as they are in the package."""

from collections.abc import Mapping
from importlib.resources import files

from bot.sandbox.message import Request, Response

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


class StaticFiles:
    """Answers with the files of the folder `static`, by name."""

    def __init__(self) -> None:
        folder = files("bot.sandbox.page") / "static"
        self._files: Mapping[str, bytes] = {
            each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()
        }

    def answer(self, request: Request) -> Response:
        """Answer with the file that the path's end names; the start page without."""
        name = request.params.get("name") or "index.html"
        kind = _TYPES.get(name.rpartition(".")[2])
        if kind is None or name not in self._files:
            return Response(404)
        return Response(200, {"Content-Type": kind}, self._files[name])
