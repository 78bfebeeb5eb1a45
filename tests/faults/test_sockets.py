"""Socket Mode's connection fails: it is opened again, and nothing is missed."""

import json
import socket

import pytest

from bot.sandbox import wire


def end(sockets, how):
    if how == "refresh_requested":
        sockets.disconnect("refresh_requested")
    else:
        getattr(sockets, how)()


@pytest.mark.parametrize("how", ["refresh_requested", "cut", "hang_up"])
def test_a_socket_that_ends_is_opened_again_and_nothing_is_missed(socket_world, how):
    slack = socket_world.slack
    socket_world.start_bot()
    slack.sockets.wait_connected(1, 10)

    end(slack.sockets, how)
    message = slack.share([slack.add_file()], text="WEB-1")

    assert "is attached." in socket_world.reply(message)


def test_a_share_whose_socket_ends_before_its_answer_is_attached_once(socket_world):
    slack = socket_world.slack
    socket_world.start_bot()
    slack.sockets.wait_connected(1, 10)
    file = slack.add_file()

    with socket_world.locked_database():
        message = slack.share([file], text="WEB-1")
        slack.sockets.cut()
        delivery = slack.delivery_of(message)
        socket_world.wait(lambda: delivery.attempts)

    assert "is attached." in socket_world.reply(message)
    slack.wait_idle()
    socket_world.settle()
    assert delivery.acknowledged
    assert socket_world.attached("WEB-1") == [("design.pdf", file.sha256)]
    assert len(socket_world.replies(message)) == 1


def test_a_socket_that_is_refused_is_asked_for_again(socket_world):
    slack = socket_world.slack
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    body = json.dumps({"ok": True, "url": f"ws://127.0.0.1:{port}/"}).encode()
    gone = wire.answer(200, body, {"Content-Type": "application/json"})
    slack.fail(wire.Fault("slack.apps.connections.open", gone))

    message = slack.share([slack.add_file()], text="WEB-1")
    socket_world.start_bot()

    assert "is attached." in socket_world.reply(message)
    assert "No socket to Slack" in socket_world.bot.log
