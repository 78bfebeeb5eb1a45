"""Fuzzes each parser of what comes from outside: a value, or an error that says so."""

from bot.domain.commands import is_bare, parse_command
from bot.domain.files import check_file, parse_file
from bot.domain.forms import (
    Uploads,
    is_stranger,
    parse_command_opening,
    parse_entries,
    parse_message_shortcut,
    parse_opening,
)
from bot.domain.item_search import read_typed_key
from bot.domain.mentions import parse_direct_message, parse_mention
from bot.domain.permalinks import find_permalink
from bot.domain.presses import (
    parse_answer_place,
    parse_decision,
    parse_press,
    read_value,
)
from bot.domain.reactions import parse_reaction
from bot.domain.reference_search import find_links, find_references
from bot.domain.references import PlaneLinks, parse_reference, print_reference
from bot.domain.remote_files import find_external_url
from bot.domain.shares import parse_share
from bot.domain.visits import parse_visit
from bot.errors import FinalProblem, ParseError, TransientProblem
from bot.work.seals import BrokenSeal
from tests.fuzz.bodies import COMMAND, EVENTS, FILE, PAYLOADS, SEALER, SEALS
from tests.fuzz.draws import Draws

LINKS = PlaneLinks("https://plane.example.com", "acme")
TEXTS = (
    "WEB-12",
    "see <https://plane.example.com/acme/browse/WEB-4/|it>, `WEB-5` and ```WEB-6```",
    "https://plane.example.com/acme/projects/"
    "0b0e2a52-7d3c-4b0c-9a51-000000000001/work-items/"
    "0b0e2a52-7d3c-4b0c-9a51-000000000002",
    "https://acme.slack.com/archives/C1/p1700000000000100?thread_ts=1.1",
    "https://acme.slack.com/files/U1/F1/a.pdf",
    "&lt;WEB-1&gt; &amp;amp; _WEB-2_ *WEB-3* :web-4: \u00df-1 \u0130-2",
    SEALS[0],
)
SEEDS = [
    bytes([0, parser, 0, body, 0, changes, *range(30)])
    for parser in range(4)
    for body in range(14)
    for changes in range(3)
]


def target(data):
    """Read what *data* comes to with each parser that may get it."""
    draws = Draws(data)
    match draws.number(4):
        case 0:
            read_event(draws.changed(*EVENTS))
        case 1:
            read_payload(draws.changed(*PAYLOADS, COMMAND))
        case 2:
            read_text(draws.pick(TEXTS)[draws.number(40) :] + draws.text(4000))
        case 3:
            read_file(draws.changed(FILE))


def attempt(parse, *arguments, **options):
    """Return what *parse* reads, None if it says that it cannot."""
    try:
        return parse(*arguments, **options)
    except (ParseError, BrokenSeal):
        return None


def read_event(body):
    for parse in (parse_share, parse_mention):
        share = attempt(parse, body, links=LINKS)
        if share:
            assert len(share.identity) <= 256
            assert share.team_id
            assert share.channel_id
    attempt(parse_direct_message, body)
    attempt(parse_reaction, body, emoji="paperclip")
    attempt(parse_visit, body)


def read_payload(body):
    press = attempt(parse_press, body)
    assert press is None or 0 <= press.share_id < 2**63
    for is_yes in (True, False):
        attempt(parse_decision, body, is_yes=is_yes)
    for parse in (
        *(parse_answer_place, read_value, parse_message_shortcut, parse_entries),
        *(parse_command_opening, is_stranger),
    ):
        attempt(parse, body)
    attempt(parse_opening, body, Uploads())
    command = attempt(parse_command, body, links=LINKS, now=1.0)
    assert command is None or command.share is None or len(command.share.trigger) <= 256
    is_bare(body)


def read_text(text):
    for reference in find_references(text, links=LINKS):
        assert parse_reference(print_reference(reference)) == reference
    list(find_links(text))
    find_permalink(text)
    read_typed_key(text)
    attempt(parse_reference, text)
    attempt(LINKS.parse, text)
    attempt(SEALER.open, text, team_id="T1", user_id="U1")


def read_file(raw):
    find_external_url(raw)
    file = attempt(parse_file, raw)
    if file is None:
        return
    assert file.plane_name
    assert file.service is not None
    try:
        check_file(file, limit=5)
    except (FinalProblem, TransientProblem):
        return
