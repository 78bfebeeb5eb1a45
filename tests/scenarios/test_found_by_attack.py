"""What once went wrong, named after what the user saw."""

import pytest

from bot.sandbox import wire

JSON = {"Content-Type": "application/json"}
AWAY = wire.answer(503, b"<html>Service Unavailable</html>")


def test_a_late_redelivery_of_the_first_version_changes_nothing(world):
    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-999")
    world.reply(message)
    first = world.slack.delivery_of(message)
    world.slack.edit(message, "WEB-1")
    world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda reply: "is attached." in reply.text
    )

    world.slack.redeliver(first.event_id)
    world.slack.wait_idle()
    world.settle()

    (text,) = world.replies(message)
    assert "WEB-999" not in text


def test_a_key_that_was_corrected_in_time_gets_no_file(world):
    world.reply(world.slack.share([world.slack.add_file()], text="OPS-1"))
    world.plane.fail(wire.Fault("plane.work_item", AWAY, times=1_000_000))
    file = world.slack.add_file()
    message = world.slack.share([file], text="WEB-3")
    world.wait(lambda: world.plane.exchanges("plane.work_item")[-1].status == 503)

    world.slack.edit(message, "WEB-4")
    world.slack.wait_idle()
    world.plane.mend()

    assert "is attached." in world.reply(message)
    world.settle()
    assert world.attached("WEB-3") == []
    assert world.attached("WEB-4") == [(file.name, file.sha256)]


def test_a_reply_that_somebody_deleted_is_told_again(world):
    file = world.slack.add_file(content=b"x" * 400_000)
    file.rate = 100_000
    message = world.slack.share([file], text="WEB-1")
    first = world.slack.wait_for_reply("CGENERAL", message.ts)

    world.slack.delete(first)

    assert "is attached." in world.reply(message)


@pytest.mark.parametrize(
    "action",
    [
        wire.answer(400, b'{"error": "no"}', JSON),
        wire.answer(403, b'{"error": "You are not allowed"}', JSON),
    ],
)
def test_a_file_that_plane_refuses_at_the_end_leaves_no_record(world, action):
    world.plane.fail(wire.Fault("plane.complete_attachment", action))

    message = world.slack.share([world.slack.add_file()], text="WEB-1")

    assert "❌" in world.reply(message)
    assert world.plane.state.attachments() == []


def test_a_message_full_of_keys_costs_nobody_else_a_thing(world):
    keys = " ".join(f"WEB-{number}" for number in range(1, 3000))

    message = world.slack.share([world.slack.add_file()], text=keys)

    assert "no more than 20" in world.reply(message)
    assert world.plane.exchanges("plane.work_item") == []
    assert world.plane.state.attachments() == []


def test_one_work_item_that_plane_stumbles_over_holds_up_no_other(world):
    world.plane.fail(
        wire.Fault(
            "plane.work_item", wire.answer(500, b'{"error": "x"}', JSON), times=1
        )
    )
    message = world.slack.share([world.slack.add_file()], text="WEB-1 WEB-2")

    world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda reply: reply.text.count("is attached.") == 2
    )
    assert len(world.attached("WEB-1")) == len(world.attached("WEB-2")) == 1
