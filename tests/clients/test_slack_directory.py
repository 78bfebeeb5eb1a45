"""People, channels and links to messages: looked up, and remembered for a while."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from bot import errors
from bot.clients.slack_directory import Person, SlackDirectory
from bot.domain.permalinks import MessageLink, find_permalink
from bot.sandbox.wire import Fault, answer, cut
from tests.domain.bodies import JSON

TS = "1700000000.000100"
WHILE = 600


@pytest.fixture
def directory(slack, reader, clock):
    slack.scopes.update({"users:read", "channels:read"})
    return SlackDirectory(reader, clock=clock)


def answered(**fields):
    return answer(200, json.dumps({"ok": True, **fields}).encode())


def refused(error, **fields):
    return answer(200, json.dumps({"ok": False, "error": error, **fields}).encode())


def person(slack, directory, **user):
    """Return the person of which Slack tells this."""
    slack.fail(Fault("slack.users.info", answered(user=user)))
    return directory.get_person("UX")


# --- people -------------------------------------------------------------------


def test_a_person_has_the_name_that_slack_shows(directory):
    assert directory.get_person("UANNA") == Person("anna", is_external=False)


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"profile": {"display_name": "Anna", "real_name": "Anna Kern"}}, "Anna"),
        ({"profile": {"display_name": "", "real_name": "Anna Kern"}}, "Anna Kern"),
        ({"profile": {"display_name": "  ", "real_name": "Anna Kern"}}, "Anna Kern"),
        ({"profile": {"display_name": None}, "real_name": "Anna K."}, "Anna K."),
        ({"profile": None, "real_name": None, "name": "akern"}, "akern"),
        ({"profile": {"display_name": 5}, "name": ["x"]}, "UX"),
        ({}, "UX"),
    ],
)
def test_where_a_name_was_not_chosen_the_next_best_is_shown(
    slack, directory, user, name
):
    assert person(slack, directory, **user).name == name


def test_a_person_of_another_organisation_is_known_as_such(directory):
    assert directory.get_person("USTRANGER") == Person("stranger", is_external=True)


@pytest.mark.parametrize(
    ("user", "is_external"),
    [
        ({}, False),
        ({"team_id": "T1"}, False),
        ({"team_id": "E1"}, False),
        ({"team_id": "T1", "is_stranger": True}, True),
        ({"team_id": "T2"}, True),
        ({"team_id": ["T2"]}, False),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}, False),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E2"}}, True),
        ({"team_id": "T2", "enterprise_user": "E1"}, True),
    ],
)
def test_all_workspaces_of_ones_organisation_are_its_own(
    slack, directory, user, is_external
):
    slack.fail(Fault("slack.auth.test", answered(team_id="T1", enterprise_id="E1")))

    assert person(slack, directory, **user).is_external is is_external


def test_a_person_is_looked_up_once_in_a_while(slack, directory, clock):
    for _ in range(3):
        directory.get_person("UANNA")
    assert len(slack.calls("users.info")) == 1

    directory.get_person("UBEN")
    clock.now += WHILE + 1
    slack.state.users["UANNA"].name = "anna-kern"

    assert directory.get_person("UANNA").name == "anna-kern"
    assert len(slack.calls("users.info")) == 3


def test_a_person_whom_the_bot_does_not_see_is_refused(directory):
    with pytest.raises(errors.SlackRejected) as caught:
        directory.get_person("UNOBODY")

    assert caught.value.error == "user_not_found"


def test_a_scope_that_is_missing_is_named(slack, directory):
    slack.scopes.discard("users:read")

    with pytest.raises(errors.SlackScopeMissing) as caught:
        directory.get_person("UANNA")

    assert caught.value.scope == "users:read"


def test_an_outage_is_not_remembered(slack, directory):
    slack.fail(Fault("slack.users.info", cut, times=2))

    with pytest.raises(errors.SlackUnavailable):
        directory.get_person("UANNA")

    assert directory.get_person("UANNA").name == "anna"


# --- channels -----------------------------------------------------------------


def test_a_public_channel_has_its_name(directory):
    assert directory.find_channel_name("CGENERAL") == "general"


@pytest.mark.parametrize(
    "channel_id", ["CSECRET", "CHIDDEN", "DANNA", "GTRIO", "CNOWHERE"]
)
def test_other_conversations_have_none(slack, directory, channel_id):
    slack.scopes.update({"groups:read", "im:read", "mpim:read"})

    assert directory.find_channel_name(channel_id) is None


def test_a_name_that_the_bot_may_not_ask_for_is_no_fault(slack, directory):
    slack.scopes.discard("channels:read")

    assert directory.find_channel_name("CGENERAL") is None


def test_a_channel_is_looked_up_once_in_a_while(slack, directory, clock):
    for _ in range(3):
        directory.find_channel_name("CGENERAL")
    assert len(slack.calls("conversations.info")) == 1

    clock.now += WHILE + 1
    slack.state.channels["CGENERAL"].name = "everything"

    assert directory.find_channel_name("CGENERAL") == "everything"


def test_a_channel_waits_out_an_outage(slack, directory):
    slack.fail(Fault("slack.conversations.info", cut, times=2))

    with pytest.raises(errors.SlackUnavailable):
        directory.find_channel_name("CGENERAL")

    assert directory.find_channel_name("CGENERAL") == "general"


@pytest.mark.parametrize(
    "channel",
    [None, [], {}, {"is_private": False}, {"name": "x"}, {"name": 5, "is_private": 0}],
)
def test_a_channel_of_another_shape_has_no_name(slack, directory, channel):
    slack.fail(Fault("slack.conversations.info", answered(channel=channel)))

    assert directory.find_channel_name("CX") is None


# --- links --------------------------------------------------------------------


def test_a_message_has_a_link(directory):
    link = directory.link_message("CGENERAL", TS, TS)

    assert link == "https://acme.slack.com/archives/CGENERAL/p1700000000000100"
    assert find_permalink(link) == MessageLink("CGENERAL", TS)


def test_a_link_to_a_reply_names_its_thread(slack, directory):
    root = slack.post("root")
    reply = slack.post("reply", thread_ts=root.ts)

    link = directory.link_message("CGENERAL", reply.ts, root.ts)

    assert link == slack.link(reply)


def test_links_cost_one_call_in_a_while(slack, directory, clock):
    for number in range(5):
        directory.link_message("CGENERAL", f"1700000000.00010{number}", None)
    assert len(slack.calls("auth.test")) == 1

    clock.now += WHILE + 1
    directory.link_message("CGENERAL", TS, None)

    assert len(slack.calls("auth.test")) == 2


@pytest.mark.parametrize(
    "url", [None, 5, "", "javascript:alert(1)//", "acme.slack.com"]
)
def test_an_address_that_is_none_is_not_slacks(slack, directory, url):
    slack.fail(Fault("slack.auth.test", answered(url=url)))

    with pytest.raises(errors.SlackUnavailable):
        directory.link_message("CGENERAL", TS, None)


def test_a_token_that_is_refused_is_told(slack, directory):
    slack.fail(Fault("slack.auth.test", refused("token_revoked")))

    with pytest.raises(errors.SlackTokenRefused):
        directory.link_message("CGENERAL", TS, None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON)
def test_whatever_comes_as_an_answer_is_a_value_or_a_problem(slack, reader, body):
    directory = SlackDirectory(reader)
    for operation in ("users.info", "conversations.info", "auth.test"):
        slack.fail(Fault(f"slack.{operation}", answered(user=body, channel=body)))

    try:
        assert directory.get_person("UX").name
    except errors.Problem:
        slack.mend()
    assert directory.find_channel_name("CX") is None or isinstance(body, dict)
    slack.mend()
