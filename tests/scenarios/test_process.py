"""The process as whoever runs it meets it: starts, faults, health, secrets."""

import contextlib
import json
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def loadmaster(*arguments, folder, environment):
    """Run the command and return its exit status and what it complained of."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "", **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stderr


def test_every_fault_of_the_settings_is_a_line_of_its_own(tmp_path):
    status, said = loadmaster("run", folder=tmp_path, environment={"PORT": "many"})

    assert status == 2
    lines = said.splitlines()
    assert all(line.startswith("loadmaster: ") for line in lines)
    for name in ("SLACK_BOT_TOKEN", "PLANE_API_KEY", "PLANE_WORKSPACE", "PORT"):
        assert sum(f" {name} " in line for line in lines) == 1


def test_a_dotenv_file_fills_in_what_the_environment_lacks(stopped):
    environment = stopped.environment()
    key = environment.pop("PLANE_API_KEY")
    (stopped.folder / ".env").write_text(f"PLANE_API_KEY={key}\nPLANE_WORKSPACE=no\n")

    stopped.start_bot_with(environment)

    message = stopped.slack.share([stopped.slack.add_file()], text="WEB-1")
    assert "is attached." in stopped.reply(message)


def test_a_second_process_on_one_database_ends_with_a_clear_word(world):
    status, said = loadmaster(
        "run", folder=world.folder, environment=world.environment()
    )

    assert status == 2
    assert "Another Loadmaster is running" in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_ends_the_start_with_a_clear_word(stopped):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environment = stopped.environment() | {"PORT": port}
        status, said = loadmaster("run", folder=stopped.folder, environment=environment)

    assert status == 2
    assert f"Cannot listen on 127.0.0.1 port {port}" in said
    assert "Traceback" not in said


def test_a_damaged_database_ends_the_start_with_a_clear_word(stopped):
    stopped.database.write_bytes(b"no database " * 1000)

    status, said = loadmaster(
        "run", folder=stopped.folder, environment=stopped.environment()
    )

    assert status == 2
    assert "cannot be used" in said
    assert "Traceback" not in said


def test_migrate_makes_the_database_and_ends(stopped):
    stopped.database.unlink()

    status, said = loadmaster(
        "migrate", folder=stopped.folder, environment=stopped.environment()
    )

    assert (status, said) == (0, "")
    assert stopped.database.exists()


def test_what_is_finished_and_old_is_forgotten_by_the_ledger_alone(world):
    first, last = (
        world.slack.share([world.slack.add_file()], text="WEB-1") for _ in range(2)
    )
    for message in (first, last):
        world.reply(message)
    world.settle()
    world.bot.terminate()
    with contextlib.closing(sqlite3.connect(world.database)) as ledger, ledger:
        ledger.execute("UPDATE shares SET received_at = 0, reply_at = 0")

    world.start_bot(RETENTION_DAYS="7")

    world.wait(lambda: "Forgot 1 shares of more than 7 days ago" in world.bot.log)
    assert len(world.attached("WEB-1")) == 2
    assert len(world.replies(first)) == len(world.replies(last)) == 1


@pytest.mark.each_transport
def test_health_pages_answer_in_both_modes(either):
    either.slack.wait_idle()
    if either.socket_mode:
        either.slack.sockets.wait_connected(1, 10)

    either.wait(lambda: either.bot.get("/readyz") == (200, "ready\n"))

    assert either.bot.get("/healthz") == (200, "ok\n")


def test_without_a_socket_the_bot_is_not_ready(socket_world):
    socket_world.slack.web_api.token_error = "internal_error"
    socket_world.start_bot()

    status, text = socket_world.bot.get("/readyz")

    assert status == 503
    assert "socket" in text
    assert socket_world.bot.get("/healthz")[0] == 200

    socket_world.slack.web_api.token_error = None
    socket_world.slack.sockets.wait_connected(1, 20)
    socket_world.wait(lambda: socket_world.bot.get("/readyz")[0] == 200)


def test_a_log_for_machines_is_one_object_a_line(stopped):
    stopped.start_bot(LOG_FORMAT="json")
    message = stopped.slack.share([stopped.slack.add_file()], text="WEB-1")
    stopped.reply(message)
    stopped.bot.terminate()

    records = [json.loads(line) for line in stopped.bot.lines]
    attached, told = (each for each in records if "outcome" in each)
    fields = {"share": 1, "attachment": 1, "key": "WEB-1", "outcome": "Attached"}
    assert fields.items() <= attached.items()
    assert attached["bytes"] == message.files[0].size
    assert (told["share"], told["outcome"]) == (1, "done")
    assert 0 < attached["seconds"] <= told["seconds"] < 60


@pytest.mark.each_transport
def test_no_secret_message_or_content_is_logged_or_stored(either):
    either.bot.kill()
    either.start_bot(LOG_LEVEL="DEBUG")
    content = b"the content of the file that nobody else may read"
    file = either.slack.add_file(name="plan.txt", content=content)
    broken = either.slack.add_file(name="broken.txt", content=content)
    broken.misbehave("short", times=2)

    message = either.slack.share([file, broken], text="hush-hush for WEB-1")
    assert either.reply(message).count("is attached.") == 2
    either.settle()
    either.bot.terminate()

    kept = either.bot.log.encode() + b"".join(
        path.read_bytes() for path in either.folder.glob("loadmaster.db*")
    )
    assert b"plan.txt" in kept  # so the places are the right ones
    secrets = [
        either.slack.bot_token,
        either.slack.app_token,
        either.slack.signing_secret,
        "plane_api_alice",
        "hush-hush",
        content.decode(),
    ]
    assert [secret for secret in secrets if secret.encode() in kept] == []


def test_each_secret_goes_to_its_own_side_only(world):
    message = world.slack.share([world.slack.add_file()], text="WEB-1")
    world.reply(message)

    for exchange in world.plane.exchanges():
        assert "authorization" not in exchange.headers
    for exchange in world.store.exchanges():
        assert "x-api-key" not in exchange.headers
        assert "authorization" not in exchange.headers
    for exchange in world.slack.exchanges():
        assert "x-api-key" not in exchange.headers
