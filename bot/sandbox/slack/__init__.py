"""An emulated Slack: Web API, files, the Events API and Socket Mode, on loopback.

Built from documentation and SDK source, not from recorded traffic.
"""

from bot.sandbox.slack.content import Generated
from bot.sandbox.slack.files import File
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.server import SlackServer

__all__ = ["File", "Generated", "Message", "SlackServer"]
