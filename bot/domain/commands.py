"""The slash command: what its text asks for. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.envelopes import read_id, read_text
from bot.domain.permalinks import FileLink, MessageLink, find_permalink
from bot.domain.reference_search import find_links, find_references
from bot.domain.references import PlaneLinks
from bot.domain.seeks import Seek, SeekFile, SeekLatest, SeekMessage
from bot.domain.shares import MOST_REFERENCES, Share
from bot.errors import FinalProblem, LinkElsewhere, MalformedEvent, MalformedReference

#: How far back the caller's latest message with files is looked for.
LATEST_SECONDS = 60 * 60.0

#: docs.slack.dev/interactivity/implementing-slash-commands, `channel_name`.
_PRIVATE_NAMES = frozenset({"directmessage", "privategroup"})
#: docs.slack.dev/apis/web-api/using-the-conversations-api: no public channel's does.
_PRIVATE_IDS = ("D", "G")


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it was given: its *share*, or None where it asks for help.

    It has none either where a *problem* keeps it from being one.
    """

    share: Share | None
    problem: FinalProblem | None = None


def is_bare(body: Mapping[str, Any]) -> bool:
    """Whether a command was given with nothing behind it, but can open a form."""
    text, trigger_id = body.get("text"), body.get("trigger_id")
    return not str(text or "").strip() and bool(trigger_id)


def parse_command(body: Mapping[str, Any], *, links: PlaneLinks, now: float) -> Command:
    """Read a slash command's form; *now* in epoch seconds.

    Raises:
        MalformedEvent: the form is not one of a slash command.
    """
    text = read_text(body, "text")
    references = find_references(text, links=links)[:MOST_REFERENCES]
    if not references:
        return Command(None)
    trigger_id = read_text(body, "trigger_id")
    if not trigger_id:
        raise MalformedEvent("a command has no trigger_id")
    channel_id = read_id(body, "channel_id")
    link = find_permalink(text)
    if link is None and _leads_elsewhere(text, links):
        return Command(None, LinkElsewhere())
    place = link.channel_id if isinstance(link, MessageLink) else channel_id
    return Command(
        Share(
            team_id=read_id(body, "team_id"),
            channel_id=place,
            message_ts=None,
            thread_ts=None,
            user_id=read_id(body, "user_id"),
            is_private=_is_private(place, body if place == channel_id else {}),
            is_external=False,  # only members of the app's workspace have its command
            references=references,
            # Slack never delivers a command twice, and gives each a trigger of its own.
            trigger=f"command:{trigger_id}"[:250],
            seek=_seek(link, now, is_elsewhere=place != channel_id),
        )
    )


def _seek(
    link: MessageLink | FileLink | None, now: float, *, is_elsewhere: bool
) -> Seek:
    match link:
        case MessageLink(ts=ts):
            return SeekMessage(ts, is_elsewhere)
        case FileLink(file_id=file_id):
            return SeekFile(file_id)
    return SeekLatest(now - LATEST_SECONDS)


def _leads_elsewhere(text: str, links: PlaneLinks) -> bool:
    """Whether *text* has a link to a page that is no work item of Plane."""
    for url in find_links(text):
        try:
            links.parse(url)
        except MalformedReference:
            if url.lower().startswith(("https://", "http://")):
                return True
    return False


def _is_private(channel_id: str, body: Mapping[str, Any]) -> bool | None:
    """Whether the conversation of *body* is private; None where Slack must be asked.

    An id that begins with C may be of either kind, and so may a name: the docs' own
    example has `channel_id=G8PSS9T3V` with `channel_name=foobar`.
    """
    name = read_text(body, "channel_name")
    is_private = (
        channel_id.startswith(_PRIVATE_IDS)
        or name in _PRIVATE_NAMES
        or name.startswith("mpdm-")
    )
    return True if is_private else None
