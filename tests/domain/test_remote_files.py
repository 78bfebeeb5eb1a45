"""Remote files: whose they are, and at which address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.remote_files import find_external_url, name_service

URL = "https://docs.google.com/document/d/1e8Ltk/edit?tab=t.0&a=b%20c#heading=h.1"


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "http://files.example.com:8080/a",
        "https://пример.рф/файл",
        "https://[2001:db8::1]/a",
        "https://example.com/a@b",
        "https://a.io/" + "x" * (2048 - 13),
        "http://10.0.0.5/a",
        "http://1.2.3.4.5/a",
        "http://127.0.0.1.example.com/a",
        "http://local.host/a",
        "http://999.1.1.1/a",
    ],
)
def test_a_web_address_is_taken_as_it_is(url):
    assert find_external_url({"external_url": url}) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        5,
        "",
        "example.com/a",
        "//example.com/a",
        "ftp://example.com/a",
        "javascript:alert(1)",
        "file:///etc/passwd",
        # Plane compares the scheme letter by letter.
        "HTTPS://example.com/a",
        "https://",
        "https:///a",
        "https://:443/a",
        "https://user@example.com/a",
        "https://user:secret@example.com/a",
        "https://@example.com/a",
        "https://example.com:0/a",
        "https://example.com:99999/a",
        "https://example.com:x/a",
        "https://[::1/a",
        "https://evil.example\\.slack.com/a",
        "https://example.com/a b",
        " https://example.com/a",
        "https://example.com/a\n",
        "https://example.com/\x00",
        "https://example.com/\u202e",
        "https://example.com/\ud800",
        "https://example.com/<script>",
        'https://example.com/"',
        "https://a.io/" + "x" * (2048 - 12),
    ],
)
def test_no_other_address_is_taken(url):
    assert find_external_url({"external_url": url}) is None


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8000",
        "localhost.",
        "db.localhost",
        "127.0.0.1",
        "127.8.9.10:6379",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]:80",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "169.254.169.254",
        "169.254.170.2",
        "2852039166",
        "[fe80::1]",
    ],
)
def test_plane_is_not_sent_to_its_own_machine_or_cloud(host):
    assert find_external_url({"external_url": f"http://{host}/latest/"}) is None


@pytest.mark.parametrize("first", [None, "", "javascript:alert(1)"])
def test_the_private_address_of_a_remote_file_stands_in(first):
    assert find_external_url({"external_url": first, "url_private": URL}) == URL


def test_the_external_address_comes_first():
    raw = {"external_url": URL, "url_private": "https://example.com/other"}

    assert find_external_url(raw) == URL


@given(st.text() | st.text().map("https://".__add__))
def test_whatever_is_an_address_or_not_is_told_apart(text):
    found = find_external_url({"external_url": text})

    assert found in (None, text)
    assert found is None or (found.isprintable() and " " not in found)


@pytest.mark.parametrize(
    ("external_type", "url", "name"),
    [
        ("gdrive", URL, "Google Drive"),
        ("dropbox", URL, "Dropbox"),
        ("onedrive", URL, "OneDrive"),
        ("sharepoint", URL, "SharePoint"),
        ("box", URL, "Box"),
        ("quantum-drive", URL, "quantum-drive"),
        ("app", URL, "docs.google.com"),
        ("", "https://Files.Example.com:8080/a", "files.example.com"),
        ("", None, "another service"),
        ("gdrive", None, "Google Drive"),
    ],
)
def test_a_service_has_the_name_that_people_know(external_type, url, name):
    assert name_service(external_type, url) == name
