"""What nobody but an attacker sends is refused, and never an error of the bot's."""

import sqlite3
from contextlib import closing
from urllib.parse import urlencode

import pytest

from tests.faults.posting import FORM, JSON, encode, interact, post, sign

MOST = 1024 * 1024
NOW = "X-Slack-Request-Timestamp"
MARK = "X-Slack-Signature"
SHARE = {
    "type": "event_callback",
    "team_id": "T1",
    "event_id": "Ev1",
    "event": {
        "type": "message",
        "subtype": "file_share",
        "channel": "CGENERAL",
        "channel_type": "channel",
        "user": "UANNA",
        "text": "WEB-1",
        "ts": "1700000000.000100",
        "files": [{"id": "F1", "name": "a.pdf", "mode": "hosted", "size": 1}],
    },
}
RAW = encode(SHARE)


@pytest.fixture
def refuse(world, tally):
    """Post each body and look that it is refused, and that the bot goes on."""

    def check(cases):
        for body, fields in cases:
            status = post(world, body, **fields)
            assert 400 <= status < 500, (status, encode(body)[:100], fields)
        assert rows(world) == 0
        assert world.bot.get("/readyz")[0] == 200
        tally("inputs", len(cases))

    return check


def rows(world):
    with closing(sqlite3.connect(world.database)) as db:
        return db.execute("SELECT count(*) FROM shares").fetchone()[0]


def test_forged_signatures_are_refused(refuse, world):
    right = sign(world, RAW)
    forged = [
        sign(world, RAW, secret="guessed"),
        sign(world, RAW + b" "),
        {**right, MARK: "v0=" + "0" * 64},
        {**right, MARK: right[MARK].upper()},
        {**right, MARK: right[MARK].replace("v0", "v1")},
    ]

    refuse([(RAW, headers) for headers in forged])


@pytest.mark.parametrize("age", [301, 100_000, -301, -100_000])
def test_stale_requests_and_those_of_the_future_are_refused(refuse, world, age):
    refuse([(RAW, sign(world, RAW, age=age))])


def test_malformed_signatures_and_timestamps_are_refused(refuse):
    odd = ["", " ", "0", "-1", "soon", "1e9", "9" * 400, "1700000000.0", "\xb2\xb3"]
    signatures = ["v0=", "v0=zz", "=", "v0=" + "f" * 63, "v0=" + "f" * 4000, "v0=\xe9"]

    refuse(
        [(RAW, {NOW: each}) for each in [*odd, None]]
        + [(RAW, {MARK: each}) for each in [*odd, *signatures, None]]
        + [(RAW, {NOW: None, MARK: None})]
    )


def test_malformed_json_is_refused(refuse):
    bodies = [
        *(
            b"",
            b"{",
            b'{"a":',
            b"[1,",
            b"nul",
            b"\x00",
            b"\xff\xfe",
            b"NaN",
            b"9" * 9999,
        ),
        *(b"[]", b"5", b'"text"', b"null", b"true", b"{}{}", b"\xef\xbb\xbf{}"),
        *(b"[" * 100_000, b'{"a":' * 100_000, b'{"a": "\\ud800'),
    ]

    refuse([(body, {}) for body in bodies])


@pytest.mark.parametrize("wrong", [None, 5, [], {}, "x", True, [None], {"id": []}])
def test_fields_of_another_type_are_never_an_error(world, wrong, tally):
    event, pressed = SHARE["event"], press("undo", "1")
    events = [{**SHARE, name: wrong} for name in SHARE]
    events += [{**SHARE, "event": {**event, name: wrong}} for name in event]
    events += [{**SHARE, "event": {**event, "files": [wrong, {"id": wrong}]}}]
    events += [{**SHARE, "authorizations": wrong}, {**SHARE, "authorizations": [wrong]}]
    payloads = [{**pressed, name: wrong} for name in [*pressed, "view", "event"]]
    payloads += [{**pressed, "actions": [wrong]}, {**pressed, "actions": []}]
    payloads += [{**pressed, "type": "view_submission", "view": wrong}]

    statuses = {post(world, body) for body in events}
    statuses |= {interact(world, payload) for payload in payloads}

    assert max(statuses) < 500
    tally("inputs", len(events) + len(payloads))


def test_malformed_forms_are_refused(refuse):
    forms = [
        *(b"", b"&", b"=", b"payload", b"payload=", b"payload=%", b"payload=%FF"),
        *(b"payload={", b"payload=[]", b"payload=null", b"payload=5", b"a=%ZZ&b"),
        *(b"\xff=\xff", b"command=%2Fnone", b"payload={}", b"payload=" + b"[" * 99_999),
        *(
            b"&".join([b"a=b"] * 5000),
            b"payload=%7B%22type%22%3A%22block_actions%22%7D",
        ),
    ]

    refuse([(form, {"content_type": FORM}) for form in forms])


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "multipart/form-data", "x" * 5000, "\xe9/\xe9"],
)
def test_wrong_content_types_are_refused(refuse, content_type):
    refuse([(RAW, {"content_type": content_type})])
    refuse([(urlencode({"payload": "{}"}), {"content_type": JSON})])


@pytest.mark.parametrize("size", [MOST, MOST + 1, 3 * MOST])
def test_bodies_over_the_bound_are_refused(world, size, tally):
    try:
        assert post(world, RAW + b" " * (size - len(RAW))) == 413
    except ConnectionError:
        """It was hung up on before all of it was sent."""

    assert rows(world) == 0
    assert world.bot.get("/readyz")[0] == 200
    tally("inputs")


def test_compressed_and_oddly_coded_bodies_are_refused(refuse):
    refuse(
        [
            (b"\x1f\x8b\x08\x00", {"Content-Encoding": "gzip"}),
            (RAW.decode().encode("utf-16"), {}),
        ]
    )


def press(action_id, value, *, trigger="1.2.3"):
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "UANNA", "team_id": "T1"},
        "channel": {"id": "CGENERAL"},
        "container": {"type": "message", "message_ts": "1.1"},
        "trigger_id": trigger,
        "actions": [{"type": "button", "action_id": action_id, "value": value}],
    }


def test_a_request_that_is_replayed_undoes_nothing_twice(world):
    message = world.slack.share([world.slack.add_file()], text="WEB-1")
    world.reply(message)
    world.settle()
    raw = urlencode({"payload": str(press("undo", "1")).replace("'", '"')}).encode()
    headers = sign(world, raw)
    assert post(world, raw, content_type=FORM, **headers) == 200
    world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda reply: "was removed again." in reply.text
    )
    assert interact(world, press("retry", "1", trigger="4.5.6")) == 200
    world.slack.wait_for_reply(
        "CGENERAL", message.ts, lambda reply: "is attached." in reply.text
    )
    world.settle()

    assert post(world, raw, content_type=FORM, **headers) == 401

    world.settle()
    assert len(world.attached("WEB-1")) == 1
