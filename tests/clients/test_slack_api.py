"""Slack's Web API: values out, or a typed error."""

import json
import urllib.error
import urllib.parse
import urllib.request

import pytest

from bot import errors
from bot.clients.slack_api import REPLY_EVENT
from bot.clients.slack_calls import unclear_seconds
from bot.clients.slack_clients import refuse_redirects
from bot.sandbox.wire import Fault, Server, answer, cut

PAGE = b"<!doctype html><title>Sign in to the network</title>"


@pytest.fixture
def message(slack):
    """A message that the bot answers."""
    return slack.post("see WEB-1")


def post(api, message, *, text="done", marker="CGENERAL:1"):
    return api.post_reply(
        channel_id=message.channel_id,
        thread_ts=message.thread_ts or message.ts,
        text=text,
        blocks=[section(text)],
        marker=marker,
    )


def section(text):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def find(api, message, *, marker="CGENERAL:1"):
    return api.find_reply(
        channel_id=message.channel_id,
        thread_ts=message.thread_ts or message.ts,
        after=message.ts,
        marker=marker,
    )


def error(code, **more):
    """Answer as Slack does when it refuses a call."""
    return answer(200, json.dumps({"ok": False, "error": code, **more}).encode())


# --- files --------------------------------------------------------------------


def test_a_file_is_looked_up_whole(api, slack):
    file = slack.add_file(name="plan.pdf", content=b"12345")

    found = api.get_file(file.id)

    assert (found.file_id, found.name, found.size) == (file.id, "plan.pdf", 5)
    assert found.url.startswith(f"{slack.origin}/files-pri/")
    assert not found.is_stub


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("file_deleted", errors.FileDeleted),
        ("file_not_found", errors.FileDeleted),
        ("access_denied", errors.FileInvisible),
        ("not_visible", errors.FileInvisible),
        ("something_new", errors.SlackRejected),
    ],
)
def test_a_file_that_slack_does_not_show_is_told_by_its_type(api, slack, code, problem):
    file = slack.add_file()
    file.info_error = code

    with pytest.raises(problem) as caught:
        api.get_file(file.id)

    assert type(caught.value) is problem


def test_a_file_that_was_deleted_is_told(api, slack):
    file = slack.add_file()
    slack.delete_file(file)

    with pytest.raises(errors.FileDeleted):
        api.get_file(file.id)


@pytest.mark.parametrize("body", [b'{"ok": true}', b'{"ok": true, "file": {"id": 5}}'])
def test_an_answer_without_a_file_is_as_good_as_none(api, slack, body):
    slack.fail(Fault("slack.files.info", answer(200, body)))

    with pytest.raises(errors.SlackUnavailable):
        api.get_file("F1")


def test_a_missing_scope_is_told_by_its_name(api, slack):
    slack.scopes.remove("files:read")

    with pytest.raises(errors.SlackScopeMissing) as caught:
        api.get_file(slack.add_file().id)

    assert caught.value.scope == "files:read"


# --- replies ------------------------------------------------------------------


def test_a_reply_is_posted_in_the_thread_with_its_mark(api, slack, message):
    ts = post(api, message, text="`a.pdf` is attached.")

    (reply,) = slack.replies_by_bot("CGENERAL", message.ts)
    assert (reply.ts, reply.text) == (ts, "`a.pdf` is attached.")
    assert reply.metadata == {
        "event_type": REPLY_EVENT,
        "event_payload": {"share": "CGENERAL:1"},
    }
    (call,) = slack.calls("chat.postMessage")
    assert call.flag("unfurl_links", default=True) is False
    assert call.flag("unfurl_media", default=True) is False


def test_a_reply_is_edited_in_place(api, slack, message):
    ts = post(api, message)

    api.edit_reply(
        channel_id="CGENERAL", ts=ts, text="more", blocks=[section("*more*")]
    )

    (reply,) = slack.replies_by_bot("CGENERAL", message.ts)
    assert reply.text == "more"
    assert reply.blocks[0]["text"]["text"] == "*more*"
    assert find(api, message) == ts


def test_a_reply_is_found_by_its_mark(api, slack, message):
    first = post(api, message, marker="CGENERAL:1")
    second = post(api, message, marker="CGENERAL:2")

    assert find(api, message, marker="CGENERAL:1") == first
    assert find(api, message, marker="CGENERAL:2") == second
    assert find(api, message, marker="CGENERAL:3") is None


def test_a_reply_is_found_on_a_later_page(api, slack, message):
    for number in range(20):
        slack.post(f"talk {number}", thread_ts=message.ts)
    ts = post(api, message)

    assert find(api, message) == ts
    assert len(slack.calls("conversations.replies")) == 2


def test_where_there_is_no_reply_every_page_was_read(api, slack, message):
    for number in range(40):
        slack.post(f"talk {number}", thread_ts=message.ts)

    assert find(api, message) is None
    assert len(slack.calls("conversations.replies")) == 3


# --- where there is no thread -------------------------------------------------


@pytest.fixture
def direct(slack):
    """The direct messages of UANNA with the bot: the channel's id."""
    return slack.state.direct("UANNA").id


def post_direct(api, channel_id, marker="form:V1"):
    return api.post_reply(
        channel_id=channel_id, thread_ts=None, text="done", blocks=[], marker=marker
    )


def find_direct(api, channel_id, *, after="1.0", marker="form:V1"):
    return api.find_reply(
        channel_id=channel_id, thread_ts=None, after=after, marker=marker
    )


def test_a_reply_without_a_thread_is_found_by_its_mark(api, slack, direct):
    ts = post_direct(api, direct)
    post_direct(api, direct, marker="form:V2")

    assert find_direct(api, direct) == ts
    assert find_direct(api, direct, marker="form:V3") is None
    (first, *_) = slack.calls("chat.postMessage")
    assert first.text("thread_ts") == ""
    assert slack.calls("conversations.replies") == []


def test_a_reply_without_a_thread_is_found_on_a_later_page(api, slack, direct):
    ts = post_direct(api, direct)
    for number in range(20):
        slack.post(f"talk {number}", channel=direct)

    assert find_direct(api, direct) == ts
    assert len(slack.calls("conversations.history")) == 2


def test_without_a_thread_no_earlier_message_is_taken_for_it(api, direct):
    ts = post_direct(api, direct)

    assert find_direct(api, direct, after=ts) is None


def test_a_person_is_written_to_where_nobody_else_reads(api, slack, direct):
    api.write_to("UANNA", "I know no project NEW in Plane.")

    (message,) = slack.state.messages(direct)
    assert message.text == "I know no project NEW in Plane."
    assert message.bot_id


def test_nobody_else_can_leave_the_bots_mark(api, slack, message):
    mark = {"event_type": REPLY_EVENT, "event_payload": {"share": "CGENERAL:1"}}
    theirs = slack.post("done", thread_ts=message.ts)
    theirs.metadata = mark

    assert find(api, message) is None


@pytest.mark.parametrize(
    "metadata",
    [
        {"event_type": "other", "event_payload": {"share": "CGENERAL:1"}},
        {"event_type": REPLY_EVENT, "event_payload": {"share": "CGENERAL:2"}},
        {"event_type": REPLY_EVENT, "event_payload": []},
        {"event_type": REPLY_EVENT},
        [],
    ],
)
def test_another_mark_is_none_of_this_reply(api, slack, message, metadata):
    post(api, message)
    (reply,) = slack.replies_by_bot("CGENERAL", message.ts)
    reply.metadata = metadata

    assert find(api, message) is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"ok": true}',
        b'{"ok": true, "messages": {}}',
    ],
)
def test_a_thread_without_messages_is_as_good_as_no_answer(api, slack, message, body):
    slack.fail(Fault("slack.conversations.replies", answer(200, body)))

    with pytest.raises(errors.SlackUnavailable):
        find(api, message)


@pytest.mark.parametrize(
    "body",
    [
        b'{"ok": true, "messages": [5, null]}',
        b'{"ok": true, "messages": [], "response_metadata": 5}',
        b'{"ok": true, "messages": [], "response_metadata": {"next_cursor": 5}}',
    ],
)
def test_odd_messages_are_passed_over(api, slack, message, body):
    slack.fail(Fault("slack.conversations.replies", answer(200, body)))

    assert find(api, message) is None


def test_a_thread_that_is_gone_is_told(api, slack, message):
    slack.delete(message)

    with pytest.raises(errors.SlackRejected) as caught:
        post(api, message)
    assert caught.value.error == "thread_not_found"
    with pytest.raises(errors.SlackRejected):
        find(api, message)


# --- what goes wrong ----------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "problem", "facts"),
    [
        pytest.param(cut, errors.SlackUnavailable, {}, id="connection reset"),
        pytest.param(answer(500, PAGE), errors.SlackUnavailable, {}, id="500"),
        pytest.param(answer(503, b""), errors.SlackUnavailable, {}, id="503"),
        pytest.param(answer(404, b"nope"), errors.SlackUnavailable, {}, id="404"),
        pytest.param(answer(200, PAGE), errors.SlackUnavailable, {}, id="a page"),
        pytest.param(answer(200, b"[]"), errors.SlackUnavailable, {}, id="a list"),
        pytest.param(answer(200, b'"x"'), errors.SlackUnavailable, {}, id="a text"),
        pytest.param(answer(200, b"null"), errors.SlackUnavailable, {}, id="null"),
        pytest.param(answer(200, b""), errors.SlackUnavailable, {}, id="nothing"),
        pytest.param(answer(200, b"\xff\xfe"), errors.SlackUnavailable, {}, id="bytes"),
        pytest.param(
            answer(200, b"x", {"Content-Type": "application/gzip"}),
            errors.SlackUnavailable,
            {},
            id="an archive",
        ),
        pytest.param(answer(200, b"{}"), errors.SlackUnavailable, {}, id="no ok"),
        pytest.param(
            answer(200, b'{"ok": false}'), errors.SlackUnavailable, {}, id="no error"
        ),
        pytest.param(error(["a"]), errors.SlackUnavailable, {}, id="odd error"),
        pytest.param(answer(429, b""), errors.SlackThrottled, {}, id="429"),
        pytest.param(error("ratelimited"), errors.SlackThrottled, {}, id="ratelimited"),
        *(
            pytest.param(error(code), errors.SlackUnavailable, {}, id=code)
            for code in ("internal_error", "fatal_error", "service_unavailable")
        ),
        *(
            pytest.param(
                error(code), errors.SlackTokenRefused, {"error": code}, id=code
            )
            for code in ("invalid_auth", "token_revoked", "account_inactive")
        ),
        pytest.param(
            error("missing_scope", needed="chat:write", provided="commands"),
            errors.SlackScopeMissing,
            {"scope": "chat:write"},
            id="missing_scope",
        ),
        pytest.param(
            error("not_in_channel"),
            errors.SlackRejected,
            {"error": "not_in_channel"},
            id="not_in_channel",
        ),
    ],
)
def test_what_goes_wrong_is_told_by_its_type(
    api, slack, message, action, problem, facts
):
    slack.fail(Fault("slack.chat.postMessage", action, times=9))

    with pytest.raises(problem) as caught:
        post(api, message)

    assert type(caught.value) is problem
    assert caught.value.facts == facts
    # Posting is never tried again by itself: the message may be there already.
    assert len(slack.exchanges("slack.chat.postMessage")) == 1


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (429, {"retry-after": "7"}, 7.0),
        (429, {}, 1.0),
        (429, {"Retry-After": "0"}, 1.0),
        (503, {"Retry-After": "30"}, 30.0),
        # Whether it was posted is clear at once,
        (503, {}, None),
        # or after the gateway's Slack has ended, too.
        (502, {}, 5.0),
        (504, {}, 30.0),
        (504, {"Retry-After": "60"}, 60.0),
    ],
)
def test_a_wait_that_slack_asks_for_is_told(
    api, slack, message, status, headers, seconds
):
    slack.fail(Fault("slack.chat.postMessage", answer(status, b"", headers)))

    with pytest.raises(errors.TransientProblem) as caught:
        post(api, message)

    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("cause", "seconds"),
    [
        (TimeoutError(), 30.0),
        (urllib.error.URLError(TimeoutError()), 30.0),
        (ConnectionResetError(), 5.0),
    ],
)
def test_what_slack_was_slow_to_do_is_looked_for_later(cause, seconds):
    problem = errors.SlackUnavailable()
    problem.__cause__ = cause

    assert unclear_seconds(problem) == seconds


def test_a_post_whose_answer_is_lost_is_found_afterwards(api, slack, message):
    slack.fail(Fault("slack.chat.postMessage", cut, phase="after"))

    with pytest.raises(errors.SlackUnavailable):
        post(api, message)

    (reply,) = slack.replies_by_bot("CGENERAL", message.ts)
    assert find(api, message) == reply.ts


@pytest.mark.parametrize("action", [cut, answer(500, b"")])
def test_reading_is_tried_once_more_at_once(api, slack, action):
    file = slack.add_file()
    slack.fail(Fault("slack.files.info", action))

    assert api.get_file(file.id).file_id == file.id


def test_reading_does_not_wait_for_a_throttle_to_pass(api, slack):
    slack.fail(Fault("slack.files.info", answer(429, b"", {"Retry-After": "30"})))

    with pytest.raises(errors.SlackThrottled):
        api.get_file(slack.add_file().id)

    assert len(slack.exchanges("slack.files.info")) == 1


def test_a_wrong_token_is_told(open_api, message):
    api = open_api("xoxb-wrong")

    with pytest.raises(errors.SlackTokenRefused) as caught:
        post(api, message)

    assert caught.value.error == "invalid_auth"


def test_a_slack_that_is_not_there_is_told(api, slack, message):
    slack.wire.stop()

    with pytest.raises(errors.SlackUnavailable):
        post(api, message)


def test_no_error_carries_the_token(open_api, message):
    api = open_api("xoxb-very-secret")

    with pytest.raises(errors.Problem) as caught:
        post(api, message)

    assert "very-secret" not in urllib.parse.unquote(repr(caught.value))
    assert "very-secret" not in str(caught.value)


@pytest.mark.parametrize("body", [b'{"ok": true}', b'{"ok": true, "ts": 5}'])
def test_a_post_without_a_place_may_have_been_made(api, slack, message, body):
    slack.fail(Fault("slack.chat.postMessage", answer(200, body)))

    with pytest.raises(errors.SlackUnavailable):
        post(api, message)


def test_who_one_is_has_to_be_known(api, slack, message):
    post(api, message)
    slack.fail(Fault("slack.auth.test", answer(200, b'{"ok": true}'), times=2))

    with pytest.raises(errors.SlackUnavailable):
        find(api, message)


def test_one_person_is_told_what_nobody_else_sees(api, slack):
    api.tell_privately(channel_id="CGENERAL", user_id="UBEN", text="no files")

    (seen,) = slack.ephemerals("UBEN", "CGENERAL")
    assert (seen.text, seen.thread_ts) == ("no files", None)
    assert slack.ephemerals("UANNA") == []


def test_one_person_can_be_told_in_a_thread(api, slack, message):
    place = {"channel_id": "CGENERAL", "thread_ts": message.ts}
    api.tell_privately(**place, user_id="UBEN", text="no files")

    (seen,) = slack.ephemerals("UBEN", "CGENERAL")
    assert seen.thread_ts == message.ts


@pytest.fixture
def _no_redirects():
    refuse_redirects()
    yield
    urllib.request.install_opener(None)


@pytest.mark.usefixtures("_no_redirects")
def test_the_token_is_not_led_elsewhere(api, slack):
    with Server("elsewhere") as elsewhere:
        away = answer(302, b"", {"Location": f"{elsewhere.origin}/take"})
        slack.fail(Fault("slack.files.info", away, times=9))

        with pytest.raises(errors.SlackUnavailable):
            api.get_file("F1")

        assert elsewhere.exchanges() == []
