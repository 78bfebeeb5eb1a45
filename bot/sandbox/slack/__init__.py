"""An emulated Slack: Web API, files, the Events API and Socket Mode, on loopback.

Built from documentation and SDK source, not from recorded traffic.
"""

from bot.sandbox.slack.app_requests import AppRequest
from bot.sandbox.slack.commands import CommandResult
from bot.sandbox.slack.content import Generated
from bot.sandbox.slack.files import File
from bot.sandbox.slack.forms import SubmitResult
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.refusals import Refused
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.slack.showing import show_message, show_view, show_words
from bot.sandbox.slack.suggestions import BadAnswer
from bot.sandbox.slack.views import View

__all__ = [
    "AppRequest",
    "BadAnswer",
    "CommandResult",
    "File",
    "Generated",
    "Message",
    "Refused",
    "SlackServer",
    "SubmitResult",
    "View",
    "show_message",
    "show_view",
    "show_words",
]
