"""The benchmark: what it runs against, and the table of figures at its end."""

import pytest

from tests.bench.peers import Peers, build_peer

_ROWS = pytest.StashKey()


@pytest.fixture(scope="session")
def peer(tmp_path_factory):
    """The program at the far sides of a relay."""
    return build_peer(tmp_path_factory.mktemp("peer"))


@pytest.fixture
def peers(peer):
    """Starts far sides and stops them after the test."""
    with Peers(peer) as peers:
        yield peers


@pytest.fixture
def tell(request):
    """Add a row to the table: what was measured, the goal, and what came of it."""
    rows = request.config.stash.setdefault(_ROWS, [])

    def tell(measured, goal, came):
        rows.append(f"| {measured} | {goal} | {came} |")

    return tell


def pytest_terminal_summary(terminalreporter, config):
    for row in config.stash.get(_ROWS, []):
        terminalreporter.write_line(row)
