"""This machine's clock is compared with Slack's and Plane's."""

import pytest

STEP = "Let this machine keep the time by NTP: `timedatectl set-ntp true`."


def test_clocks_that_agree_are_well(installation):
    assert installation.find("clock") == (
        "ok",
        "This machine agrees with Slack and Plane.",
        "",
    )


@pytest.mark.parametrize(
    ("ahead", "mark", "told"),
    [
        (20, "ok", "agrees"),
        (100, "warning", " seconds behind Slack's."),
        (-100, "warning", " seconds ahead of Slack's."),
        (400, "fault", "7 minutes behind Slack's: requests from Slack are taken for"),
        (-400, "fault", "7 minutes ahead of Slack's: requests from Slack are taken"),
    ],
)
def test_a_clock_that_is_off_is_told_by_how_much(installation, ahead, mark, told):
    installation.slack_clock.ahead = installation.plane_clock.ahead = ahead

    found = installation.find("clock")

    assert found[0] == mark
    assert told in found[1]
    assert found[2] == ("" if mark == "ok" else STEP)


def test_in_socket_mode_no_request_is_refused_for_its_age(installation):
    installation.use_socket_mode()
    installation.slack_clock.ahead = 4000

    mark, text, _ = installation.find("clock")

    assert (mark, text) == (
        "warning",
        "This machine's clock is 67 minutes behind Slack's.",
    )


def test_where_slack_agrees_it_is_plane_whose_clock_is_off(installation):
    installation.plane_clock.ahead = -400

    mark, text, step = installation.find("clock")

    assert mark == "warning"
    assert "7 minutes ahead of Plane's, and agrees with Slack's" in text
    assert step == "Let the machines of Plane and its storage keep the time by NTP."


def test_where_slack_tells_nothing_plane_does(installation):
    installation.slack.web_api.token_error = "invalid_auth"
    installation.plane_clock.ahead = 400

    assert installation.find("clock") == (
        "warning",
        "This machine's clock is 7 minutes behind Plane's.",
        STEP,
    )


def test_without_an_answer_clocks_are_not_compared(installation):
    installation.slack.web_api.token_error = "invalid_auth"
    installation.settings["PLANE_API_KEY"] = "plane_api_nobody"

    assert installation.find("clock")[:2] == (
        "skipped",
        "Skipped because neither Slack nor Plane tells its time.",
    )
