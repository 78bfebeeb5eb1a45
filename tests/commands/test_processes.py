"""Commands as processes of their own: killed, and with nobody to hear what they say."""

import contextlib
import os
import subprocess
import sys

import pytest

from bot.entrypoints.cli import main
from bot.sandbox import wire
from tests.world import open_world


def start(world, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        env=world.environment(),
        cwd=world.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


def test_what_a_killed_upload_left_is_cleared_away_by_the_next(tmp_path):
    with open_world(tmp_path) as world:
        (tmp_path / "plan.pdf").write_bytes(os.urandom(2_000_000))
        killed = []

        def kill(request):
            killed[0].kill()
            killed[0].wait(20)

        world.store.fail(wire.Fault("storage.post", kill))
        killed.append(start(world, "attach", "WEB-1", "plan.pdf"))
        killed[0].communicate(timeout=60)
        assert killed[0].returncode == -9
        assert world.half_made("WEB-1") == ["plan.pdf"]

        again = start(world, "attach", "WEB-1", "plan.pdf")
        said = again.communicate(timeout=60)

        assert (again.returncode, *said) == (0, b"plan.pdf is attached.\n", b"")
        assert len(world.plane.state.attachments("WEB-1")) == 1


def test_nobody_reading_on_is_no_fault_to_tell(tmp_path):
    with open_world(tmp_path) as world:
        process = start(world, "status")
        process.stdout.close()
        _, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (1, b"")


@pytest.mark.parametrize("redirect", ["stdout", "stderr"])
def test_a_stream_that_is_not_there_is_no_fault_either(redirect):
    with getattr(contextlib, f"redirect_{redirect}")(None):
        status = main(["manifest", "--socket-mode"])
        getattr(sys, redirect).close()

    assert status == 0
