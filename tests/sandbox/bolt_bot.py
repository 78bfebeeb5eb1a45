"""A real Bolt app as the counterpart of the emulated Slack, by HTTP or Socket Mode."""

import contextlib

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.request import BoltRequest
from slack_sdk import WebClient

from bot.sandbox import wire

MODES = ("http", "socket")


def make_app(slack):
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    return App(client=client, signing_secret=slack.signing_secret)


@contextlib.contextmanager
def connected(slack, mode="http"):
    """Run a Bolt app that *slack* brings everything to; register listeners on it."""
    app = make_app(slack)
    with by_http(slack, app) if mode == "http" else by_socket(slack, app):
        yield app


@contextlib.contextmanager
def by_http(slack, app):
    def receive(request):
        headers = {name: [value] for name, value in request.headers.items()}
        body = request.read().decode()
        answer = app.dispatch(BoltRequest(body=body, headers=headers))
        named = {name: values[0] for name, values in answer.headers.items()}
        return wire.Response(answer.status, named, (answer.body or "").encode())

    with wire.Server("app") as server:
        server.route("POST", "/slack/events", "event", receive)
        slack.request_url = f"{server.origin}/slack/events"
        yield
        slack.request_url = None


@contextlib.contextmanager
def by_socket(slack, app):
    client = SocketModeHandler(app, slack.app_token, ping_interval=0.1).client
    client.connect()
    try:
        slack.sockets.wait_connected(1, 5)
        yield
    finally:
        # see test_slack_socket_mode: the server hangs up, and the reader ends, first
        client.auto_reconnect_enabled = False
        client.closed = True
        slack.sockets.hang_up()
        client.current_session_runner.shutdown()
        client.message_processor.event.set()
        client.enqueue_message("{}")
        client.close()


def plain(text):
    return {"type": "plain_text", "text": text}


def section(text, **more):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(action_id, text="Retry", **more):
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def actions(*elements, block_id="buttons"):
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def option(value, text=None):
    return {"text": plain(text or value), "value": value}


def entry(block_id, element, label="Work item", **more):
    """An input block."""
    shown = {"type": "input", "block_id": block_id, "label": plain(label)}
    return {**shown, "element": element, **more}


def modal(*blocks, title="Attach files", submit="Attach", **more):
    shown = {"type": "modal", "title": plain(title), "blocks": list(blocks)}
    return {**shown, **({"submit": plain(submit)} if submit else {}), **more}
