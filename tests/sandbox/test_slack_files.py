"""Downloads from the emulated file hosts."""

import hashlib
import http.client
import threading
import zlib
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import Generated, SlackServer

CONTENT = b"%PDF-1.7 what is in the file\n" * 100


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


@pytest.fixture
def file(slack):
    return slack.add_file(content=CONTENT)


def url_of(slack, file):
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    return client.files_info(file=file.id)["file"]["url_private_download"]


def get(url, token="xoxb-sandbox", timeout=5.0):
    """One GET, no redirect followed: the answer and its body, as far as it came."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_a_file_comes_with_the_bytes_and_the_size_announced(slack, file):
    response, body = get(url_of(slack, file))

    assert response.status == 200
    assert response.headers["Content-Type"] == "application/pdf"
    assert body == CONTENT
    assert int(response.headers["Content-Length"]) == file.size == len(CONTENT)


def test_a_generated_file_has_the_same_bytes_every_time(slack):
    file = slack.add_file(content=Generated(1_000_003, seed=7))

    bodies = [get(url_of(slack, file))[1] for _ in range(2)]

    digests = {hashlib.sha256(body).hexdigest() for body in bodies}
    assert digests == {file.sha256}
    assert len(bodies[0]) == 1_000_003
    assert file.sha256 != Generated(1_000_003, seed=8).sha256


def test_no_two_pieces_of_a_generated_file_are_alike():
    pieces = list(Generated(1_000_000).pieces())

    assert [len(piece) for piece in pieces] == [262_144] * 3 + [213_568]
    assert len({piece[:1000] for piece in pieces}) == 4


@pytest.mark.parametrize("token", ["xoxb-wrong", "xapp-sandbox", ""])
def test_without_the_bots_token_a_sign_in_page_comes_with_status_200(
    slack, file, token
):
    response, body = get(url_of(slack, file), token)

    assert (response.status, response.headers.get_content_type()) == (200, "text/html")
    assert b"Sign in" in body


def test_without_the_scope_a_sign_in_page_comes(slack, file):
    url = url_of(slack, file)
    slack.scopes.remove("files:read")

    assert b"Sign in" in get(url)[1]


def test_the_sign_in_page_may_come_by_redirect(slack, file):
    slack.downloads.sign_in_by_redirect = True

    response, _ = get(url_of(slack, file), "xoxb-wrong")
    landing, body = get(slack.origin + response.headers["Location"])

    assert response.status == 302
    assert response.headers["Location"].startswith("/?redir=%2Ffiles-pri%2F")
    assert (landing.status, b"Sign in" in body) == (200, True)


@pytest.mark.parametrize("status", [404, 410])
def test_a_deleted_file_is_gone(slack, file, status):
    url = url_of(slack, file)
    slack.downloads.deleted_status = status

    slack.delete_file(file)

    assert get(url)[0].status == status
    with pytest.raises(SlackApiError, match="file_deleted"):
        url_of(slack, file)


def test_a_truncated_download_ends_early(slack, file):
    file.misbehave("truncated", times=1)
    url = url_of(slack, file)

    with pytest.raises(http.client.IncompleteRead) as caught:
        get(url)

    assert len(caught.value.partial) == len(CONTENT) // 2
    assert get(url)[1] == CONTENT


def test_a_cut_download_is_reset(slack, file):
    file.misbehave("cut")

    with pytest.raises((ConnectionError, http.client.IncompleteRead)):
        get(url_of(slack, file))


@pytest.mark.parametrize(("behaviour", "more"), [("short", -1), ("long", 1)])
def test_a_valid_answer_may_have_another_length_than_the_file(
    slack, file, behaviour, more
):
    file.misbehave(behaviour)

    response, body = get(url_of(slack, file))

    assert int(response.headers["Content-Length"]) == len(body) == file.size + more


def test_an_answer_may_come_without_a_length(slack, file):
    file.misbehave("unsized")

    response, body = get(url_of(slack, file))

    assert response.headers["Content-Length"] is None
    assert body == CONTENT


def test_an_answer_may_be_compressed(slack, file):
    file.misbehave("gzip")

    response, body = get(url_of(slack, file))

    assert response.headers["Content-Encoding"] == "gzip"
    assert zlib.decompress(body, wbits=31) == CONTENT


def test_a_download_may_stall(slack, file):
    file.misbehave("stall")

    with pytest.raises(TimeoutError):
        get(url_of(slack, file), timeout=0.1)


def test_a_redirect_within_slack_needs_the_token_again(slack, file):
    file.misbehave("redirect")

    response, _ = get(url_of(slack, file))
    second = slack.origin + response.headers["Location"]

    assert response.status == 302
    assert get(second)[1] == CONTENT
    assert b"Sign in" in get(second, token="")[1]


def test_a_redirect_loop_never_ends(slack, file):
    file.misbehave("redirect_loop")

    response, _ = get(url_of(slack, file))
    again, _ = get(slack.origin + response.headers["Location"])

    assert (response.status, again.status) == (302, 302)


def test_a_redirect_may_lead_to_another_host(slack, file):
    file.misbehave("redirect_elsewhere")

    response, _ = get(url_of(slack, file))
    _, body = get(response.headers["Location"], token="")

    assert response.headers["Location"].startswith(slack.files_cdn.origin)
    assert body == CONTENT
    assert "authorization" not in slack.files_cdn.exchanges()[0].headers


def test_a_slow_file_keeps_its_rate(slack):
    file = slack.add_file(content=Generated(20_000))
    url = url_of(slack, file)
    file.rate = 100_000

    _, body = get(url)

    took = slack.exchanges("slack.files.download")[0]
    assert len(body) == 20_000
    assert slack.state.clock() - took.started >= 0.18


def test_stopping_the_server_lets_go_of_stalled_downloads():
    with SlackServer() as slack:
        file = slack.add_file(content=CONTENT)
        file.misbehave("stall")
        parts = urlsplit(url_of(slack, file))
        connection = http.client.HTTPConnection(parts.netloc, timeout=5)
        connection.request(
            "GET", parts.path, headers={"Authorization": f"Bearer {slack.bot_token}"}
        )
        response = connection.getresponse()

    with pytest.raises((ConnectionError, http.client.IncompleteRead)):
        response.read()
    connection.close()
    for thread in threading.enumerate():
        if "process_request" in thread.name:
            thread.join(2)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("Bericht März.pdf", "/download/bericht_m%C3%A4rz.pdf"),
        ("a/b?c.pdf", "/download/a_b_c.pdf"),
        (None, "/download/f00000001"),
    ],
)
def test_urls_name_the_file_safely(slack, name, end):
    file = slack.add_file(name=name, content=CONTENT)

    url = url_of(slack, file)

    assert url.endswith(end)
    assert get(url)[1] == CONTENT


def test_the_url_may_be_filled_in_late(slack):
    file = slack.add_file()
    file.lookups_without_url = 2
    client = WebClient(slack.bot_token, base_url=slack.api_url)

    seen = [client.files_info(file=file.id)["file"] for _ in range(3)]

    assert ["url_private_download" in each for each in seen] == [False, False, True]


@pytest.mark.parametrize("error", ["access_denied", "not_visible"])
def test_a_lookup_may_be_refused(slack, file, error):
    file.info_error = error

    with pytest.raises(SlackApiError, match=error):
        url_of(slack, file)


def test_a_file_shared_only_where_the_bot_is_not_is_not_found(slack, file):
    slack.share([file], channel="CHIDDEN")

    with pytest.raises(SlackApiError, match="file_not_found"):
        url_of(slack, file)


def test_a_remote_file_has_the_third_partys_url_and_no_bytes(slack):
    file = slack.add_file(mode="external")
    client = WebClient(slack.bot_token, base_url=slack.api_url)

    shown = client.files_info(file=file.id)["file"]

    assert shown["url_private"].startswith("https://docs.example.com/")
    assert (shown["is_external"], shown["size"]) == (True, 0)
    assert "url_private_download" not in shown


def test_a_lookup_tells_where_the_file_was_shared(slack, file):
    message = slack.share([file])
    client = WebClient(slack.bot_token, base_url=slack.api_url)

    shown = client.files_info(file=file.id)["file"]

    assert shown["shares"] == {"public": {"CGENERAL": [{"ts": message.ts}]}}
    assert (shown["is_public"], shown["channels"]) == (True, ["CGENERAL"])
