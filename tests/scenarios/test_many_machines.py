"""Several processes, as on several machines, share one PostgreSQL."""

import pytest

from tests.fleet import open_fleet


@pytest.fixture
def fleet(tmp_path):
    """A world whose bots the scenario starts; they share a PostgreSQL."""
    with open_fleet(tmp_path) as fleet:
        yield fleet


def test_what_one_process_receives_another_does(fleet):
    fleet.start("worker", "web")
    file = fleet.slack.add_file()

    message = fleet.slack.share([file], text="WEB-1")

    assert "is attached." in fleet.reply(message)
    fleet.settle()
    assert fleet.attached("WEB-1") == [(file.name, file.sha256)]
    assert len(fleet.replies(message)) == 1
