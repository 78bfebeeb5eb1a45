"""Which addresses may get the bot token."""

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from bot.clients.slack_hosts import SlackHosts
from bot.errors import DownloadMisled

REAL = SlackHosts("https://slack.com/api/")
LOCAL = SlackHosts("http://127.0.0.1:8000/api/")


def is_trusted(url, hosts=REAL):
    try:
        hosts.check(url)
    except DownloadMisled:
        return False
    return True


@pytest.mark.parametrize(
    "url",
    [
        "https://files.slack.com/files-pri/T1-F1/download/x.pdf",
        "https://files.slack.com:443/files-pri/T1-F1/x.pdf",
        "https://FILES.Slack.com/x",
        "https://files-origin.slack.com/x",
        "https://acme.enterprise.slack.com/x",
        "https://slack.com/x",
        "https://slack-files.com/T1-F1-0a1b",
        "https://a.slack-edge.com/x",
        "https://files.slack-gov.com/x",
        "https://files.slack.com/x?to=https://evil.example/",
    ],
)
def test_slacks_own_hosts_are_trusted(url):
    REAL.check(url)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://evil.example/x", "evil.example"),
        ("http://files.slack.com/x", "files.slack.com"),
        ("ftp://files.slack.com/x", "files.slack.com"),
        ("//files.slack.com/x", "files.slack.com"),
        ("https://files.slack.com:8443/x", "files.slack.com"),
        ("https://files.slack.com.evil.example/x", "files.slack.com.evil.example"),
        ("https://evilslack.com/x", "evilslack.com"),
        ("https://my-slack-files.com/x", "my-slack-files.com"),
        ("https://files.slack.com@evil.example/x", "evil.example"),
        ("https://a:b@files.slack.com/x", "files.slack.com"),
        ("https://@files.slack.com/x", "files.slack.com"),
        ("https://evil.example\\@files.slack.com/x", "files.slack.com"),
        ("https://evil.example\\.slack.com/x", "evil.example\\.slack.com"),
        ("https://evil.example%2f.slack.com/x", "evil.example%2f.slack.com"),
        ("https://ﬁles.slack.com/x", "ﬁles.slack.com"),
        ("https://evil.example#.slack.com", "evil.example"),
        ("https://evil.example?.slack.com", "evil.example"),
        ("https://127.0.0.1:8000/x", "127.0.0.1"),
        ("file:///etc/passwd", ""),
        ("https:files.slack.com", ""),
        ("https:///files.slack.com/x", ""),
        ("files.slack.com/x", ""),
        ("", ""),
        ("https://[files.slack.com/x", ""),
        ("https://files.slack.com:port/x", ""),
        ("https://files.slack.com:99999/x", ""),
        ("https://files.slack.com／.evil.example/", ""),
    ],
)
def test_no_other_address_is_trusted(url, host):
    with pytest.raises(DownloadMisled) as caught:
        REAL.check(url)

    assert caught.value.host == host


def test_a_host_is_told_at_a_length_that_can_be_read():
    with pytest.raises(DownloadMisled) as caught:
        REAL.check(f"https://{'a' * 10_000}.example/")

    assert len(caught.value.host) == 255


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("http://127.0.0.1:8000/files-pri/T1-F1/x.pdf", True),
        ("http://127.0.0.1:8001/x", False),
        ("https://127.0.0.1:8000/x", False),
        ("http://127.0.0.1/x", False),
        ("http://localhost:8000/x", False),
        ("http://a:b@127.0.0.1:8000/x", False),
        ("https://files.slack.com/x", True),
    ],
)
def test_a_local_slack_is_trusted_at_its_own_address_only(url, trusted):
    assert is_trusted(url, LOCAL) is trusted


def test_a_default_port_need_not_be_written():
    hosts = SlackHosts("http://slack.local/api/")

    assert is_trusted("http://slack.local:80/x", hosts)
    assert is_trusted("http://slack.local/x", hosts)


PARTS = st.sampled_from(
    [
        "https",
        "http",
        "://",
        ":",
        "/",
        "//",
        "\\",
        "@",
        "#",
        "?",
        "%2e",
        "%40",
        ".",
        "slack.com",
        ".slack.com",
        "files",
        "evil.example",
        "slack-files.com",
        "\t",
        " ",
        "443",
        "80",
        "[::1]",
        "[",
        "]",
        "。",
        "／",
        "ﬁles",
        "\u200d",
        "ß",
        "\x00",
        "a:b",
    ]
)


@given(st.lists(PARTS, max_size=8).map("".join) | st.text())
def test_where_the_token_goes_is_where_it_may_go(rest):
    """What decides is the host that requests would connect to, not the one we read."""
    url = f"https://{rest}"
    if not is_trusted(url):
        return
    try:
        sent = requests.Request("GET", url).prepare().url
    except (requests.RequestException, UnicodeError):
        return
    parts = parse_url(sent)
    assert parts.scheme == "https"
    assert f".{parts.host}".endswith(
        (".slack.com", ".slack-files.com", ".slack-edge.com", ".slack-gov.com")
    )
