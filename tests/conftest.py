"""What all tests share."""

import os
import zlib

# Where nothing compiled is kept, each worker and each bot compiles everything anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_LONG = {"crash", "scenarios", "test_sandbox_command.py", "test_prompt.py"}


def pytest_xdist_auto_num_workers(config):
    """Run more workers than there are cores: most of the time a test only waits."""
    return max(2, (os.cpu_count() or 2) * 5 // 2)


def pytest_collection_modifyitems(items):
    """Mix those that wait with those that work, and leave quick ones for the end."""
    items.sort(key=_shuffle)


def _shuffle(item):
    place = zlib.crc32(item.nodeid.encode())
    return place * 4 // 5 if _LONG & set(item.path.parts) else place
