"""Remote files, to which Slack has only a link: who keeps them, and where. No I/O."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

#: What Plane takes for a link (plane/api/serializers/issue.py, `validate_url`: Django's
#: URLValidator with its `max_length`, and schemes written just so).
_LONGEST_URL = 2048
_SCHEMES = ("http://", "https://")
#: None belongs into a URL (RFC 3986, 2), and programs differ over where it then ends.
_STRAY = frozenset(' \\<>"')

#: One of an IPv4 address's numbers, as inet_aton(3) reads it: 127.1 and 0x7f000001 are
#: 127.0.0.1, too.
_NUMBER = re.compile(r"0x[0-9a-f]*|0[0-7]*|[1-9][0-9]{0,9}", re.ASCII)

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
        if not is_public or not parts.hostname or parts.port == 0:
            return False
    except ValueError:
        return False
    return not _is_planes_own(parts.hostname)


def _is_planes_own(host: str) -> bool:
    """Whether *host*, to Plane, is the machine that it runs on, or that one's cloud.

    Plane looks at what names resolve to before it fetches (plane/bgtasks/
    work_item_link_task.py, `validate_url_ip`), but earlier versions did not.
    """
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, 6.3
        return True
    address = _read_address(name)
    if address is None:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_link_local or address.is_unspecified


def _read_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that *host* stands for by itself, in any usual spelling."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    parts = host.lower().split(".")
    if len(parts) > 4 or not all(map(_NUMBER.fullmatch, parts)):
        return None
    *first, last = (_read_number(part) for part in parts)
    value = last
    for place, number in enumerate(first):
        value += number << 8 * (3 - place)
    try:
        return ipaddress.IPv4Address(value)
    except ValueError:
        return None


def _read_number(text: str) -> int:
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)
