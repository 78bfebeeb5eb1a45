"""What the text after the slash command asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands import LATEST_SECONDS, parse_command
from bot.domain.help import write_command_answer, write_help
from bot.domain.permalinks import FileLink, MessageLink, find_permalink
from bot.domain.references import PlaneLinks, WorkItemKey
from bot.domain.seeks import SeekFile, SeekLatest, SeekMessage
from bot.domain.shares import MOST_REFERENCES
from bot.errors import LinkElsewhere, MalformedEvent
from tests.domain.bodies import JSON

LINKS = PlaneLinks("https://plane.example.com", "acme")
NOW = 1_700_000_000.0
MESSAGE = "https://acme.slack.com/archives/C1/p1699999999000100"
ELSEWHERE = "https://acme.slack.com/archives/C2/p1699999999000100"
FILE = "https://acme.slack.com/files/U1/F1/design.pdf"
FORM = {
    "command": "/attach",
    "text": "WEB-12",
    "team_id": "T1",
    "channel_id": "C1",
    "channel_name": "general",
    "user_id": "U1",
    "trigger_id": "1.2.abc",
    "response_url": "https://hooks.slack.com/commands/T1/1/x",
}


def parse(text="WEB-12", **fields):
    form = {**FORM, "text": text, **fields}
    return parse_command(form, links=LINKS, now=NOW).share


def test_a_key_asks_for_ones_latest_files():
    share = parse()

    assert share.references == (WorkItemKey("WEB", 12),)
    assert share.seek == SeekLatest(NOW - LATEST_SECONDS)
    assert (share.team_id, share.channel_id, share.user_id) == ("T1", "C1", "U1")
    assert (share.message_ts, share.thread_ts, share.files) == (None, None, ())
    assert share.is_private is None


@pytest.mark.parametrize(
    ("text", "channel", "seek"),
    [
        (f"WEB-12 {MESSAGE}", "C1", SeekMessage("1699999999.000100")),
        (f"{MESSAGE} web-12", "C1", SeekMessage("1699999999.000100")),
        (f"WEB-12 <{MESSAGE}>", "C1", SeekMessage("1699999999.000100")),
        (f"WEB-12 {MESSAGE}?thread_ts=1.1&cid=C1", "C1", "SeekMessage"),
        (f"WEB-12 {ELSEWHERE}", "C2", SeekMessage("1699999999.000100", True)),
        (f"WEB-12 {FILE}", "C1", SeekFile("F1")),
        (f"WEB-12 {MESSAGE} https://example.com/", "C1", "SeekMessage"),
        ("https://plane.example.com/acme/browse/WEB-12/", "C1", "SeekLatest"),
        ("<https://plane.example.com/acme/browse/WEB-12/|it>", "C1", "SeekLatest"),
        ("WEB-12 <mailto:anna@example.com|anna@example.com>", "C1", "SeekLatest"),
        ("WEB-12 <@U1|anna> <#C1|general>", "C1", "SeekLatest"),
    ],
)
def test_a_link_tells_which_files(text, channel, seek):
    share = parse(text)

    assert share.channel_id == channel
    assert seek in (share.seek, type(share.seek).__name__)


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/x.pdf",
        "<https://example.com/x.pdf>",
        "<https://example.com/x.pdf|x.pdf>",
        "HTTP://example.com",
        "https://acme.slack.com/archives/C1",
        "<https://plane.example.com/other/browse/WEB-12/|WEB-12>",
        "https://plane.example.com/acme/projects/",
    ],
)
def test_a_link_to_something_else_does_not_silently_mean_the_latest_files(link):
    command = parse_command({**FORM, "text": f"WEB-12 {link}"}, links=LINKS, now=NOW)

    assert command.share is None
    assert isinstance(command.problem, LinkElsewhere)


def test_of_a_conversation_elsewhere_it_is_not_known_whether_it_is_private():
    assert parse(f"WEB-12 {ELSEWHERE}").is_private is None


@pytest.mark.parametrize("name", ["directmessage", "privategroup", "mpdm-anna--ben-1"])
def test_the_names_that_slack_gives_private_conversations_are_known(name):
    assert parse(channel_name=name).is_private is True


@pytest.mark.parametrize("channel", ["D1", "G8PSS9T3V"])
def test_an_id_of_private_conversations_only_is_private_under_any_name(channel):
    assert parse(channel_id=channel, channel_name="foobar").is_private is True


def test_no_name_makes_a_conversation_public():
    assert parse(channel_name="general").is_private is None


@pytest.mark.parametrize("text", ["", None, "help", "?", "WEB 12", MESSAGE, FILE])
def test_without_a_reference_it_asks_for_help(text):
    assert parse(text) is None


def test_more_references_than_anybody_means_are_left_out():
    text = " ".join(f"WEB-{number}" for number in range(1, MOST_REFERENCES + 9))

    assert len(parse(text).references) == MOST_REFERENCES


def test_each_command_is_a_trigger_of_its_own():
    assert parse().identity != parse(trigger_id="1.2.abd").identity
    assert len(parse(trigger_id="x" * 5000).identity) <= 256


@pytest.mark.parametrize(
    "fields",
    [
        {"text": ["WEB-12"]},
        {"team_id": ""},
        {"channel_id": None},
        {"user_id": "U1\n"},
        {"channel_name": 5},
        {"trigger_id": ""},
        {"trigger_id": 5},
    ],
)
def test_a_form_that_slack_would_never_send_is_malformed(fields):
    with pytest.raises(MalformedEvent):
        parse(**fields)


@given(
    st.dictionaries(st.sampled_from(sorted(FORM)), JSON | st.text()),
    st.text() | st.sampled_from([FORM["text"], f"WEB-1 {MESSAGE}", f"A-1 {FILE}"]),
)
def test_any_form_is_read_a_call_for_help_or_malformed(fields, text):
    try:
        share = parse_command(
            {**FORM, "text": text, **fields}, links=LINKS, now=NOW
        ).share
    except MalformedEvent:
        return
    if share is not None:
        assert share.references
        assert share.seek
        assert write_command_answer(share)


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (MESSAGE, MessageLink("C1", "1699999999.000100")),
        (f"see <{MESSAGE}|this>", MessageLink("C1", "1699999999.000100")),
        (
            "https://acme.enterprise.slack.com/archives/D1/p1699999999000100",
            MessageLink("D1", "1699999999.000100"),
        ),
        (
            "https://acme.slack-gov.com/archives/G1/p1699999999000100",
            MessageLink("G1", "1699999999.000100"),
        ),
        (FILE, FileLink("F1")),
        ("https://acme.slack.com/files/U1/F1", FileLink("F1")),
        ("https://acme.slack.com/files/U1/F1 for WEB-12", FileLink("F1")),
        ("<https://acme.slack.com/files/U1/F1>", FileLink("F1")),
        ("https://acme.slack.com/files/U1/F1?origin_team=T1", FileLink("F1")),
        ("https://acme.slack.com/files/U1/F1x/design.pdf", None),
        (f"{FILE} {MESSAGE}", MessageLink("C1", "1699999999.000100")),
        ("", None),
        ("http://acme.slack.com/archives/C1/p1699999999000100", None),
        ("https://acme.slack.com/archives/C1", None),
        ("https://acme.slack.com/archives/C1/p169999999900", None),
        ("https://acme.slack.com/archives/c1/p1699999999000100", None),
        ("https://acme.slack.com/archives/C1/p١٦٩٩٩٩٩٩٩٩٠٠٠١٠٠", None),
        ("https://slack.com.evil.example/archives/C1/p1699999999000100", None),
        ("https://evil.example/https://x.slack.com/files/U1/f1/x", None),
        ("https://acme.slack.com/files/U1/X1/design.pdf", None),
    ],
)
def test_links_to_messages_and_files_are_known(text, link):
    assert find_permalink(text) == link


@given(st.text() | st.from_regex(r"https://[a-z.]+/(archives|files)/\w*/?\w*"))
def test_any_text_can_be_searched_for_links(text):
    link = find_permalink(text)

    assert link is None or "https://" in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("WEB-12 OPS-3", "attach them to WEB-12, OPS-3."),
        (f"WEB-12 {MESSAGE}", "I look at that link, to attach its files to WEB-12."),
        (
            "https://plane.example.com/acme/projects/"
            "0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a01/issues/"
            "0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a02",
            "to the linked work item.",
        ),
    ],
)
def test_the_answer_tells_what_is_being_attached(text, told):
    assert told in write_command_answer(parse(text))


def test_the_help_names_the_command_and_the_emoji_as_they_are_set():
    told = write_help(command="/plane", emoji="pushpin")

    assert "`/plane WEB-12`" in told
    assert ":pushpin:" in told
    assert "/attach" not in told
    assert "paperclip" not in told
