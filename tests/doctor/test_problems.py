"""Problems become findings: the sentence that the bot says, cause and next step."""

import socket
import ssl

import pytest
import requests

from bot import errors
from bot.domain.outcomes import Outcome
from bot.domain.sentences import SENTENCES, tell
from bot.entrypoints.doctor.findings import Check
from bot.entrypoints.doctor.problems import explain, find_cause, split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two. Three.", ("One.", "Two. Three.")),
        ("One.", ("One.", "")),
        ("With no end", ("With no end", "")),
        ("At `a. B` it is. Look.", ("At `a. B` it is.", "Look.")),
        ("Version 1.3.1 is old. Look.", ("Version 1.3.1 is old.", "Look.")),
        ("", ("", "")),
    ],
)
def test_a_text_is_split_after_its_first_sentence(text, expected):
    assert split(text) == expected


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_can_be_split(code):
    text = tell(Outcome(code), it="the test file")

    first, rest = split(text)

    assert first
    assert f"{first} {rest}".strip() == text


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (socket.gaierror(-2, "x"), "its host has no address"),
        (ConnectionRefusedError(), "nothing listens there"),
        (ssl.SSLCertVerificationError(), "its certificate is not trusted"),
        (ssl.SSLError(), "no TLS is spoken there"),
        (TimeoutError(), "there is no answer"),
        (ConnectionResetError(), "the connection broke"),
        (ValueError(), ""),
    ],
)
def test_the_innermost_cause_is_told(error, cause):
    problem = errors.PlaneUnavailable()
    problem.__cause__ = requests.ConnectionError(error) if cause else error

    assert find_cause(problem)[0] == cause


def test_an_error_that_holds_itself_is_no_riddle():
    problem = errors.PlaneUnavailable()
    problem.__cause__ = inner = ValueError()
    inner.args = (problem, inner)

    assert find_cause(problem) == ("", "")


def test_hosts_are_shown_as_they_are():
    finding = explain(
        Check.UPLOAD, errors.StorageUnreachable("a&b.example.com"), it="the test file"
    )

    assert "at `a&b.example.com` for the test file." in finding.text
    assert finding.next_step.startswith("If that lasts, an administrator has to check")
