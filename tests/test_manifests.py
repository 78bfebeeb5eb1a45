"""The Slack app manifests ask for exactly what the code needs."""

import re

import pytest

from tests.slack_needs import MANIFESTS, Need, read_manifest, read_need, registered


@pytest.fixture
def need():
    return read_need()


@pytest.fixture(params=MANIFESTS)
def name(request):
    return request.param


@pytest.fixture
def manifest(name):
    return read_manifest(name)


def test_the_code_is_understood(need):
    assert "chat:write" in need.scopes
    assert "message.channels" in need.events
    assert need.commands == {"/attach"}
    assert need.interactivity


def test_events_are_those_that_are_listened_to(manifest, need):
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == need.events


def test_scopes_are_those_that_are_needed(manifest, need):
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == set(need.scopes)
    assert set(manifest["oauth_config"]) == {"scopes"}
    assert set(manifest["oauth_config"]["scopes"]) == {"bot"}


def test_slash_commands_are_those_that_are_listened_to(manifest, need):
    commands = manifest["features"].get("slash_commands", [])

    assert {each["command"] for each in commands} == need.commands


def test_shortcuts_are_those_that_are_listened_to(manifest, need):
    offered = {
        (each["callback_id"], each["type"])
        for each in manifest["features"].get("shortcuts", [])
    }
    types = dict(offered)
    wanted = {(name, kind or types.get(name)) for name, kind in need.shortcuts}

    assert offered == wanted


def test_interactivity_is_on_where_something_listens_to_it(manifest, need):
    interactivity = manifest["settings"].get("interactivity", {"is_enabled": False})

    assert interactivity["is_enabled"] == need.interactivity


def test_the_tabs_of_the_app_are_those_that_are_used(manifest, need):
    assert manifest["features"]["app_home"] == {
        "home_tab_enabled": "app_home_opened" in need.events,
        "messages_tab_enabled": "message.im" in need.events,
        "messages_tab_read_only_enabled": False,
    }


def test_the_comment_of_each_scope_names_all_that_need_it(name, need):
    text = MANIFESTS[name].read_text(encoding="utf-8")
    line = re.compile(r"^ +- (?P<scope>\w+:\w+|commands)(?: # (?P<users>.+))?$", re.M)
    explained = {each["scope"]: each["users"] for each in line.finditer(text)}

    assert explained == {
        scope: ", ".join(
            sorted(users, key=lambda user: (user not in need.events, user))
        )
        for scope, users in need.scopes.items()
    }


def test_by_http_all_goes_to_the_one_address_that_the_bot_serves():
    addresses = set(find_urls(read_manifest("http")))

    assert addresses == {"https://loadmaster.example.com/slack/events"}
    # Without an address of their own, menus that search stay empty.
    interactivity = read_manifest("http")["settings"]["interactivity"]
    assert {"request_url", "message_menu_options_url"} <= set(interactivity)


def test_in_socket_mode_there_is_no_address():
    assert list(find_urls(read_manifest("socket-mode"))) == []


def test_the_manifests_differ_in_nothing_but_how_events_come():
    http, socket_mode = read_manifest("http"), read_manifest("socket-mode")
    del http["settings"]["event_subscriptions"]["request_url"]
    for each in http["features"].get("slash_commands", []):
        del each["url"]
    for key in ("request_url", "message_menu_options_url"):
        http["settings"].get("interactivity", {}).pop(key, None)

    assert http["settings"].pop("socket_mode_enabled") is False
    assert socket_mode["settings"].pop("socket_mode_enabled") is True
    assert http == socket_mode


def find_urls(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from find_urls(each)
    elif isinstance(value, str) and "://" in value:
        yield value


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('app.event("message")(f)', [("event", "message")]),
        ('@app.event({"type": "message", "subtype": None})\ndef f(): ...',
         [("event", "message")]),
        ("app.message(re.compile('.'))(f)", [("message", None)]),
        ('app.event("reaction_added")(f)', [("event", "reaction_added")]),
        ("app.event(re.compile('.*'))(f)", []),
        ("app.command(name)(f)", [("command", "/attach")]),
        ('app.command("/plane")(f)', [("command", "/plane")]),
        ('app.message_shortcut("attach")(f)', [("message_shortcut", "attach")]),
        ('app.view("attach")(f)', [("view", None)]),
        ("app.function('f')(f)", [("function", "f")]),
    ],
)  # fmt: skip
def test_a_listener_is_found(line, expected, tmp_path):
    (tmp_path / "new.py").write_text(line)

    assert list(registered(tmp_path)) == expected


def test_an_event_that_is_not_in_the_table_fails():
    with pytest.raises(AssertionError, match="add star_added to EVENT_SCOPES"):
        Need().listener("event", "star_added")


def test_a_method_that_is_not_in_the_table_fails():
    with pytest.raises(AssertionError, match=r"add stars\.add to METHOD_SCOPES"):
        Need().method("stars.add")


@pytest.mark.parametrize(
    ("kind", "interactive"),
    [("command", False), ("message_shortcut", True), ("view", True), ("options", True)],
)
def test_what_a_listener_needs_besides_its_event(kind, interactive):
    need = Need()

    need.listener(kind, "x")

    assert need.interactivity is interactive
    assert ("commands" in need.scopes) == (kind in ("command", "message_shortcut"))
