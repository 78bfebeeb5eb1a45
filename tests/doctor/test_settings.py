"""The settings are examined first; the rest waits for them."""

import pytest


def test_an_installation_that_is_well_has_no_findings_but_one_that_needs_a_bot(
    installation,
):
    assert installation.marks() == {"skipped": ["events"]}


def test_settings_that_can_be_read_are_told_in_short(installation):
    mark, text, step = installation.find("settings")

    assert (mark, step) == ("ok", "")
    assert text == (
        f"They can be read: Slack by HTTP, Plane at {installation.plane.origin},"
        " workspace acme."
    )


def test_every_fault_of_the_settings_is_told_and_nothing_else_is_looked_at(
    installation,
):
    installation.settings["SLACK_BOT_TOKEN"] = "xoxp-not-a-bots"
    del installation.settings["PLANE_API_KEY"]

    settings, rest = [], []
    for finding in installation.examine():
        (settings if finding.check == "settings" else rest).append(finding)

    assert [each.mark for each in settings] == ["fault", "fault"]
    assert "SLACK_BOT_TOKEN must be the token that starts" in settings[0].text
    assert "PLANE_API_KEY is not set: make one" in settings[1].text
    assert settings[0].next_step.startswith("Set it in the environment or")
    assert {each.mark for each in rest} == {"skipped"}
    assert {each.text for each in rest} == {"Skipped because settings did not go well."}
    assert installation.plane.exchanges() == []
    assert installation.slack.exchanges() == []


@pytest.mark.parametrize(
    ("changes", "text", "step"),
    [
        ({"PLANE_APP_URL": ""}, "PLANE_APP_URL is not set", "Set PLANE_APP_URL to"),
        (
            {"PLANE_API_URL": "https://plane.example.com/api/v1"},
            "ends in the path of the API",
            "Set it to https://plane.example.com.",
        ),
        (
            {"PLANE_API_URL": "http://plane.invalid"},
            "key and names go through the network unencrypted.",
            "Set it to the address with https",
        ),
    ],
)
def test_what_is_likely_a_mistake_is_a_warning(installation, changes, text, step):
    installation.settings |= changes

    found = installation.find("settings")

    assert found[0] == "warning"
    assert text in found[1]
    assert found[2].startswith(step)
