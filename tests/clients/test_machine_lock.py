"""Commands of one machine keep each other from the same thing."""

from bot.clients.machine_lock import hold
from bot.errors import FileBusy


def is_busy(*what, folder):
    try:
        with hold(*what, folder=folder):
            return False
    except FileBusy:
        return True


def test_one_thing_is_held_by_one_and_another_thing_beside_it(tmp_path):
    with hold("item", "file", folder=tmp_path):
        assert is_busy("item", "file", folder=tmp_path)
        assert is_busy("item", "file", folder=tmp_path)
        assert not is_busy("item", "other", folder=tmp_path)

    assert not is_busy("item", "file", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_where_there_can_be_no_locks_it_goes_on_without(tmp_path):
    (tmp_path / "file").touch()

    assert not is_busy("file", folder=tmp_path / "file")
