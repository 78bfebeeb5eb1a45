"""What the bot says about each outcome."""

import dataclasses
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.domain.outcomes import (
    ALREADY_ATTACHED,
    ALREADY_LINKED,
    ATTACHED,
    CONSENTS,
    UNDONE,
    Outcome,
)
from bot.domain.sentences import SENTENCES, tell
from bot.errors import FinalProblem, Problem, TransientProblem
from tests.domain.hostile import TEXTS, assert_is_one_harmless_line

IT = "`design.pdf`"
KB, MB = 1024, 1024**2


def leaves(kind):
    """Return the classes below *kind* that have no class below them."""
    found = [leaf for each in kind.__subclasses__() for leaf in leaves(each)]
    return found or [kind]


PROBLEMS = sorted(leaves(Problem), key=lambda kind: kind.__name__)
TRANSIENT = [kind for kind in PROBLEMS if issubclass(kind, TransientProblem)]
#: About what somebody asked for, and so told to nobody else.
OF_A_REQUEST = {
    errors.BotNotInvited,
    errors.LinkElsewhere,
    errors.NoFilesFound,
    errors.NoRecentFiles,
    errors.NoWorkItemNamed,
    errors.NotVisible,
    errors.ProjectUnknown,
    errors.TooManyWorkItems,
}
#: Never told but of one file.
OF_A_FILE = {
    kind
    for kind in PROBLEMS
    if re.match("File|Download|Storage|SignInPage|PlaneChanged", kind.__name__)
}
#: What a sentence may be about: in the reply's line about a file, in that about all
#: files of a work item, while it is looked up, and in a private notice.
CONTEXTS = (IT, "the files for WEB-1", "WEB-1", "your request")
FINAL = [kind for kind in PROBLEMS if issubclass(kind, FinalProblem)]
#: What somebody who is no administrator of ours can read and do nothing about.
ADMINISTRATOR = re.compile(r"[Aa]dministrator|whoever runs me")


def make(kind, text="here", number=7):
    """Make a problem of *kind* whose facts are *text* and *number*."""
    facts = {
        each.name: number if each.type is int else text
        for each in dataclasses.fields(kind)
        if each.name != "retry_after"
    }
    return kind(**facts)


def placeholders(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_problem_has_a_sentence_and_every_sentence_a_problem():
    codes = {kind.__name__ for kind in PROBLEMS}

    done = {"Attached", "AlreadyAttached", "Linked", "AlreadyLinked"}
    others = {"Undone", "Moved", "NotUndone", "GivenUp", "Unknown"}
    to_one = {"Taken", "NotYours", "NothingToUndo", "NothingToRetry", "StillAtWork"}
    to_one |= {"NotYet"}
    assert set(SENTENCES) == codes | done | others | to_one | CONSENTS


@pytest.mark.parametrize("kind", PROBLEMS)
def test_a_sentence_tells_just_what_its_problem_knows(kind):
    assert placeholders(SENTENCES[kind.__name__]) - {"it"} == set(make(kind).facts)


@pytest.mark.parametrize("kind", PROBLEMS)
def test_a_sentence_names_what_it_is_about_and_ends(kind):
    told = tell(Outcome.of(make(kind)), it=IT)

    assert IT in told or kind in OF_A_REQUEST
    assert told[-1] == "."
    assert "{" not in told
    assert "  " not in told
    assert "()" not in told


@pytest.mark.parametrize("kind", FINAL)
def test_what_does_not_pass_by_itself_has_a_next_step(kind):
    told = tell(Outcome.of(make(kind)), it=IT)

    # More than the statement of the fact: a second sentence, and somebody to act.
    steps = r"[Ss]hare|Download|Export|Check|Invite|Choose|Try again|Give me a link"
    asks = re.search(steps, told)
    assert asks or ADMINISTRATOR.search(told)


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        (errors.PlaneKeyRefused, "PLANE_API_KEY"),
        (errors.PlaneWorkspaceRefused, "PLANE_WORKSPACE"),
        (errors.ProjectRefused, "PLANE_API_KEY"),
        (errors.FileTooLarge, "FILE_SIZE_LIMIT"),
        (errors.SignInPage, "files:read"),
        (errors.SlackTokenRefused, "SLACK_BOT_TOKEN"),
        (errors.StorageRefused, "AWS_S3_ENDPOINT_URL"),
        (errors.StorageMisconfigured, "AWS_S3_ENDPOINT_URL"),
        (errors.ExternalPerson, "ATTACH_EXTERNAL_USERS"),
        (errors.PrivateConversation, "ATTACH_PRIVATE"),
    ],
)
def test_what_only_an_administrator_can_mend_names_the_setting(kind, setting):
    told = tell(Outcome.of(make(kind)), it=IT)

    assert setting in told
    assert ADMINISTRATOR.search(told)


def test_a_missing_scope_is_named():
    told = tell(Outcome.of(errors.SlackScopeMissing("files:read")), it=IT)

    assert "`files:read`" in told
    assert ADMINISTRATOR.search(told)


@pytest.mark.parametrize(
    "outcome", [ATTACHED, ALREADY_ATTACHED, ALREADY_LINKED, UNDONE]
)
def test_success_is_told_in_few_words(outcome):
    assert tell(outcome, it=IT).startswith("`design.pdf` ")


@pytest.mark.parametrize(
    ("service", "shown"),
    [
        ("Google Drive", "Google Drive"),
        ("docs.example.com", "docs.example.com"),
        ("<!channel>", "`&lt;!channel&gt;`"),
    ],
)
def test_what_is_linked_tells_who_keeps_it(service, shown):
    told = tell(Outcome.linked(service), it=IT)

    assert told == f"{IT} is linked: it stays with {shown}."


@pytest.mark.parametrize("kind", TRANSIENT)
def test_what_is_given_up_tells_how_long_it_was_tried_and_what_kept_it(kind):
    problem = make(kind)

    told = tell(Outcome.giving_up(problem), it=IT)

    assert told.startswith(f"I gave up on {IT} after ")
    assert tell(Outcome.of(problem), it=IT) in told
    assert told.endswith("Try again when that is mended.")


@pytest.mark.parametrize("kind", PROBLEMS)
def test_what_is_not_removed_tells_that_it_is_there_and_what_keeps_it(kind):
    problem = make(kind)

    told = tell(Outcome.kept(problem), it=IT)

    assert told.startswith(f"{IT} is still attached. What kept me from removing it: ")
    assert tell(Outcome.of(problem), it="it") in told
    assert told.endswith("Press Undo again when that is mended.")


#: Words that are right in one context and wrong in another.
ONE_SIDED = ("edit your message", "cannot attach", "not let me attach", "hare it again")


@pytest.mark.parametrize(
    ("kind", "it"),
    [
        (kind, it)
        for kind in PROBLEMS
        for it in CONTEXTS
        if it == IT or kind not in OF_A_FILE
    ],
)
def test_a_sentence_reads_well_whatever_it_is_about_and_whoever_asked(kind, it):
    problem = make(kind)
    told = [tell(Outcome.of(problem), it=it)]
    if issubclass(kind, TransientProblem):
        told.append(tell(Outcome.giving_up(problem), it=it))

    for text in told:
        assert text[0].isupper() or text.startswith(IT)
        assert text[-1] == "."
        if kind not in OF_A_FILE:
            assert [words for words in ONE_SIDED if words in text] == []
            # It may be several: then "is" would be wrong, and so would "it".
            assert not text.startswith(it)
            assert f"{it}; it" not in text
            assert not re.search(rf"[Ss]hare {re.escape(it)}", text)


@pytest.mark.parametrize(
    ("outcome", "it", "expected"),
    [
        (
            Outcome.of(errors.WorkItemNotFound("WEB-1")),
            IT,
            "Plane has no WEB-1, or it is archived or a draft, so I can do nothing"
            " about `design.pdf`. Check the key or link, and try again with the right"
            " one.",
        ),
        (
            Outcome.of(errors.ExternalPerson()),
            "the files for WEB-1",
            "I attach nothing that people of other organisations share or ask for, so I"
            " can do nothing about the files for WEB-1. Someone from our"
            " organisation can share a copy, or an administrator can set"
            " ATTACH_EXTERNAL_USERS to true.",
        ),
        (
            Outcome.of(errors.PrivateConversation()),
            "the files for WEB-1",
            "I attach nothing from private conversations, so I can do nothing about"
            " the files for WEB-1. Share a copy in a public channel, or ask an"
            " administrator to set ATTACH_PRIVATE to allow.",
        ),
        (
            Outcome.of(errors.PlaneKeyRefused()),
            "your request",
            "Plane refuses my API key, so I can do nothing about your request. An"
            " administrator has to set a new PLANE_API_KEY.",
        ),
        (
            Outcome.kept(errors.PlaneKeyRefused()),
            IT,
            "`design.pdf` is still attached. What kept me from removing it: Plane"
            " refuses my API key, so I can do nothing about it. An administrator has to"
            " set a new PLANE_API_KEY. Press Undo again when that is mended.",
        ),
        (
            Outcome.giving_up(errors.SlackUnavailable()),
            "your request",
            "I gave up on your request after 24 hours of trying. What kept me: Slack"
            " does not answer me about your request. Try again when that is mended.",
        ),
        (
            Outcome.giving_up(errors.Unexpected()),
            "the files for WEB-1",
            "I gave up on the files for WEB-1 after 1 hour of trying. What kept me:"
            " Something went wrong in me with the files for WEB-1; my log has the"
            " reason, for whoever runs me. Try again when that is mended.",
        ),
    ],
)
def test_sentences_that_read_badly_before_read_well_now(outcome, it, expected):
    assert tell(outcome, it=it) == expected


@pytest.mark.parametrize("code", ["FromTheFuture", "<!channel>", ""])
def test_what_another_version_noted_is_told_as_such_and_not_an_error(code):
    told = tell(Outcome(code, {"new": 1}), it=IT)

    assert told.startswith(f"Another version of me noted something about {IT} that ")
    assert told.endswith("Look in Plane, or ask whoever runs me.")
    assert "<" not in told


@pytest.mark.parametrize("outer", ["GivenUp", "NotUndone"])
def test_a_cause_of_another_version_is_told_as_such(outer):
    told = tell(Outcome(outer, {"cause": "FromTheFuture", "patience": 60}), it=IT)

    assert "Another version of me noted something about" in told
    assert "(FromTheFuture)" in told


def test_a_fact_that_another_version_did_not_note_is_unknown():
    told = tell(Outcome("WorkItemNotFound", {}), it=IT)

    assert told.startswith("Plane has no unknown, or it is archived")


def test_how_long_something_was_tried_is_the_truth():
    day = tell(Outcome.giving_up(errors.PlaneUnavailable()), it=IT)
    hour = tell(Outcome.giving_up(errors.PlaneStumbled()), it=IT)
    minutes = tell(Outcome.giving_up(errors.FileNotReady()), it=IT)

    assert "after 24 hours of trying" in day
    assert "after 1 hour of trying" in hour
    assert "after 10 minutes of trying" in minutes


@pytest.mark.parametrize(
    ("size", "limit", "told"),
    [
        (7_549_747, 5 * MB, "is 7.2 MB; Plane takes files up to 5 MB here."),
        (5 * MB + 1, 5 * MB, "is 5,242,881 bytes; Plane takes files up to 5,242,880 b"),
        (MB, MB - 1, "is 1,048,576 bytes; Plane takes files up to 1,048,575 bytes"),
        (2, 1, "is 2 bytes; Plane takes files up to 1 byte here."),
    ],
)
def test_sizes_that_would_look_alike_are_told_in_bytes(size, limit, told):
    assert told in tell(Outcome.of(errors.FileTooLarge(size, limit)), it=IT)


def test_sizes_stay_sizes_where_something_is_given_up():
    told = tell(Outcome.giving_up(errors.DownloadMismatch(5 * MB, KB)), it=IT)

    assert "announced 5 MB" in told
    assert "sent 1 KB" in told


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("evil.example", "host evil.example,"),
        ("", "host unknown,"),
        (" \n\t", "host unknown,"),
        ("<!channel>", "host `&lt;!channel&gt;`,"),
        ("a`b", "host aˋb,"),
        ("https://evil.example/", "host `https://evil.example/`,"),
        (":smile:", "host `:smile:`,"),
        ("*bold*", "host `*bold*`,"),
        ("a\nb", "host a b,"),
        ("a\u202eb", "host a b,"),
        ("\ud800", "host unknown,"),
    ],
)
def test_words_from_outside_do_no_harm(host, shown):
    assert shown in tell(Outcome.of(errors.DownloadMisled(host)), it=IT)


@pytest.mark.parametrize("code", sorted(CONSENTS))
def test_what_is_asked_about_is_named_and_so_is_the_one_who_is_asked(code):
    told = tell(Outcome(code, {"sharer": "UANNA", "error": "not_there"}), it=IT)

    assert IT in told
    assert ("<@UANNA>" in told) is (code != "ConsentRefused")
    assert told[-1] == "."


@pytest.mark.parametrize("kind", [kind for kind in PROBLEMS if make(kind).facts])
@given(text=TEXTS, number=st.integers(0, 2**53))
def test_no_fact_from_outside_comes_alive_or_takes_a_second_line(kind, text, number):
    problem = make(kind, text, number)

    told = tell(Outcome.of(problem), it=IT)

    assert_is_one_harmless_line(told)
    assert len(told) < 1200
