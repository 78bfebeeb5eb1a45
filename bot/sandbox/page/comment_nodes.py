"""A comment's HTML as a tree of a few harmless tags, for a page to build. No I/O.

Plane stores what it gets, scripts and all: so nothing of it is handed on as markup.
"""

from html.parser import HTMLParser
from typing import Any

Node = str | dict[str, Any]

_TAGS = frozenset({"p", "ul", "ol", "li", "strong", "em", "code"})
_ALSO = {"b": "strong", "i": "em"}
#: What stands between these is no text.
_UNSEEN = frozenset({"script", "style"})


def read_nodes(html: str) -> list[Node]:
    """Return the texts and elements in *html*; of other tags only what is in them."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: list[Node] = []
        self._open: list[tuple[str, list[Node]]] = [("", self.root)]
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        name = _ALSO.get(tag, tag)
        if name == "a":
            self._begin(tag, {"tag": "a", "url": _safe_url(dict(attrs).get("href"))})
        elif name in _TAGS:
            self._begin(tag, {"tag": name})
        elif name == "br":
            self._open[-1][1].append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        if tag in [name for name, _ in self._open[1:]]:
            while self._open.pop()[0] != tag:
                """Close what was left open in it."""

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._open[-1][1].append(data)

    def _begin(self, tag: str, node: dict[str, Any]) -> None:
        node["nodes"] = []
        self._open[-1][1].append(node)
        self._open.append((tag, node["nodes"]))


def _safe_url(url: str | None) -> str | None:
    return url if url and url.startswith(("https://", "http://")) else None
