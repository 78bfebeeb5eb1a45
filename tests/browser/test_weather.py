"""Each switch of the weather, with the sentence that it leads to."""

import pytest

#: Much of it is waiting for what the bot tries again, and a machine may be busy.
pytestmark = pytest.mark.timeout(300)


def test_what_goes_wrong_is_told_and_what_can_wait_is_finished(visitor, stage):
    visitor.share("fair.txt", "see WEB-1")
    visitor.sees("is attached.")

    visitor.switch("Plane is down", on=True)
    visitor.page.get_by_text("keeps trying for 24 hours").wait_for()
    visitor.share("down.txt", "see WEB-2")
    visitor.sees("Plane does not answer me")
    visitor.page.locator("#side-bot").get_by_text("cut", exact=True).first.wait_for()
    visitor.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    visitor.take_picture("weather")
    visitor.switch("Plane is down", on=False)
    visitor.sees("down.txt is attached.")

    visitor.switch("Plane is out of calls", on=True)
    visitor.sees("0 of 60 calls left", side="plane")
    visitor.share("throttled.txt", "see WEB-3")
    visitor.sees("Plane allows me no more calls this minute")
    visitor.switch("Plane is out of calls", on=False)
    visitor.sees("throttled.txt is attached.")

    visitor.switch("Plane is slow", on=True)
    visitor.share("slow.txt", "see WEB-4")
    visitor.sees("under way", side="bot")
    visitor.sees("up in Plane.")
    visitor.switch("Plane is slow", on=False)
    visitor.sees("slow.txt is attached.")

    visitor.switch("Storage refuses", on=True)
    visitor.share("refused.txt", "see WEB-5")
    visitor.sees("Plane's file storage at 127.0.0.1 refused refused.txt")
    visitor.switch("Storage refuses", on=False)
    assert stage.plane.state.attachments("WEB-5") == []


def test_half_a_file_or_a_sign_in_page_is_never_attached(visitor, stage):
    visitor.switch("A sign-in page, no file", on=True)
    visitor.share("page.txt", "see WEB-1")
    visitor.sees("Slack showed me its sign-in page instead of page.txt")
    visitor.switch("A sign-in page, no file", on=False)
    visitor.press("Retry")
    visitor.sees("page.txt is attached.")

    visitor.switch("Downloads break off", on=True)
    visitor.share("half.txt", "see WEB-2")
    visitor.sees("The download of half.txt from Slack broke off.")
    assert stage.plane.state.attachments("WEB-2", uploaded_only=True) == []
    visitor.switch("Downloads break off", on=False)
    visitor.sees("half.txt is attached.")


def test_a_bot_that_was_killed_finishes_once_it_is_back(visitor, stage):
    page = visitor.page
    visitor.switch("Power cut mid-upload", on=True)
    visitor.share("power.txt", "see WEB-1")
    visitor.sees("power.txt is attached.")
    assert len(stage.plane.state.attachments("WEB-1")) == 1
    log = stage.bot.log
    assert "Taking up" in log

    visitor.press("Kill")
    visitor.sees("has ended", side="bot")
    visitor.share("later.txt", "see WEB-2")
    visitor.sees("later.txt")
    visitor.say("/attach WEB-3")
    page.get_by_role("alert").get_by_text("/attach failed").wait_for()
    visitor.press("Start")
    visitor.sees("later.txt is attached.")

    ended = page.get_by_role("alert").get_by_text("Start it again in the terminal")
    page.route("**/state?*", lambda route: route.abort())
    stage.slack.state.touch()
    ended.wait_for()
    page.unroute("**/state?*")
    stage.slack.state.touch()
    ended.wait_for(state="detached")
    visitor.problems.clear()  # the browser tells of what was cut
