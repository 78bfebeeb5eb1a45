"""The other side is away for a while: the file goes through, the thread is told."""

import pytest

from bot.sandbox import wire
from bot.sandbox.plane import PlaneServer
from tests.world import open_world

AWAY = wire.answer(503, b"<html>Service Unavailable</html>")


def always(operation, action=AWAY):
    return wire.Fault(operation, action, times=1_000_000)


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        ("plane.work_item", "WEB-1>. I keep trying."),
        ("plane.create_attachment", "about `design.pdf`. I keep trying."),
        ("plane.complete_attachment", "about `design.pdf`. I keep trying."),
    ],
)
def test_an_outage_of_plane_is_told_and_waited_out(world, operation, told):
    other = world.slack.share([world.slack.add_file()], text="OPS-1")
    world.reply(other)  # so the projects are known
    world.plane.fail(always(operation))
    file = world.slack.add_file()

    message = world.slack.share([file], text="WEB-1")
    world.slack.wait_for_reply("CGENERAL", message.ts, lambda reply: told in reply.text)
    world.plane.mend()

    assert "`design.pdf` is attached." in world.reply(message)
    world.settle()
    assert world.attached("WEB-1") == [("design.pdf", file.sha256)]
    assert world.half_made("WEB-1") == []
    assert len(world.replies(message)) == 1


def test_a_share_that_may_mean_nothing_waits_in_silence(world):
    world.plane.fail(always("plane.projects"))

    message = world.slack.share([world.slack.add_file()], text="in UTF-8")
    world.wait(lambda: len(world.plane.exchanges("plane.projects")) > 3)
    assert world.replies(message) == []
    world.plane.mend()

    world.settle()
    assert world.replies(message) == []


def test_storage_that_refuses_is_told_with_its_settings(world):
    refusal = wire.answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
    world.store.fail(wire.Fault("storage.post", refusal))

    message = world.slack.share([world.slack.add_file()], text="WEB-1")

    text = world.reply(message)
    assert "403" in text
    assert "SignatureDoesNotMatch" in text
    assert "AWS_S3_ENDPOINT_URL" in text
    assert world.plane.state.attachments() == []


class Misconfigured(PlaneServer):
    """A Plane whose AWS_S3_ENDPOINT_URL is wrong."""

    def storage_url(self, request):
        return "ftp://storage/uploads"


def test_storage_at_an_address_that_is_none_leaves_nothing_in_plane(tmp_path):
    with open_world(tmp_path, plane_class=Misconfigured) as world:
        world.start_bot()
        message = world.slack.share([world.slack.add_file()], text="WEB-1")

        assert "no web address" in world.reply(message)
        assert world.plane.state.attachments() == []


def test_the_wrong_key_that_an_edit_takes_back_is_told_no_more(world):
    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-999")
    assert "no WEB-999" in world.reply(message)

    world.slack.edit(message, "WEB-1")

    world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda reply: "is attached." in reply.text
    )
    world.settle()
    (text,) = world.replies(message)
    assert "WEB-999" not in text
