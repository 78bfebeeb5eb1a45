"""By keyboard alone, on a phone, in the dark, and by the rules that axe-core knows."""

import re

from tests.browser.visitor import PHONE

LONG = "Words, so many that they stand in more lines on a phone than beside it. "
LEFT = """log => log.scrollHeight - log.scrollTop - log.clientHeight"""


def find_violations(page):
    from axe_playwright_python.sync_playwright import Axe

    # what is well is of no interest, and takes most of the time
    options = {"resultTypes": ["violations"], "iframes": False, "preload": False}
    found = Axe().run(page, options=options).response["violations"]
    return [(each["id"], node["html"]) for each in found for node in each["nodes"]]


def tab_to(page, selector, *, most=80):
    """Press Tab until the element that is meant has the focus, and show it has."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return page.evaluate("getComputedStyle(document.activeElement).outline")
    raise AssertionError(f"Tab does not lead to {selector}")


def test_all_of_it_can_be_done_by_keyboard(visitor):
    page = visitor.page
    outline = tab_to(page, ".first .button")
    assert "2px" in outline
    page.keyboard.press("Enter")
    page.locator("#draft:focus").wait_for()
    page.keyboard.press("Enter")
    visitor.sees("first-draft.txt is attached.")

    tab_to(page, ".toolbar .tool")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    question = page.get_by_role("alertdialog", name="Delete this message?")
    question.get_by_role("button", name="Keep it").wait_for()
    page.keyboard.press("Enter")
    page.locator("[aria-label='Delete the message']:focus").wait_for()

    tab_to(page, "[aria-label='Shortcut: attach files']")
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Attach to work item")
    form.get_by_role("combobox").wait_for()
    tab_to(page, ".modal [role=combobox]")
    page.keyboard.type("e")
    form.get_by_role("option").nth(1).wait_for()
    page.keyboard.press("ArrowDown")
    active = page.evaluate(
        "document.activeElement.getAttribute('aria-activedescendant')"
    )
    assert active.endswith("-1")
    assert find_violations(page) == []
    page.keyboard.press("Escape")
    assert form.get_by_role("option").count() == 0
    page.keyboard.press("Escape")
    form.wait_for(state="detached")
    page.locator("[aria-label='Shortcut: attach files']:focus").wait_for()

    tab_to(page, "[role=switch]")
    page.keyboard.press("Space")
    page.locator("[role=switch][aria-checked=true]").first.wait_for()
    page.keyboard.press("Space")
    page.locator("[role=switch][aria-checked=true]").first.wait_for(state="detached")


def test_axe_finds_no_violation_on_a_desk_and_on_a_phone(visitor):
    page = visitor.page
    visitor.share("a.txt", "see WEB-1, @ben")
    visitor.sees("a.txt is attached.")
    visitor.switch("Plane is slow", on=True)
    page.locator(".call-head").first.click()
    page.locator("article").first.hover()
    assert find_violations(page) == []

    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    visitor.tool("React with another emoji", message="see WEB-1")
    assert find_violations(page) == []
    page.keyboard.press("Escape")
    visitor.tool("Edit the message", message="see WEB-1")
    page.set_viewport_size(PHONE)  # what it shows in the light is what the desk does
    for side in ("Plane", "Loadmaster", "Slack"):
        page.get_by_role("tab", name=side).click()
        assert find_violations(page) == []
    page.get_by_role("button", name="Home", exact=True).click()
    visitor.sees("How to use me")
    assert find_violations(page) == []


def turn(phone, stage):
    """Lay the phone down, put it up again, write: what came last is seen still."""
    page, log = phone.page, phone.page.locator(".log")
    for number in range(6):
        stage.slack.post(f"{LONG * 3}{number}")
    phone.sees(f"{LONG * 3}5".strip())
    for width, height in (("height", "width"), ("width", "height")):
        page.set_viewport_size({"width": PHONE[width], "height": PHONE[height]})
        page.screenshot()
        assert log.evaluate(LEFT) < 2
    log.evaluate("log => { log.scrollTop = 0; }")
    page.screenshot()
    phone.say("Mine")
    log.get_by_text("Mine", exact=True).wait_for()
    assert log.evaluate(LEFT) < 2


def test_a_phone_shows_one_side_at_a_time_and_tells_of_the_others(phone, stage):
    visitor, page = phone, phone.page
    turn(visitor, stage)
    visitor.press("Try it with a sample file")
    visitor.press("Send")
    visitor.sees("first-draft.txt is attached.")
    page.get_by_role("tab", name=re.compile("Plane.*something new")).wait_for()
    # not beside innerWidth, which grows with what sticks out on a phone
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) == PHONE["width"]

    messages = page.get_by_role("button", name="Messages")
    messages.press("Enter")
    page.locator(".place[aria-current]", has_text="Messages").wait_for()
    page.reload()
    shown = messages.bounding_box()
    assert 0 <= shown["x"] <= PHONE["width"] - shown["width"]
    page.get_by_role("button", name="general").press("Enter")

    page.locator("#side-slack .link", has_text="WEB-1").click()
    page.locator("#side-plane").get_by_text("first-draft.txt").first.wait_for()
    assert page.locator("#side-slack").is_hidden()
    assert page.evaluate(width) == PHONE["width"]
    page.get_by_role("tab", name="Plane").press("ArrowRight")
    visitor.sees("first-draft.txt is attached.")
    visitor.say("/unknown")
    notice, composer = page.get_by_role("alert"), page.locator(".composer")
    notice.get_by_text("Slack knows no /unknown here").wait_for()
    told, writing = notice.bounding_box(), composer.bounding_box()
    assert told["y"] + told["height"] < writing["y"]
    assert told["width"] > told["height"] * 5  # in the lines that it needs
    visitor.press("Shortcut: attach files")
    form = page.get_by_role("dialog", name="Attach to work item").bounding_box()
    assert form["x"] == PHONE["width"] - form["x"] - form["width"]
