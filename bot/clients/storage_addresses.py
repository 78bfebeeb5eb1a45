"""Addresses of Plane's file storage: what is one, and to which it may send us on.

No I/O.
"""

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from bot.errors import StorageMisconfigured, StorageUnencrypted

#: A bucket's own hosts. A new bucket's first one sends on to that of its region
#: (docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html); names of buckets are
#: unique, so that this is the same one.
_BUCKET_HOST = re.compile(
    r"(.+)\.s3(?:\.dualstack)?(?:[.-][a-z]{2}(?:-[a-z]+)+-[0-9])?"
    r"\.amazonaws\.com(\.cn)?",
    re.ASCII,
)
_PORTS = {"http": 80, "https": 443}


def read_host(url: str, *, needs_tls: bool) -> str:
    """Return the host of storage's address, as Plane was configured to tell it.

    Raises:
        StorageMisconfigured: it is no web address.
        StorageUnencrypted: it is one without TLS, and *needs_tls*.
    """
    parts = _split(url)
    if parts is None:
        raise StorageMisconfigured(url[:200])
    host = (parts.hostname or "")[:255]
    if needs_tls and parts.scheme != "https":
        raise StorageUnencrypted(host)
    return host


def find_new_address(url: str, location: str) -> str | None:
    """Return where storage at *url* sends us with *location*, if we may follow.

    The form is good for one upload to its bucket and is no secret of ours; but it and
    the file shall not get to anybody else, nor be read by anybody on the way.
    """
    old, new = _split(url), _split(_join(url, location))
    if not location or old is None or new is None or new.username is not None:
        return None
    is_safer = (old.scheme, new.scheme) == ("http", "https")
    if old.scheme != new.scheme and not is_safer:
        return None
    if old.hostname == new.hostname:
        is_same = _port(new) in (_port(old), _PORTS["https"] if is_safer else None)
        return new.geturl() if is_same else None
    return new.geturl() if _is_same_bucket(old, new) else None


def name_target(url: str, location: str) -> str:
    """Return what people are told of where *location* leads: no path, no query."""
    parts = _split(_join(url, location))
    if not location or parts is None:
        return "another address"
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{(parts.hostname or '')[:255]}{port}"


def _is_same_bucket(old: SplitResult, new: SplitResult) -> bool:
    ours = _BUCKET_HOST.fullmatch(old.hostname or "")
    theirs = _BUCKET_HOST.fullmatch(new.hostname or "")
    if ours is None or theirs is None or _port(new) != _PORTS[new.scheme]:
        return False
    return ours.groups() == theirs.groups()


def _join(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if is_address else None


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]
