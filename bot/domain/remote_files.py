"""Remote files, to which Slack has only a link: who keeps them, and where. No I/O."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

#: What Plane takes for a link (plane/api/serializers/issue.py, `validate_url`: Django's
#: URLValidator with its `max_length`, and schemes written just so).
_LONGEST_URL = 2048
_SCHEMES = ("http://", "https://")
#: None belongs into a URL (RFC 3986, 2), and programs differ over where it then ends.
_STRAY = frozenset(' \\<>"')

#: Names of services by Slack's `external_type`.
_SERVICES = {
    "box": "Box",
    "dropbox": "Dropbox",
    "gdrive": "Google Drive",
    "onedrive": "OneDrive",
    "sharepoint": "SharePoint",
}
#: What says nothing: some app added it (docs.slack.dev/reference/methods/
#: files.remote.info).
_NAMELESS = frozenset({"", "app"})


def find_external_url(raw: Mapping[Any, Any]) -> str | None:
    """Return the other service's address in a remote file's object, if it is usable.

    It goes to Plane, which fetches it, and to whoever reads the work item: so none
    with a user or password in it.
    """
    found = (raw.get(name) for name in ("external_url", "url_private"))
    return next((each for each in found if _is_usable(each)), None)


def name_service(external_type: str, external_url: str | None) -> str:
    """Return what people call the service; its host where Slack does not tell."""
    if external_type not in _NAMELESS:
        return _SERVICES.get(external_type, external_type)
    host = urlsplit(external_url).hostname if external_url else None
    return host or "another service"


def _is_usable(value: object) -> bool:
    if not isinstance(value, str) or not value.startswith(_SCHEMES):
        return False
    if len(value) > _LONGEST_URL or not value.isprintable() or _STRAY & set(value):
        return False
    try:
        parts = urlsplit(value)
        is_public = parts.username is None and parts.password is None
        return is_public and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
