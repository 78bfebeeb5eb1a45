"""Whether what is written in a folder is still there after the next deployment."""

import re
from collections.abc import Mapping
from pathlib import Path

#: What a container's own layer and memory are mounted as, and what becomes of them.
_PASSING = {
    "overlay": "in the container's own layer, which goes with the container",
    "aufs": "in the container's own layer, which goes with the container",
    "tmpfs": "in memory",
    "ramfs": "in memory",
}
#: Platforms that wipe every disk at each start, by a variable that they set
#: (devcenter.heroku.com/articles/dynos, "Ephemeral filesystem").
_PLATFORMS = {"DYNO": "Heroku"}
_OCTAL = re.compile(r"\\([0-7]{3})")


def find_risk(
    folder: Path, *, environment: Mapping[str, str], mounts: Path
) -> str | None:
    """Return where *folder* is, if that is wiped; None if it is not, as far as known.

    *mounts* is in the form of /proc/self/mountinfo (proc(5)); it may be missing.
    """
    for variable, platform in _PLATFORMS.items():
        if environment.get(variable):
            return f"on a disk that {platform} wipes at each start"
    try:
        text = mounts.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return _PASSING.get(_find_type(folder, text))


def _find_type(folder: Path, text: str) -> str:
    """Return the type of the file system that *folder* is in: of its longest mount."""
    found, longest = "", -1
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        mount = Path(_OCTAL.sub(lambda octal: chr(int(octal[1], 8)), fields[4]))
        # Of two at the same place the later one is seen.
        if folder.is_relative_to(mount) and len(mount.parts) >= longest:
            found, longest = after.split()[0], len(mount.parts)
    return found
