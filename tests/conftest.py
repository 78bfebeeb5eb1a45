"""What all tests share."""

import os


def pytest_xdist_auto_num_workers(config):
    """Run more workers than there are cores: most of the time a test only waits."""
    return max(2, (os.cpu_count() or 2) * 5 // 2)
