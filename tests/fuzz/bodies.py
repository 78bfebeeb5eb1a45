"""What Slack sends: one valid body of each sort that the bot listens to."""

from bot.domain.forms import Form, MessageFiles, Moving, Uploads
from bot.work.seals import Sealer

SEALER = Sealer("xoxb-x")
SEALS = [
    SEALER.seal(Form("T1", "U1", subject))
    for subject in (Uploads(), MessageFiles("C1", "1.1"), Moving(1))
]
FILE = {
    "id": "F1",
    "name": "a.pdf",
    "title": "WEB-1",
    "mimetype": "application/pdf",
    "filetype": "pdf",
    "mode": "hosted",
    "file_access": "visible",
    "is_external": False,
    "external_type": "gdrive",
    "size": 12,
    "user": "U1",
    "user_team": "T1",
    "url_private": "https://files.slack.com/files-pri/T1-F1/a.pdf",
    "url_private_download": "https://files.slack.com/files-pri/T1-F1/download/a.pdf",
}
MESSAGE = {
    "type": "message",
    "subtype": "file_share",
    "channel": "C1",
    "channel_type": "channel",
    "user": "U1",
    "team": "T1",
    "text": "<@UBOT> WEB-12 <https://plane.example.com/acme/browse/WEB-4/|it> `WEB-5`",
    "files": [FILE],
    "ts": "1700000000.000100",
    "thread_ts": "1700000000.000100",
}


def event(fields):
    return {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": "Ev1",
        "is_ext_shared_channel": False,
        "enterprise_id": None,
        "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
        "event": fields,
    }


SHARE = event(MESSAGE)
EDIT = event(
    {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "channel_type": "channel",
        "message": {**MESSAGE, "edited": {"user": "U1", "ts": "1700000001.000100"}},
    }
)
DIRECT = event(
    {"type": "message", "channel": "D1", "channel_type": "im"}
    | {"user": "U1", "text": "hello", "ts": "1700000000.000200"}
)
REACTION = event(
    {
        "type": "reaction_added",
        "user": "U1",
        "reaction": "paperclip",
        "item": {"type": "message", "channel": "C1", "ts": "1700000000.000100"},
        "event_ts": "1700000002.000100",
    }
)
VISIT = event({"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"})
EVENTS = (SHARE, EDIT, DIRECT, REACTION, VISIT)

COMMAND = {
    "command": "/attach",
    "text": "WEB-1 https://acme.slack.com/archives/C1/p1700000000000100",
    "team_id": "T1",
    "channel_id": "C1",
    "channel_name": "general",
    "user_id": "U1",
    "trigger_id": "1.2.3",
    "response_url": "http://127.0.0.1:9/commands/T1/1/x",
}
WHO = {
    "team": {"id": "T1", "domain": "acme"},
    "user": {"id": "U1", "team_id": "T1"},
    "enterprise": None,
    "trigger_id": "1.2.3",
    "response_url": "http://127.0.0.1:9/actions/T1/1/x",
}


def press(action_id, value):
    return {
        "type": "block_actions",
        **WHO,
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": "1.1", "thread_ts": "1.1"},
        "actions": [{"type": "button", "action_id": action_id, "value": value}],
    }


PRESSES = (
    *(press(button, "1") for button in ("undo", "retry", "move")),
    *(press(button, "1.0123456789abcdef") for button in ("consent", "refuse")),
    press("choose", SEALS[1]),
    {**press("retry", "1"), "channel": None, "view": {"id": "V1", "type": "home"}},
)
SHORTCUTS = (
    {"type": "shortcut", "callback_id": "attach_files", **WHO},
    {
        "type": "message_action",
        "callback_id": "attach_message",
        "message_ts": "1.1",
        "channel": {"id": "C1"},
        "message": {"ts": "1.1", "text": "", "files": [FILE]},
        **WHO,
    },
)
SUGGESTION = {
    "type": "block_suggestion",
    "view": {"id": "V1", "type": "modal", "callback_id": "attach"},
    "action_id": "item",
    "block_id": "item",
    "value": "WEB-1",
    **WHO,
}


def submission(seal, files):
    option = {"selected_option": {"value": "WEB-2"}}
    return {
        "type": "view_submission",
        **WHO,
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": "attach",
            "private_metadata": seal,
            "state": {"values": {"item": {"item": option}, "files": {"files": files}}},
        },
    }


SUBMISSIONS = (
    submission(SEALS[0], {"type": "file_input", "files": [FILE]}),
    submission(SEALS[1], {"selected_options": [{"value": "F1"}]}),
    submission(SEALS[2], {"selected_options": [{"value": "F1"}]}),
)
PAYLOADS = (*PRESSES, *SHORTCUTS, *SUBMISSIONS, SUGGESTION)
