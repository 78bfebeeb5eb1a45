"""Links to messages and files in Slack, as people copy them. No I/O."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

# The workspace's host is not checked: only ids go on, and what they name is looked at
# with the rights of the one who asks.
_MESSAGE = re.compile(
    r"https://[a-z0-9-]+(?:\.enterprise)?\.slack(?:-gov)?\.com"
    r"/archives/(?P<channel>[A-Z0-9]{2,64})/p(?P<seconds>[0-9]{10})(?P<micros>[0-9]{6})",
    re.ASCII,
)
_FILE = re.compile(
    r"https://[a-z0-9-]+(?:\.enterprise)?\.slack(?:-gov)?\.com"
    r"/files/[A-Z0-9]{2,64}/(?P<file>F[A-Z0-9]{1,63})(?!\w)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class MessageLink:
    """A link to the message *ts* in a conversation."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True)
class FileLink:
    """A link to a file."""

    file_id: str


def find_permalink(text: str) -> MessageLink | FileLink | None:
    """Return the first link to a message or file in *text*; None without one."""
    if found := _MESSAGE.search(text):
        return MessageLink(found["channel"], f"{found['seconds']}.{found['micros']}")
    if found := _FILE.search(text):
        return FileLink(found["file"])
    return None


def write_permalink(
    workspace_url: str, channel_id: str, ts: str, thread_ts: str | None
) -> str:
    """Return the link to a message of the workspace at *workspace_url*.

    One to a reply names its thread, too, and is opened there.
    """
    link = f"{workspace_url.rstrip('/')}/archives/{channel_id}/p{ts.replace('.', '')}"
    if thread_ts in (None, ts):
        return link
    return f"{link}?{urlencode({'thread_ts': thread_ts, 'cid': channel_id})}"
