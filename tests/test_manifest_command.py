"""`loadmaster manifest` prints what Slack takes, for the installation that asks."""

import tomllib

import pytest

from bot.entrypoints.cli import main
from tests.slack_needs import MANIFESTS, ROOT, parse_manifest
from tests.test_manifest_form import FORM, faults


@pytest.fixture(autouse=True)
def no_settings(monkeypatch, tmp_path):
    """Be in an empty folder, with none of the settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_APP_TOKEN", "ATTACH_COMMAND", "ATTACH_EMOJI"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def make(capsys):
    """Run the command; return what it printed, and complained of."""

    def make(*options, status=0):
        assert main(["manifest", *options]) == status
        return capsys.readouterr()

    return make


def test_the_manifests_are_in_the_package_and_there_is_one_of_each():
    packaged = ROOT / "bot/manifests"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = project["tool"]["setuptools"]["package-data"]["bot"]

    assert packaged.is_symlink()
    assert packaged.resolve() == ROOT / "manifests"
    assert {f"manifests/{path.name}" for path in MANIFESTS.values()} <= set(shipped)


def test_for_socket_mode_it_is_the_one_of_the_folder(make):
    text = make("--socket-mode").out

    assert text == MANIFESTS["socket-mode"].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "url", ["https://bot.acme.org", "https://bot.acme.org/slack/events/"]
)
def test_with_an_address_all_of_slacks_requests_go_there(make, url):
    text = make("--url", url).out

    manifest, template = parse_manifest(text), MANIFESTS["http"].read_text("utf-8")
    assert list(faults(manifest, FORM)) == []
    assert "loadmaster.example.com" not in text
    assert text.count("https://bot.acme.org/slack/events\n") == 4
    assert len(text.splitlines()) == len(template.splitlines()) - 1
    interactivity = manifest["settings"]["interactivity"]
    assert interactivity["request_url"] == "https://bot.acme.org/slack/events"


@pytest.mark.parametrize(
    "mode", [["--socket-mode"], ["--url", "https://a.example.org"]]
)
@pytest.mark.parametrize(
    "command", ["/plane", "/file-away", "/a:", "/-'\"\\", "/[#x]", "/пристегни", "/📎"]
)
def test_the_command_and_emoji_are_those_that_were_asked_for(make, mode, command):
    text = make(*mode, "--command", command, "--emoji", ":pushpin:").out

    manifest = parse_manifest(text)
    described = manifest["display_information"]["long_description"]
    assert list(faults(manifest, FORM)) == []
    assert manifest["features"]["slash_commands"][0]["command"] == command
    assert f"react with :pushpin:, type {command} WEB-12, or" in described
    assert "/attach" not in text
    assert "paperclip" not in text


def test_what_is_not_given_comes_from_the_settings(make, monkeypatch):
    for name, value in (
        ("SLACK_APP_TOKEN", "xapp-1"),
        ("ATTACH_COMMAND", "/plane"),
        ("ATTACH_EMOJI", "pushpin"),
    ):
        monkeypatch.setenv(name, value)

    same = make().out
    assert same == make("--socket-mode", "--command=/plane", "--emoji=pushpin").out
    assert parse_manifest(same)["settings"]["socket_mode_enabled"] is True
    assert "/attach" in make("--command", "/attach").out


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ([], "How Slack reaches the bot is not told: give --socket-mode, or"),
        (["--socket-mode", "--url", "https://a.org"], "exclude each other: give one"),
        (["--url", "http://a.org"], "--url must begin with https://"),
        (["--url", "https://a.org/" + "x" * 3000], "--url must begin with https://"),
        (["--url", "https://a.org/?x"], "--url must be an address such as"),
        (["--url", "https://a.org/\n  - x"], "--url must be an address such as"),
        (["--socket-mode", "--command", "attach"], "--command must start with /"),
        (["--socket-mode", "--command", "/a\x1b"], "--command must start with /"),
        (["--socket-mode", "--emoji", "a: b"], "--emoji must be an emoji's name"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(make, options, complaint):
    told = make(*options, status=2)

    assert told.out == ""
    assert complaint in told.err
    assert len(told.err.splitlines()) == 1


def test_a_malformed_setting_is_told_unless_an_option_takes_its_place(
    make, monkeypatch
):
    monkeypatch.setenv("ATTACH_EMOJI", "a: b")

    assert "ATTACH_EMOJI must be" in make("--socket-mode", status=2).err
    assert make("--socket-mode", "--emoji", "pushpin").err == ""
