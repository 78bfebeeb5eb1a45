"""Requests from Slack: whether they are, and what is in them."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.entrypoints.requests_from_slack import (
    MalformedRequest,
    Unverified,
    Verifier,
    parse_body,
)

NOW = 1_531_420_618
#: docs.slack.dev/authentication/verifying-requests-from-slack
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
    b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
    b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2F"
    b"commands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id="
    b"398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def sign(body, timestamp, secret=SECRET):
    base = b"v0:" + str(timestamp).encode() + b":" + body
    return "v0=" + hmac.digest(secret.encode(), base, hashlib.sha256).hex()


def check(body=BODY, *, timestamp=str(NOW), signature=SIGNATURE, now=NOW):
    verifier = Verifier(SECRET, clock=lambda: now)
    verifier.check(body, timestamp=timestamp, signature=signature)


def test_slacks_own_example_is_verified():
    check()


@pytest.mark.parametrize("age", [-300, -1, 0, 299, 300])
def test_a_request_of_the_last_five_minutes_is_verified(age):
    check(now=NOW + age)


@pytest.mark.parametrize("age", [-100_000, -301, 301, 302, 100_000])
def test_a_request_of_another_time_is_not(age):
    with pytest.raises(Unverified):
        check(now=NOW + age)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"body": BODY + b"&x=y"}, id="more in the body"),
        pytest.param({"body": b""}, id="no body"),
        pytest.param({"timestamp": str(NOW + 1)}, id="another time"),
        pytest.param({"timestamp": ""}, id="no timestamp"),
        pytest.param({"timestamp": "soon"}, id="timestamp in words"),
        pytest.param({"timestamp": f"{NOW}.0"}, id="timestamp with a fraction"),
        pytest.param({"timestamp": f" {NOW}"}, id="timestamp with a blank"),
        pytest.param({"timestamp": f"{NOW}\n"}, id="timestamp with a line end"),
        pytest.param({"timestamp": f"-{NOW}"}, id="timestamp below zero"),
        pytest.param({"timestamp": "١٥٣١٤٢٠٦١٨"}, id="timestamp in other digits"),
        pytest.param({"timestamp": "9" * 5000}, id="huge timestamp"),
        pytest.param({"signature": ""}, id="no signature"),
        pytest.param({"signature": SIGNATURE.upper()}, id="signature in capitals"),
        pytest.param({"signature": SIGNATURE[3:]}, id="no version"),
        pytest.param({"signature": SIGNATURE.replace("v0", "v1")}, id="other version"),
        pytest.param({"signature": f"{SIGNATURE}\n"}, id="signature and line end"),
        pytest.param({"signature": SIGNATURE[:-1]}, id="short signature"),
        pytest.param({"signature": SIGNATURE[:-1] + "4"}, id="one digit off"),
        pytest.param({"signature": "v0=" + "é" * 64}, id="signature with accents"),
        pytest.param({"signature": sign(BODY, NOW, "guess")}, id="other secret"),
    ],
)
def test_what_slack_did_not_sign_is_unverified(change):
    with pytest.raises(Unverified):
        check(**change)


def test_a_body_that_is_no_text_is_unverified_however_it_is_signed():
    body = b"\xff\xfe"

    with pytest.raises(Unverified):
        check(body, signature=sign(body, NOW))


HEADERS = st.text(max_size=80) | st.sampled_from([str(NOW), SIGNATURE])


@given(st.binary() | st.just(BODY), HEADERS, HEADERS)
def test_nothing_unsigned_gets_through_or_does_harm(body, timestamp, signature):
    if (body, timestamp, signature) == (BODY, str(NOW), SIGNATURE):
        return
    with pytest.raises(Unverified):
        check(body, timestamp=timestamp, signature=signature)


# --- bodies -------------------------------------------------------------------


def parse(body, content_type=JSON):
    raw = body if isinstance(body, bytes) else body.encode()
    return parse_body(raw, content_type=content_type)


def test_an_event_comes_as_json():
    body = {"type": "event_callback", "event": {"type": "message", "text": "ä <& 👍"}}

    assert parse(json.dumps(body)) == body
    assert parse(json.dumps(body), "Application/JSON; charset=utf-8") == body


@pytest.mark.parametrize(
    "body",
    [
        {"type": "url_verification", "challenge": "c"},
        {"type": "app_rate_limited", "minute_rate_limited": 1518467820},
        {},
    ],
)
def test_what_is_no_event_need_not_have_one(body):
    assert parse(json.dumps(body)) == body


def test_an_interaction_comes_as_json_in_a_form():
    payload = {"type": "block_actions", "actions": [{"value": "a&b=c"}]}

    assert parse(urlencode({"payload": json.dumps(payload)}), FORM) == payload


@pytest.mark.parametrize(
    "text", ["WEB-1", "WEB-1 payload.json", "payload", "payload=5", "a=b&payload=c", ""]
)
def test_a_slash_command_comes_as_a_form_whatever_its_text(text):
    fields = {"command": "/attach", "text": text, "user_id": "U1"}

    assert parse(urlencode(fields), FORM) == fields


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(b"\xff\xfe", JSON, id="no text"),
        pytest.param("", JSON, id="nothing"),
        pytest.param("{", JSON, id="half an object"),
        pytest.param("[]", JSON, id="a list"),
        pytest.param("5", JSON, id="a number"),
        pytest.param('"text"', JSON, id="a text"),
        pytest.param("null", JSON, id="null"),
        pytest.param("[" * 100_000, JSON, id="deep lists"),
        pytest.param('{"a":' * 100_000, JSON, id="deep objects"),
        pytest.param("9" * 10_000, JSON, id="a huge number"),
        pytest.param('{"a": ' + "9" * 10_000 + "}", JSON, id="a huge number within"),
        pytest.param('{"type": "event_callback"}', JSON, id="no event"),
        pytest.param(
            '{"type": "event_callback", "event": []}', JSON, id="event is a list"
        ),
        pytest.param(
            '{"type": "event_callback", "event": {}}', JSON, id="event of no type"
        ),
        pytest.param(
            '{"type": "event_callback", "event": {"type": 5}}', JSON, id="odd type"
        ),
        pytest.param(b"text=\xff", FORM, id="form that is no text"),
        pytest.param("payload=", FORM, id="empty payload"),
        pytest.param("payload={", FORM, id="half a payload"),
        pytest.param("payload=[]", FORM, id="payload is a list"),
        pytest.param("payload=" + "[" * 100_000, FORM, id="deep payload"),
        pytest.param("&".join(f"a{n}=b" for n in range(101)), FORM, id="many fields"),
    ],
)
def test_what_cannot_be_read_is_malformed(body, content_type):
    with pytest.raises(MalformedRequest):
        parse(body, content_type)


def test_what_cannot_be_read_is_told_without_its_contents():
    with pytest.raises(MalformedRequest) as caught:
        parse('{"text": "sEcReT", ')

    assert "sEcReT" not in str(caught.value)


CONTENT_TYPES = st.sampled_from([JSON, FORM, "", "text/plain", "multipart/form-data"])


@given(st.binary() | st.text().map(str.encode), CONTENT_TYPES | st.text())
def test_any_body_is_read_or_malformed(body, content_type):
    try:
        parsed = parse_body(body, content_type=content_type)
    except MalformedRequest:
        return
    assert isinstance(parsed, dict)


@settings(max_examples=25)  # large ones
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_read_or_malformed(value):
    for body, content_type in (
        (json.dumps(value), JSON),
        (urlencode({"payload": json.dumps(value)}), FORM),
    ):
        try:
            parsed = parse(body, content_type)
        except MalformedRequest:
            continue
        assert isinstance(parsed, dict)
