"""The bot's process in the sandbox: what it sees, and that it never stays behind."""

import contextlib
import io
import os
import signal
import threading
import time
import urllib.request
from types import SimpleNamespace

import pytest
from slack_sdk import WebClient

from bot.sandbox.bot_process import BotEnded, clean_environment
from bot.sandbox.faults import Fault
from bot.sandbox.local_file import offer_greeting
from bot.sandbox.prompt import Prompt
from bot.sandbox.screen import Screen
from bot.sandbox.sights import look_around
from bot.sandbox.slack import SlackServer
from bot.sandbox.stage import Stage, open_stage
from bot.sandbox.trial import share_first


def test_the_bot_sees_nothing_of_the_callers_settings_and_proxies():
    caller = {
        "PATH": "/bin",
        "SLACK_BOT_TOKEN": "xoxb-real",
        "PLANE_API_KEY_FILE": "/run/secrets/plane",
        "DATABASE_URL": "postgresql://real",
        "https_proxy": "http://proxy.example",
        "REQUESTS_CA_BUNDLE": "/nowhere",
    }

    seen = clean_environment(caller)

    assert seen["PATH"] == "/bin"
    assert not {*caller} - {"PATH"} & {*seen}


def test_the_bot_ends_when_the_sandbox_fails():
    with contextlib.suppress(ZeroDivisionError), open_stage(os.environ) as stage:
        stage.raise_curtain()
        process = stage.bot.process
        raise ZeroDivisionError

    assert process.returncode is not None


def test_a_bot_that_does_not_listen_is_killed():
    with open_stage(os.environ) as stage:
        stage.raise_curtain()
        stage.bot.process.send_signal(signal.SIGSTOP)

        stage.bot.stop(timeout=0.1)

        assert stage.bot.process.returncode == -signal.SIGKILL


def test_a_bot_that_cannot_start_is_told_with_its_log(tmp_path):
    package = tmp_path / "bot"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("raise SystemExit('no such luck')")

    with (
        open_stage({"PYTHONPATH": str(tmp_path)}) as stage,
        pytest.raises(BotEnded),
    ):
        stage.raise_curtain()

    assert stage.bot.lines == ["no such luck"]


def test_who_waits_for_a_bot_is_told_at_once_that_it_died():
    with open_stage(os.environ) as stage:
        stage.raise_curtain()
        stage.plane.fail(Fault("plane.projects", lambda request: stage.bot.kill()))
        before = look_around(stage.slack)
        stage.share([offer_greeting()], "see WEB-1")
        started = time.monotonic()

        with pytest.raises(BotEnded):
            stage.hear_out(before, first=60, further=60)

        assert time.monotonic() - started < 30


def test_a_bot_that_is_killed_in_the_first_share_does_not_end_the_sandbox(plane):
    err = io.StringIO()
    bot = SimpleNamespace(is_running=False, lines=["its last words"])
    with SlackServer() as slack:
        stage = Stage(slack, plane, bot)
        screen = Screen(io.StringIO(), err, {})
        message, is_over = share_first(stage, [offer_greeting()], screen)

    assert not is_over
    assert message.text == "Please put this file on WEB-1"
    assert err.getvalue() == (
        "loadmaster: Loadmaster has ended. Its log ends with:\n"
        "loadmaster: its last words\n"
    )


def test_at_the_prompt_too_one_is_told_that_the_bot_died(tmp_path):
    out = io.StringIO()
    file = tmp_path / "a.txt"
    file.write_text("a")
    with open_stage(os.environ) as stage:
        message = stage.share([offer_greeting()], "no key")
        prompt = Prompt(stage, Screen(out, out, {}), message)
        stage.raise_curtain()
        stage.bot.kill()

        ends = prompt.onecmd(f"share {file} 'see WEB-1'")

    assert not ends
    assert out.getvalue() == "Loadmaster has ended.\n"


def test_a_promise_is_waited_for_as_long_as_the_bot_is_at_work(plane):
    with SlackServer() as slack:
        stage = Stage(slack, plane, SimpleNamespace(is_running=True))
        client = WebClient(slack.bot_token, base_url=slack.api_url)
        message, may_go_on = slack.post("hello"), threading.Event()
        plane.fail(Fault("plane.me", lambda request: may_go_on.wait(10) and None))

        def work():
            place = {"channel": "CGENERAL", "text": "wait"}
            client.chat_postEphemeral(user="UANNA", **place)
            asked = urllib.request.Request(
                f"{plane.origin}/api/v1/users/me/",
                headers={"X-API-Key": "plane_api_alice"},
            )
            urllib.request.urlopen(asked, timeout=10).close()
            client.chat_postMessage(thread_ts=message.ts, **place)

        before, bot = look_around(slack), threading.Thread(target=work)
        timer = threading.Timer(2.5, may_go_on.set)
        for each in (bot, timer):
            each.start()
        news = stage.hear_out(before, first=10, further=10).news_since(before)
        for each in (bot, timer):
            each.join()

    assert [each.only_for for each in news.messages] == ["UANNA", None]


def test_a_reply_that_is_edited_or_deleted_is_news():
    with SlackServer() as slack:
        client = WebClient(slack.bot_token, base_url=slack.api_url)
        place = {"channel": "CGENERAL"}
        told = [client.chat_postMessage(text=text, **place)["ts"] for text in "ab"]
        before = look_around(slack)
        client.chat_update(ts=told[0], text="c", **place)
        client.chat_delete(ts=told[1], **place)
        slack.post("hello")

        news = look_around(slack).news_since(before)

    assert [each.text for each in news.messages] == ["c"]
    assert [each.text for each in news.gone] == ["b"]
    assert not look_around(slack).news_since(look_around(slack))
