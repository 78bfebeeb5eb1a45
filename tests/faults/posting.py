"""Posts to the running bot whatever may come, signed or not."""

import hashlib
import hmac
import http.client
import json
import time
from contextlib import closing
from urllib.parse import urlencode

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def post(world, body, *, content_type=JSON, **changes):
    """Post as Slack does and return the status; *changes* are other headers, or None.

    A body that is no text or bytes goes as JSON.
    """
    raw = encode(body)
    headers = {"Content-Type": content_type, **sign(world, raw), **changes}
    given = {name: value for name, value in headers.items() if value is not None}
    connection = http.client.HTTPConnection("127.0.0.1", world.bot.port, timeout=20)
    with closing(connection):
        connection.request("POST", "/slack/events", raw, given)
        return connection.getresponse().status


def interact(world, payload, **changes):
    """Post an interactive payload."""
    form = urlencode({"payload": json.dumps(payload)})
    return post(world, form, content_type=FORM, **changes)


def encode(body):
    if isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def sign(world, raw, *, age=0, secret=None):
    """Return Slack's two headers for *raw*, as of *age* seconds ago."""
    timestamp = str(int(time.time()) - age)
    key = (secret or world.slack.signing_secret).encode()
    digest = hmac.digest(key, f"v0:{timestamp}:".encode() + raw, hashlib.sha256).hex()
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest}",
    }
