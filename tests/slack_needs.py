"""What the code needs of Slack, read from the code, and the manifests that grant it.

How Slack words a need (which scope a method wants, which events bring messages) is in
the tables, from Slack's pages.
"""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import yaml
from slack_sdk import WebClient

from bot.config import Settings

ROOT = Path(__file__).parents[1]
MANIFESTS = {name: ROOT / f"manifests/{name}.yaml" for name in ("http", "socket-mode")}
LISTENERS = ROOT / "bot/listeners"

HISTORY = {"channels:history", "groups:history", "im:history", "mpim:history"}

#: docs.slack.dev/reference/methods/<method>, for a bot token.
METHOD_SCOPES = {
    # Of the app-level token, which no manifest grants.
    "apps.connections.open": set(),
    "auth.test": set(),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": HISTORY,
    # Of its four scopes the one for public channels: of others nothing is asked.
    "conversations.info": {"channels:read"},
    # docs.slack.dev/reference/methods/conversations.open: with one person.
    "conversations.open": {"im:write"},
    "conversations.replies": HISTORY,
    "files.info": {"files:read"},
    "users.info": {"users:read"},
    # docs.slack.dev/surfaces/modals and /surfaces/app-home: views need no scope.
    "views.open": set(),
    "views.publish": set(),
    "views.update": set(),
}
#: docs.slack.dev/reference/objects/file-object: what may be fetched with the token.
FIELD_SCOPES = {"url_private_download": {"files:read"}}
#: docs.slack.dev/reference/events/<event>: what is subscribed to for a type of event.
EVENT_SCOPES = {
    "message": {
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "message.mpim": "mpim:history",
    },
    "reaction_added": {"reaction_added": "reactions:read"},
    "app_home_opened": {"app_home_opened": None},
}

#: Names of Bolt's App that register a listener.
SHORTCUTS = {
    "shortcut": None,
    "message_shortcut": "message",
    "global_shortcut": "global",
}
INTERACTIONS = {
    "action", "attachment_action", "block_action", "block_suggestion",
    "dialog_cancellation", "dialog_submission", "dialog_suggestion", "options", "view",
    "view_closed", "view_submission",
}  # fmt: skip
UNKNOWN = {"assistant", "function", "step"}


class Need:
    """What the modules need of Slack; *scopes* has who needs each."""

    def __init__(self):
        self.events = set()
        self.commands = set()
        self.shortcuts = set()
        self.interactivity = False
        self.scopes = defaultdict(set)

    def method(self, name):
        assert name in METHOD_SCOPES, f"add {name} to METHOD_SCOPES"
        self._scopes(name, METHOD_SCOPES[name])

    def field(self, name):
        self._scopes(name, FIELD_SCOPES[name])

    def listener(self, kind, constraint):
        assert kind not in UNKNOWN, f"this test does not know app.{kind} yet"
        if kind in ("event", "message"):
            self._event("message" if kind == "message" else constraint)
        elif kind == "command":
            self.commands.add(constraint)
            self._scopes(constraint, {"commands"})
        elif kind in SHORTCUTS:
            self.shortcuts.add((constraint, SHORTCUTS[kind]))
            self._scopes(constraint, {"commands"})
        self.interactivity |= kind in SHORTCUTS or kind in INTERACTIONS

    def _event(self, name):
        assert name in EVENT_SCOPES, f"add {name} to EVENT_SCOPES"
        for event, scope in EVENT_SCOPES[name].items():
            self.events.add(event)
            self._scopes(event, {scope} - {None})

    def _scopes(self, user, scopes):
        for scope in scopes:
            self.scopes[scope].add(user)


def modules(folder):
    sandbox = ROOT / "bot/sandbox"
    return (path for path in folder.rglob("*.py") if not path.is_relative_to(sandbox))


def nodes(folder):
    for path in modules(folder):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def called_methods():
    """Yield each Web API method of which the code uses the SDK's function."""
    functions = {name for name in dir(WebClient) if re.match("[a-z]+_", name)}
    for node in nodes(ROOT / "bot"):
        if isinstance(node, ast.Attribute) and node.attr in functions:
            if ast.unparse(node) == "super().api_call":
                continue  # passes on what the SDK's function called
            assert node.attr != "api_call", "call the SDK's function for the method"
            yield node.attr.replace("_", ".")


def named_fields():
    for node in nodes(ROOT / "bot"):
        if isinstance(node, ast.Constant) and str(node.value) in FIELD_SCOPES:
            yield node.value


def registered(folder=LISTENERS):
    """Yield kind and constraint of each listener; None for one that takes the rest."""
    kinds = {"event", "message", "command", *SHORTCUTS, *INTERACTIONS, *UNKNOWN}
    for node in nodes(folder):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            kind = node.func.attr
            if kind in kinds and ast.unparse(node) != "app.event(re.compile('.*'))":
                yield kind, constraint(kind, node.args)


def constraint(kind, arguments):
    if kind == "message" or kind in INTERACTIONS:
        return None
    value = arguments[0] if arguments else None
    if kind == "command" and not isinstance(value, ast.Constant):
        return default_command()
    if kind == "event" and isinstance(value, ast.Dict):
        keys = [ast.literal_eval(key) for key in value.keys]
        value = value.values[keys.index("type")]
    assert isinstance(value, ast.Constant), f"write app.{kind}'s argument as a literal"
    return value.value


def default_command():
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}
    plane = {"PLANE_API_KEY": "k", "PLANE_WORKSPACE": "acme"}
    return Settings.from_env(tokens | plane).attach.command


@cache
def read_need():
    """Return the need of the code as it is."""
    need = Need()
    for name in called_methods():
        need.method(name)
    for name in named_fields():
        need.field(name)
    for kind, value in registered():
        need.listener(kind, value)
    return need


class StrictLoader(yaml.SafeLoader):
    """Refuses a key that stands twice, of which YAML would take the last."""

    def construct_mapping(self, node, deep=False):
        names = [key.value for key, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"{name} stands twice")
        return super().construct_mapping(node, deep)


def parse_manifest(text):
    return yaml.load(text, StrictLoader)


def read_manifest(name):
    return parse_manifest(MANIFESTS[name].read_text(encoding="utf-8"))
