"""Whether what is written in a folder is still there after the next deployment."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bot.entrypoints.platforms import find_platform

#: What a container's own layer and memory are mounted as, and what becomes of them.
_PASSING = {
    "overlay": "in the container's own layer, which goes with the container",
    "aufs": "in the container's own layer, which goes with the container",
    "tmpfs": "in memory",
    "ramfs": "in memory",
}
_OCTAL = re.compile(r"\\([0-7]{3})")


class _Mount(NamedTuple):
    """Where a file system is mounted, and its type."""

    place: Path
    type: str


def find_risk(
    folder: Path, *, environment: Mapping[str, str], mounts: Path
) -> str | None:
    """Return where *folder* is, if that is wiped; None if it is not, as far as known.

    *mounts* is in the form of /proc/self/mountinfo (proc(5)); it may be missing.
    """
    platform = find_platform(environment)
    mount = _find_mount(folder, mounts)
    is_on_volume = platform and platform.has_volumes and mount.place != Path("/")
    if platform and not is_on_volume:
        return f"on a disk that {platform.name} wipes at each start"
    return _PASSING.get(mount.type)


def _find_mount(folder: Path, mounts: Path) -> _Mount:
    """Return the file system that *folder* is in: its longest mount."""
    found = _Mount(Path("/"), "")
    try:
        text = mounts.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return found
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        mount = Path(_OCTAL.sub(lambda octal: chr(int(octal[1], 8)), fields[4]))
        # Of two at the same place the later one is seen.
        if folder.is_relative_to(mount) and len(mount.parts) >= len(found.place.parts):
            found = _Mount(mount, after.split()[0])
    return found
