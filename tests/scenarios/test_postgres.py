"""The bot with its ledger in PostgreSQL, as whoever runs it meets it."""

import os
import subprocess
import sys
from pathlib import Path

from tests import postgres

ROOT = Path(__file__).parents[2]


def test_a_file_is_attached_once_though_the_bot_was_killed(stopped, postgres_url):
    stopped.start_bot(DATABASE_URL=postgres_url, TAKEOVER_SECONDS="5")
    file = stopped.slack.add_file(content=b"x" * 100_000)
    file.rate = 200_000
    message = stopped.slack.share([file], text="WEB-1")
    stopped.wait(lambda: file.downloads)
    stopped.bot.kill()

    stopped.start_bot()

    assert "is attached." in stopped.reply(message)
    assert stopped.attached("WEB-1") == [(file.name, file.sha256)]
    assert len(stopped.replies(message)) == 1
    assert stopped.half_made("WEB-1") == []


def test_while_the_database_is_away_slack_delivers_again(stopped, postgres_url):
    stopped.start_bot(DATABASE_URL=postgres_url)
    name = postgres.name_of(postgres_url)
    postgres.administer("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
    postgres.end_connections(postgres_url)
    file = stopped.slack.add_file()

    message = stopped.slack.share([file], text="WEB-1")
    stopped.wait(lambda: stopped.slack.deliveries)
    status, told = stopped.bot.get("/readyz")
    postgres.administer("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)

    assert status == 503
    assert "the database cannot be written" in told
    assert "is attached." in stopped.reply(message)
    assert stopped.attached("WEB-1") == [(file.name, file.sha256)]


def test_a_database_that_lets_nobody_in_ends_the_start_and_no_password_is_told(stopped):
    url = postgres.address_of("nowhere", password="s3cret-w0rd")

    done = subprocess.run(
        [sys.executable, "-m", "bot", "migrate"],
        cwd=stopped.folder,
        env={**stopped.environment(), "PATH": os.defpath, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 75  # not 2, with which systemd does not try again
    assert 'database "nowhere" does not exist' in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "s3cret" not in done.stdout + done.stderr
