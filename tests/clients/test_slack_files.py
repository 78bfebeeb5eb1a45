"""Downloads: the announced bytes of a file, or a typed error."""

import dataclasses
import hashlib
import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from bot import errors
from bot.clients.slack_files import PIECE_BYTES, SlackFiles
from bot.sandbox.slack import Generated
from bot.sandbox.wire import Fault, Response, Server, answer, cut

PAGE = b"<!DOCTYPE html><html><body>Sign in to Slack</body></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def read(files, shared):
    """Download *shared* whole."""
    with files.open(shared) as download:
        return b"".join(download.pieces())


def caught(files, shared):
    """Return the problem that the download ends in."""
    with pytest.raises(errors.Problem) as info:
        read(files, shared)
    return info.value


def at(shared, url, **fields):
    return dataclasses.replace(shared, url=url, **fields)


@pytest.fixture
def elsewhere():
    """A host of someone else's."""
    with Server("foreign") as server:
        server.fallback(lambda request: Response(200, {}, b"bait"))
        yield server


# --- what comes ---------------------------------------------------------------


def test_a_file_comes_with_the_bytes_that_it_has_in_slack(files, upload):
    file, shared = upload(Generated(1_000_003))

    content = read(files, shared)

    assert hashlib.sha256(content).hexdigest() == file.sha256
    assert file.downloads == 1


def test_a_file_comes_in_pieces_of_no_more_than_was_agreed(files, upload):
    _, shared = upload(Generated(3 * PIECE_BYTES + 5))

    with files.open(shared) as download:
        sizes = [len(piece) for piece in download.pieces()]

    assert max(sizes) <= PIECE_BYTES
    assert sum(sizes) == download.size == 3 * PIECE_BYTES + 5


def test_the_token_and_no_wish_for_compression_go_with_the_request(
    files, upload, slack
):
    _, shared = upload()

    read(files, shared)

    (exchange,) = slack.exchanges("slack.files.download")
    assert exchange.headers["authorization"] == f"Bearer {slack.bot_token}"
    assert exchange.headers["accept-encoding"] == "identity"


def test_a_shared_page_is_a_file_like_any_other(files, upload):
    _, shared = upload(PAGE, name="page.html", mimetype="text/html")

    assert read(files, shared) == PAGE


def test_a_file_without_an_announced_length_is_counted(files, upload):
    file, shared = upload(Generated(700_000))
    file.misbehave("unsized")

    assert len(read(files, shared)) == 700_000


def test_a_file_without_an_announced_length_may_still_be_short(files, upload):
    file, shared = upload(Generated(700_000))
    file.misbehave("unsized")

    told = caught(files, at(shared, shared.url, size=700_001))

    assert told.facts == {"announced": 700_001, "received": 700_000}


def test_a_redirect_within_slack_is_followed_with_the_token(files, upload, slack):
    file, shared = upload()
    file.misbehave("redirect")

    read(files, shared)

    tokens = [
        exchange.headers.get("authorization")
        for exchange in slack.exchanges("slack.files.download")
    ]
    assert tokens == [f"Bearer {slack.bot_token}"] * 2


def test_a_file_whose_address_or_size_is_not_known_is_not_ready(files, upload, slack):
    _, shared = upload()

    assert caught(files, at(shared, None)).code == "FileNotReady"
    assert caught(files, at(shared, shared.url, size=None)).code == "FileNotReady"
    assert slack.exchanges("slack.files.download") == []


# --- what comes instead -------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "problem", "facts"),
    [
        ("truncated", errors.DownloadInterrupted, {}),
        ("cut", errors.DownloadInterrupted, {}),
        ("short", errors.DownloadMismatch, {"announced": 600_000, "received": 599_999}),
        ("long", errors.DownloadMismatch, {"announced": 600_000, "received": 600_001}),
        ("gzip", errors.DownloadEncoded, {"encoding": "gzip"}),
        ("sign_in", errors.SignInPage, {}),
        ("sign_in_redirect", errors.SignInPage, {}),
        ("redirect_loop", errors.DownloadRefused, {"status": 302}),
        ("redirect_elsewhere", errors.DownloadMisled, {"host": "127.0.0.1"}),
    ],
)
def test_what_is_not_the_file_is_told_by_its_type(
    files, upload, slack, behaviour, problem, facts
):
    file, shared = upload(Generated(600_000))
    file.misbehave(behaviour)

    told = caught(files, shared)

    assert type(told) is problem
    assert told.facts == facts
    assert slack.files_cdn.exchanges() == []


@pytest.mark.parametrize(
    ("status", "headers", "problem", "wait"),
    [
        (404, {}, errors.FileDeleted, None),
        (410, {}, errors.FileDeleted, None),
        (429, {"Retry-After": "20"}, errors.SlackThrottled, 20.0),
        (429, {}, errors.SlackThrottled, None),
        (500, {}, errors.DownloadInterrupted, None),
        (503, {"Retry-After": "9"}, errors.DownloadInterrupted, 9.0),
        (401, {}, errors.DownloadRefused, None),
        (403, {}, errors.DownloadRefused, None),
        (206, {}, errors.DownloadRefused, None),
        (304, {}, errors.DownloadRefused, None),
    ],
)
def test_a_status_without_a_file_is_told_by_its_type(
    files, upload, slack, status, headers, problem, wait
):
    _, shared = upload()
    slack.fail(Fault("slack.files.download", answer(status, PAGE, headers)))

    told = caught(files, shared)

    assert type(told) is problem
    assert getattr(told, "retry_after", None) == wait
    if isinstance(told, errors.DownloadRefused):
        assert told.status == status


@pytest.mark.parametrize("mimetype", ["application/pdf", "text/plain", None])
@pytest.mark.parametrize(
    "content_type", ["Text/HTML; charset=utf-8", "application/xhtml+xml"]
)
def test_a_page_in_place_of_a_file_is_the_sign_in_page_even_at_the_same_length(
    files, upload, slack, mimetype, content_type
):
    content = b"x" * len(PAGE)
    _, shared = upload(content)
    page = answer(200, PAGE, {"Content-Type": content_type})
    slack.fail(Fault("slack.files.download", page))

    told = caught(files, dataclasses.replace(shared, mimetype=mimetype))

    assert told.code == "SignInPage"


def test_a_page_in_place_of_another_page_has_another_length(files, upload):
    file, shared = upload(PAGE * 9, name="page.html", mimetype="text/html")
    file.misbehave("sign_in")

    assert caught(files, shared).code == "DownloadMismatch"


@pytest.mark.parametrize(
    ("announced", "received"), [("5", 5), ("many", 0), ("-1", 0), ("²", 0)]
)
def test_another_announced_length_is_told_before_a_byte_is_taken(
    files, upload, slack, announced, received
):
    _, shared = upload(b"0123456789")
    headers = {"Content-Length": announced, "Content-Type": "application/pdf"}
    slack.fail(Fault("slack.files.download", answer(200, b"01234", headers)))

    with pytest.raises(errors.DownloadMismatch) as info, files.open(shared):
        pytest.fail("its bytes are on offer")

    assert info.value.facts == {"announced": 10, "received": received}


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip", "x-new"])
def test_whatever_compresses_is_told(files, upload, slack, encoding):
    _, shared = upload()
    headers = {"Content-Encoding": encoding}
    slack.fail(Fault("slack.files.download", answer(200, b"packed", headers)))

    assert caught(files, shared).facts == {"encoding": encoding}


def test_an_encoding_that_changes_nothing_is_none(files, upload, slack):
    _, shared = upload(b"0123456789")
    headers = {"Content-Encoding": "Identity"}
    slack.fail(Fault("slack.files.download", answer(200, b"0123456789", headers)))

    assert read(files, shared) == b"0123456789"


def test_a_slack_that_hangs_up_is_told(files, upload, slack):
    _, shared = upload()
    slack.fail(Fault("slack.files.download", cut))

    assert caught(files, shared).code == "DownloadInterrupted"


def test_a_download_that_stalls_is_not_waited_for_for_ever(slack, upload):
    file, shared = upload(Generated(600_000))
    file.misbehave("stall")
    known = {"token": slack.bot_token, "api_url": slack.api_url}

    told = caught(SlackFiles(**known, threads=1, read_seconds=0.2), shared)

    assert told.code == "DownloadInterrupted"


# --- where the token goes -----------------------------------------------------


@pytest.mark.parametrize("path", ["/x", "/x?redir=", "/files-pri/T1-F1/x.pdf"])
def test_the_token_never_goes_to_another_host(files, upload, elsewhere, path):
    _, shared = upload()

    told = caught(files, at(shared, f"{elsewhere.origin}{path}"))

    assert told.facts == {"host": "127.0.0.1"}
    assert elsewhere.exchanges() == []


@pytest.mark.parametrize(
    "location",
    [
        "{origin}/x",
        "//{host}/x",
        "http://127.0.0.1@{host}/x",
        "http://user:pw@{host}/x",
        "http://{host}\\@{slack}/x",
        "https://{slack}/x",
        "ftp://{slack}/x",
        "http://[{host}/x",
        "http://{slack}:x/",
        "javascript:alert(1)",
    ],
)
def test_a_redirect_to_another_host_is_not_followed(
    files, upload, slack, elsewhere, location
):
    _, shared = upload()
    hosts = {each: urlsplit(url).netloc for each, url in _origins(slack, elsewhere)}
    target = location.format(origin=elsewhere.origin, **hosts)
    slack.fail(Fault("slack.files.download", answer(302, b"", {"Location": target})))

    told = caught(files, shared)

    assert told.code == "DownloadMisled"
    assert elsewhere.exchanges() == []
    assert len(slack.exchanges()) == 1


def _origins(slack, elsewhere):
    return ("slack", slack.origin), ("host", elsewhere.origin)


def test_no_more_than_three_redirects_are_followed(files, upload, slack):
    file, shared = upload()
    again = answer(302, b"", {"Location": urlsplit(shared.url).path})
    slack.fail(Fault("slack.files.download", again, times=3))
    assert read(files, shared)

    slack.fail(Fault("slack.files.download", again, times=9))
    assert caught(files, shared).facts == {"status": 302}
    assert len(slack.exchanges("slack.files.download")) == 8
    assert file.downloads == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_without_a_place_is_refused(files, upload, slack, status):
    _, shared = upload()
    slack.fail(Fault("slack.files.download", answer(status)))

    assert caught(files, shared).facts == {"status": status}


NETRC = """
import sys
from bot.clients.plane import PlaneClient, UploadTicket
from bot.clients.plane_calls import PlaneCalls
from bot.clients.slack_files import Download, SlackFiles
from bot.clients.storage import Storage
from bot.domain.files import SharedFile
from bot.domain.references import WorkItemKey
from bot.work.budgets import LocalBudget
from bot.work.rate_gate import RateGate

slack, url, size, plane = sys.argv[1:]
files = SlackFiles(token="xoxb-sandbox", api_url=slack, threads=1)
gate = RateGate(LocalBudget(9))
client = PlaneClient(PlaneCalls(api_url=plane, api_key="plane_api_alice",
                                workspace="acme", gate=gate, threads=1))
item = client.get_work_item(WorkItemKey("WEB", 1))
client.get_file_size_limit()
ticket = client.create_attachment(item, name="a.pdf", mimetype="application/pdf",
                                  size=int(size), external_id="F1")
with files.open(SharedFile("F1", url=url, size=int(size))) as download:
    Storage(threads=1).relay(download, ticket, progress=lambda relayed: None)
"""


def test_a_netrc_changes_no_header(slack, upload, plane, store, tmp_path):
    _, shared = upload()
    netrc = tmp_path / "netrc"
    netrc.write_text("default login eve password let-me-in\n")
    netrc.chmod(0o600)
    arguments = [slack.api_url, shared.url, str(shared.size), plane.origin]
    done = subprocess.run(
        [sys.executable, "-c", NETRC, *arguments],
        env={"NETRC": str(netrc), "PATH": os.environ.get("PATH", "")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    tokens = [each.headers.get("authorization") for each in slack.exchanges()]
    assert tokens == ["Bearer xoxb-sandbox"]
    others = [*plane.exchanges(), *store.exchanges()]
    assert len(others) == 4
    assert {each.headers.get("authorization") for each in others} == {None}


def test_connections_are_used_again(files, upload, slack):
    """A new one for each file would cost two round trips more, and TLS's work."""
    _, shared = upload()
    peers = set()
    slack.fail(
        Fault(
            "slack.files.download",
            lambda request: peers.add(request.connection.getpeername()),
            times=3,
        )
    )

    for _ in range(3):
        assert read(files, shared)

    assert len(peers) == 1


def test_several_clients_share_nothing(slack, upload):
    _, shared = upload()
    wrong = SlackFiles(token="xoxb-wrong", api_url=slack.api_url, threads=1)
    right = SlackFiles(token=slack.bot_token, api_url=slack.api_url, threads=1)

    assert caught(wrong, shared).code == "SignInPage"
    assert read(right, shared)
