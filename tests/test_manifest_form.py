"""The Slack app manifests have the form that Slack accepts.

Said again in a few rules from docs.slack.dev/reference/app-manifest; the published
schema is asked too where it is at hand.
"""

import copy
import json
import os
import re
from pathlib import Path

import pytest

from tests.slack_needs import MANIFESTS, parse_manifest, read_manifest


@pytest.fixture(params=MANIFESTS)
def name(request):
    return request.param


@pytest.fixture
def manifest(name):
    return read_manifest(name)


def text(most, *, least=1, pattern=""):
    def rule(value):
        return (
            isinstance(value, str)
            and least <= len(value) <= most
            and re.match(pattern, value)
        )

    return rule


def number(value):
    return type(value) is int


def flag(value):
    return type(value) is bool


class Listing:
    """At most *most* values, each by *rule*, none twice."""

    def __init__(self, most, rule):
        self.most = most
        self.rule = rule


URL = text(3000, pattern="https://")
FORM = {
    "_metadata": {"major_version!": number, "minor_version": number},
    "display_information!": {
        "name!": text(35),
        "description": text(140),
        "long_description": text(4000, least=175),
        "background_color": text(7, pattern="#([0-9a-f]{3}){1,2}$"),
    },
    "features!": {
        "app_home": {
            "home_tab_enabled": flag,
            "messages_tab_enabled": flag,
            "messages_tab_read_only_enabled": flag,
        },
        "bot_user!": {"display_name!": text(80), "always_online": flag},
        "slash_commands": Listing(
            50,
            {
                "command!": text(32, least=2, pattern="/"),
                "url": URL,
                "description!": text(2000),
                "usage_hint": text(1000),
                "should_escape": flag,
            },
        ),
        "shortcuts": Listing(
            10,
            {
                "name!": text(24),
                "type!": text(7, pattern="(message|global)$"),
                "callback_id!": text(255),
                "description!": text(150),
            },
        ),
    },
    "oauth_config!": {
        "scopes!": {"bot!": Listing(255, text(50, pattern="[a-z.]+(:[a-z.]+)?$"))}
    },
    "settings!": {
        "event_subscriptions": {
            "request_url": URL,
            "bot_events!": Listing(100, text(50, pattern="[a-z_.]+$")),
        },
        "interactivity": {
            "is_enabled!": flag,
            "request_url": URL,
            "message_menu_options_url": URL,
        },
        "org_deploy_enabled": flag,
        "socket_mode_enabled!": flag,
        "token_rotation_enabled": flag,
    },
}


def faults(value, form, place="manifest"):
    """Yield the places where *value* is not of the form."""
    if isinstance(form, dict) and isinstance(value, dict):
        yield from faults_of_keys(value, form, place)
    elif isinstance(form, Listing) and isinstance(value, list):
        yield from faults_of_list(value, form, place)
    elif not (callable(form) and form(value)):
        yield place


def faults_of_keys(value, form, place):
    """A key that must be there has a "!" in the form."""
    required = {key[:-1] for key in form if key.endswith("!")}
    rules = {key.removesuffix("!"): rule for key, rule in form.items()}
    yield from (f"{place}.{key}" for key in required - set(value))
    for key, each in value.items():
        if key in rules:
            yield from faults(each, rules[key], f"{place}.{key}")
        else:
            yield f"{place}.{key}"


def faults_of_list(value, form, place):
    if not 1 <= len(value) <= form.most:
        yield place
    for index, each in enumerate(value):
        yield from faults(each, form.rule, f"{place}[{index}]")
        if each in value[:index]:
            yield f"{place}[{index}]"


def test_the_form_is_slacks(manifest):
    assert list(faults(manifest, FORM)) == []


def test_a_key_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="name stands twice"):
        parse_manifest("display_information:\n  name: One\n  name: Two\n")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("display_information.name", "L" * 36),
        ("display_information.long_description", "Short."),
        ("display_information.icon", "loadmaster.png"),
        ("features.bot_user.display_name", ""),
        ("features.app_home.home_tab_enabled", "yes"),
        ("features.slash_commands[0].command", "attach"),
        ("features.shortcuts[0].name", "Attach to a Plane work item"),
        ("oauth_config.scopes.bot", []),
        ("oauth_config.scopes.bot[1]", "chat:write"),
        ("oauth_config.scopes.bot[0]", "Chat: Write"),
        ("settings.event_subscriptions.request_url", "http://loadmaster.example.com"),
        ("settings.interactivity.is_enabled", None),
        ("settings.socket_mode_enabled", 0),
        ("_metadata.major_version", "2"),
    ],
)
def test_the_form_refuses_what_slack_refuses(place, value):
    manifest = copy.deepcopy(SOUND)
    parts = re.findall(r"\w+", place)
    holder = manifest
    for part in parts[:-1]:
        holder = holder[int(part) if part.isdigit() else part]
    holder[int(parts[-1]) if parts[-1].isdigit() else parts[-1]] = value

    assert list(faults(SOUND, FORM)) == []
    assert list(faults(manifest, FORM)) == [f"manifest.{place}"]


SOUND = {
    "_metadata": {"major_version": 2},
    "display_information": {"name": "Loadmaster"},
    "features": {
        "app_home": {},
        "bot_user": {"display_name": "Loadmaster"},
        "slash_commands": [{"command": "/attach", "description": "Attach files"}],
        "shortcuts": [
            {
                "name": "Attach",
                "type": "message",
                "callback_id": "attach",
                "description": "Attach files",
            }
        ],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["message.im"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def test_the_published_schema_accepts_it(manifest):
    path = os.environ.get("SLACK_MANIFEST_SCHEMA")
    if not path:
        pytest.skip(
            "SLACK_MANIFEST_SCHEMA names no downloaded manifest.schema.2.0.0.json"
        )
    import jsonschema  # whoever has the schema wants it used

    schema = json.loads(Path(path).read_text(encoding="utf-8"))

    jsonschema.Draft7Validator(schema).validate(manifest)
