"""A real browser before the sandbox's page, with the bot behind it.

Without a browser these tests are skipped, but in CI, or where LOADMASTER_BROWSER is
`required`, they fail.
"""

import os
import shutil

import pytest

from bot.sandbox.page import PageServer
from bot.sandbox.stage import open_stage
from tests.browser.visitor import PHONE, Visitor
from tests.world import Bot

#: The first does with two thirds of the time: it is the same browser without windows.
_NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    "google-chrome",
)
#: As root, quiet, and with nothing that it would do by itself.
_ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
)
_DESKTOP = {"width": 1440, "height": 860}
_ALIKE = {"reduced_motion": "reduce", "locale": "en-GB"}


@pytest.fixture(scope="session")
def browser():
    """Start one browser for all tests of a worker."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _miss("playwright is not installed: pip install -e '.[test]'")
    if path is None:
        _miss("there is no Chromium: apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=list(_ARGUMENTS), timeout=90_000
        )
        yield browser
        browser.close()


def _miss(reason):
    if os.environ.get("CI") or os.environ.get("LOADMASTER_BROWSER") == "required":
        pytest.fail(f"The page cannot be tested: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def desk(browser):
    """A desk with one tab, for one visitor after the other: a new one costs 0.4 s."""
    context = browser.new_context(viewport=_DESKTOP, **_ALIKE)
    yield context.new_page()
    context.close()


@pytest.fixture
def stage():
    """A Slack and a Plane with its usual limit, and a bot that runs."""
    with open_stage(os.environ, rate_limit=60, process=Bot) as stage:
        stage.raise_curtain()
        yield stage


@pytest.fixture
def served(stage):
    """The page's server."""
    with PageServer(stage) as served:
        yield served


@pytest.fixture
def visitor(desk, served):
    """A visitor at a desk, where nothing may go wrong."""
    desk.set_viewport_size(_DESKTOP)
    desk.emulate_media(color_scheme="light", reduced_motion="reduce")
    visitor = Visitor(desk, served)
    yield visitor.open()
    visitor.leave()
    desk.context.clear_cookies()
    assert visitor.problems == []


@pytest.fixture
def phone(browser, served):
    """A visitor with a phone, where nothing may go wrong."""
    context = browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, **_ALIKE
    )
    visitor = Visitor(context.new_page(), served)
    yield visitor.open()
    context.close()
    assert visitor.problems == []
