"""A real browser before the sandbox's page, with the bot behind it.

Without a browser these tests are skipped, but in CI, or where LOADMASTER_BROWSER is
`required`, they fail.
"""

import os
import shutil

import pytest

from bot.sandbox.page import PageServer
from bot.sandbox.stage import open_stage
from tests.browser.visitor import Visitor
from tests.world import Bot

_NAMES = ("chromium", "chromium-browser", "google-chrome")
#: As root, quiet, and with nothing that it would do by itself.
_ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
)
_DESKTOP = {"width": 1440, "height": 860}


@pytest.fixture(scope="session")
def browser():
    """Start one browser for all tests of a worker."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _miss("playwright is not installed: pip install -e '.[test]'")
    if path is None:
        _miss("there is no Chromium: apt-get install chromium")
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
def open_page(browser, served):
    """Open the page as a visitor with a screen of their own; nothing may go wrong."""
    visitors = []

    def open_as(viewport=_DESKTOP, **options):
        options = {"reduced_motion": "reduce", "locale": "en-GB", **options}
        context = browser.new_context(viewport=viewport, **options)
        context.set_default_timeout(60_000)
        visitor = Visitor(context.new_page(), served)
        visitors.append(visitor)
        return visitor.open()

    yield open_as
    for visitor in visitors:
        visitor.page.context.close()
        assert visitor.problems == []


@pytest.fixture
def visitor(open_page):
    """A visitor at a desk."""
    return open_page()
