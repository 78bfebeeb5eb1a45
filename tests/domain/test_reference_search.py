"""Which work items a message refers to."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import reference_search, references
from bot.domain.reference_search import find_references
from bot.domain.references import (
    PlaneLinks,
    WorkItemId,
    WorkItemKey,
    parse_reference,
    print_reference,
)

PROJECT = "9f4e6a1c-0b2d-4c3e-8f5a-6b7c8d9e0f1a"
ITEM = "1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809"
PLANE = PlaneLinks(app_url="https://plane.example.com", workspace="acme")
HOME = "https://plane.example.com/acme"
ISSUE = f"{HOME}/projects/{PROJECT}/issues/{ITEM}"


def found(text, links=PLANE):
    return [str(reference) for reference in find_references(text, links=links)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("WEB-4", ["WEB-4"], id="alone"),
        pytest.param("see WEB-4 please", ["WEB-4"], id="in a sentence"),
        pytest.param("web-4 and Web-5", ["WEB-4", "WEB-5"], id="any case"),
        pytest.param("OPS-1 WEB-2 OPS-1", ["OPS-1", "WEB-2"], id="in order, once"),
        pytest.param("web-4 WEB-4", ["WEB-4"], id="once in two cases"),
        pytest.param("WEB-4,WEB-5;OPS-1", ["WEB-4", "WEB-5", "OPS-1"], id="a list"),
        pytest.param("WEB-4+WEB-5", ["WEB-4", "WEB-5"], id="a list with plus"),
        pytest.param("WEB-4\nWEB-5", ["WEB-4", "WEB-5"], id="lines"),
        pytest.param("WEB-4..WEB-6", ["WEB-4", "WEB-6"], id="a range"),
        pytest.param("UTF-8 SHA-256", ["UTF-8", "SHA-256"], id="only the shape counts"),
        pytest.param("XWEB-4", ["XWEB-4"], id="a longer identifier is another"),
        pytest.param("WEB2-4 2D-4", ["WEB2-4", "2D-4"], id="digits in an identifier"),
        pytest.param("MY_APP-4", ["MY_APP-4"], id="underscore in an identifier"),
        pytest.param("ABCDEFGHIJKL-4", ["ABCDEFGHIJKL-4"], id="12 characters"),
        pytest.param("ABCDEFGHIJKLM-4", [], id="13 characters"),
        pytest.param("ABCDEFGHIJKLMN-4", [], id="14 characters"),
        pytest.param("_ABCDEFGHIJKL-4_", ["ABCDEFGHIJKL-4"], id="12 in italics"),
        pytest.param("STRASSENBAUß-4", [], id="13 once in capitals"),
        pytest.param("çay-4 ДОМ-7", ["ÇAY-4", "ДОМ-7"], id="letters with capitals"),
        pytest.param("groß-4", ["GROSS-4"], id="capitals as Plane makes them"),
    ],
)
def test_a_key_in_text_is_found(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("WEB 4", id="no dash"),
        pytest.param("WEB4", id="no dash, no blank"),
        pytest.param("WEB_4", id="underscore for the dash"),
        pytest.param("WEB--4", id="two dashes"),
        pytest.param("-4", id="no identifier"),
        pytest.param("_-4", id="underscore for an identifier"),
        pytest.param("WEB_-4", id="identifier ends in an underscore"),
        pytest.param("__WEB-4", id="more underscores than italics have"),
        pytest.param("2024-12", id="a month"),
        pytest.param("2024-12-24", id="a date"),
        pytest.param("555-1234", id="a telephone number"),
        pytest.param("WEB-", id="no number"),
        pytest.param("WEB-0", id="zero"),
        pytest.param("WEB-04", id="leading zero"),
        pytest.param("WEB-2147483648", id="past 32 bits"),
        pytest.param("WEB-99999999999999999999", id="far past 32 bits"),
        pytest.param("WEB-4a", id="a letter behind"),
        pytest.param("WEB-4й", id="a letter of another script behind"),
        pytest.param("WEB-4.5", id="a decimal"),
        pytest.param("WEB-4.png", id="a file name"),
        pytest.param("WEB-4.草案.png", id="a file name of another script"),
        pytest.param("WEB-4-draft", id="a longer word"),
        pytest.param("WEB-4-5", id="two numbers"),
        pytest.param("WEB-4-草案", id="a longer word of another script"),
        pytest.param("WEB-4\u2011draft", id="a longer word with a typeset hyphen"),
        pytest.param("WEB-4_draft", id="an underscore and a word"),
        pytest.param("WEB-4__", id="two underscores behind"),
        pytest.param("foo-WEB-4", id="the end of a longer word"),
        pytest.param("v1.WEB-4", id="behind a dot"),
        pytest.param("R&amp;D-4 AT&amp;T-4", id="behind an ampersand"),
        pytest.param("a/WEB-4", id="the end of a path"),
        pytest.param("/WEB-4", id="a path from the root"),
        pytest.param("../WEB-4", id="a path from above"),
        pytest.param("WEB-4/x", id="the start of a path"),
        pytest.param("WEB-4/", id="a folder"),
        pytest.param("C:\\WEB-4", id="the end of a Windows path"),
        pytest.param("WEB-4\\x", id="the start of a Windows path"),
        pytest.param("WEB-4@example.com", id="a mail address"),
        pytest.param("me@WEB-4", id="a host"),
        pytest.param("@WEB-4", id="a handle"),
        pytest.param("page#WEB-4", id="a fragment"),
        pytest.param("WEB-4#note", id="before a fragment"),
        pytest.param(":web-4:", id="an emoji"),
        pytest.param("WEB-\uff14", id="full-width digit"),
        pytest.param("WEB-٤", id="Arabic digit"),
        pytest.param("WEB-4٤", id="Arabic digit behind"),
        pytest.param("WEB-4\uff14", id="full-width digit behind"),
        pytest.param("WEB-4²", id="superscript behind"),
        pytest.param("²WEB-4", id="superscript before"),
        pytest.param("٤WEB-4", id="Arabic digit before"),
        pytest.param("WEB-4\u0301", id="combining mark behind"),
        pytest.param("WE\u0301B-4", id="combining mark within"),
        pytest.param("WEB\uff0d4 WEB\u20134 WEB\u20114", id="other dashes"),
        pytest.param("WEB\u200b-4", id="zero-width blank within"),
        pytest.param("网站-4", id="where the identifier begins cannot be told"),
    ],
)
def test_what_only_looks_like_a_key_is_none(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("(WEB-4)", id="round brackets"),
        pytest.param("[WEB-4]", id="square brackets"),
        pytest.param("{WEB-4}", id="braces"),
        pytest.param("&lt;WEB-4&gt;", id="angle brackets as Slack sends them"),
        pytest.param("<WEB-4>", id="angle brackets as a command has them"),
        pytest.param("WEB-4.", id="full stop"),
        pytest.param("WEB-4...", id="ellipsis"),
        pytest.param("WEB-4,", id="comma"),
        pytest.param("WEB-4:", id="colon"),
        pytest.param("Closes:WEB-4", id="behind a colon"),
        pytest.param("WEB-4?!", id="marks"),
        pytest.param("WEB-4's", id="genitive"),
        pytest.param("WEB-4\u2019s", id="typeset genitive"),
        pytest.param('"WEB-4"', id="quotes"),
        pytest.param("\u201cWEB-4\u201d", id="typeset quotes"),
        pytest.param("«WEB-4»", id="guillemets"),
        pytest.param("*WEB-4*", id="bold"),
        pytest.param("_WEB-4_", id="italics"),
        pytest.param("~WEB-4~", id="struck through"),
        pytest.param("*_~WEB-4~_*", id="all three"),
        pytest.param("`WEB-4`", id="inline code"),
        pytest.param("&gt; WEB-4", id="quotation"),
        pytest.param("- WEB-4", id="list"),
        pytest.param("-WEB-4", id="list without a blank"),
        pytest.param("WEB-4 - draft", id="dash"),
        pytest.param("WEB-4--draft", id="typed dash"),
        pytest.param("WEB-4—draft", id="long dash"),
        pytest.param("WEB-4-", id="dash at the end"),
        # Slack sends a channel as <#C1>, so a sign before a key is how some write
        # a number; it makes nothing else of the key.
        pytest.param("#WEB-4", id="number sign"),
        pytest.param(":WEB-4:", id="no emoji has capitals"),
        pytest.param("🎉WEB-4🎉", id="emoji"),
        pytest.param(":tada:WEB-4:tada:", id="emoji names"),
        pytest.param("请看WEB-4谢谢", id="Chinese"),
        pytest.param("WEB-4を見て", id="Japanese"),
        pytest.param("WEB-4。", id="Japanese full stop"),
        pytest.param("WEB-4를", id="Korean"),
        pytest.param("ดูWEB-4", id="Thai"),
        pytest.param("בWEB-4", id="Hebrew"),
        pytest.param("\u200fWEB-4\u200e", id="direction marks"),
        pytest.param("\ud800WEB-4\udc00", id="lone surrogates"),
        pytest.param("WEB-4\x00", id="a NUL"),
    ],
)
def test_what_stands_around_a_key_does_not_hide_it(text):
    assert found(text) == ["WEB-4"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("```WEB-4```", [], id="on one line"),
        pytest.param("```\nWEB-4\n```", [], id="on lines"),
        pytest.param("```WEB-4``` OPS-1", ["OPS-1"], id="text behind"),
        pytest.param("A-1 ```WEB-4``` B-2 ```C-3```", ["A-1", "B-2"], id="two"),
        pytest.param(f"```<{HOME}/browse/WEB-4/>```", [], id="a link"),
        pytest.param("```WEB-4", ["WEB-4"], id="never closed, so shown as text"),
        pytest.param("WEB```x```-4", [], id="nothing grows together over it"),
    ],
)
def test_a_code_block_does_not_count(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("<@U1>", id="user"),
        pytest.param("<@U1|WEB-4>", id="user with a label"),
        pytest.param("<@WEB-4>", id="user with an odd id"),
        pytest.param("<#C1|web-4>", id="channel"),
        pytest.param("<#C1|>", id="private channel"),
        pytest.param("<!here>", id="special"),
        pytest.param("<!subteam^S1|@web-4>", id="group"),
        pytest.param("<!date^1^{date}|WEB-4>", id="date"),
        pytest.param("<mailto:web-4@x.com|WEB-4>", id="mail"),
        pytest.param("<tel:WEB-4|WEB-4>", id="telephone"),
        pytest.param("<https://x.com/WEB-4>", id="another site"),
        pytest.param("<https://x.com/?q=WEB-4|WEB-4>", id="another site with a label"),
        pytest.param("<https://x.com/?a=1&amp;q=WEB-4>", id="another site's query"),
        pytest.param("<http://WEB-4.de|WEB-4.de>", id="what Slack takes for a site"),
        pytest.param("https://x.com/?q=WEB-4", id="another site without brackets"),
        pytest.param("ftp://x.com/a,WEB-4", id="another scheme without brackets"),
    ],
)
def test_a_mention_or_a_link_elsewhere_does_not_count(token):
    assert found(f"OPS-1 {token} OPS-2") == ["OPS-1", "OPS-2"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(f"{HOME}/browse/WEB-4/", "WEB-4", id="browse"),
        pytest.param(f"{HOME}/browse/WEB-4", "WEB-4", id="no trailing slash"),
        pytest.param(f"{HOME}/browse/web-4/", "WEB-4", id="small letters"),
        pytest.param(f"{HOME}/browse/WEB-4/?a=b&amp;c=OPS-1", "WEB-4", id="query"),
        pytest.param(f"{HOME}/browse/WEB-4#OPS-1", "WEB-4", id="fragment"),
        pytest.param(f"{HOME}/browse/2024-12/", "2024-12", id="identifier of digits"),
        pytest.param(f"{HOME}/browse/%C3%87AY-4/", "ÇAY-4", id="percent-encoded"),
        pytest.param(f"{HOME}/browse/网站-4/", "网站-4", id="any script"),
        pytest.param(ISSUE, f"{PROJECT}/{ITEM}", id="issues"),
        pytest.param(f"{ISSUE}/", f"{PROJECT}/{ITEM}", id="issues, slash"),
        pytest.param(f"{ISSUE}?x=1#y", f"{PROJECT}/{ITEM}", id="issues, query"),
        pytest.param(
            ISSUE.replace("/issues/", "/work-items/"),
            f"{PROJECT}/{ITEM}",
            id="work-items",
        ),
        pytest.param(
            f"{HOME}/projects/{PROJECT.upper()}/issues/{ITEM.upper()}",
            f"{PROJECT}/{ITEM}",
            id="UUIDs in capitals",
        ),
        pytest.param(
            "HTTPS://Plane.Example.com:443/acme/browse/WEB-4/",
            "WEB-4",
            id="host in another spelling",
        ),
    ],
)
@pytest.mark.parametrize(
    "written",
    [
        pytest.param("<{}>", id="link"),
        pytest.param("<{}|WEB-9>", id="label disagrees"),
        pytest.param("see <{}|the login page>.", id="label in words"),
        pytest.param("<{0}|x> <{0}>", id="twice"),
        pytest.param("{}", id="bare"),
        pytest.param("({}).", id="bare in brackets"),
        pytest.param("_{}_,", id="bare in italics"),
    ],
)
def test_a_link_to_our_plane_counts_by_its_address(url, expected, written):
    assert found(written.format(url)) == [expected]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://plane.example.org/acme/browse/WEB-4/", id="host"),
        pytest.param("https://x.plane.example.com/acme/browse/WEB-4/", id="subdomain"),
        pytest.param("http://plane.example.com/acme/browse/WEB-4/", id="scheme"),
        pytest.param("http://plane.example.com:443/acme/browse/WEB-4/", id="its port"),
        pytest.param("https://plane.example.com:8443/acme/browse/WEB-4/", id="port"),
        pytest.param("https://plane.example.com:x/acme/browse/WEB-4/", id="no port"),
        pytest.param("https://a@plane.example.com/acme/browse/WEB-4/", id="user"),
        pytest.param("https://plane.example.com@x.com/acme/browse/WEB-4/", id="fake"),
        pytest.param("https://plane.example.com/other/browse/WEB-4/", id="workspace"),
        pytest.param("https://plane.example.com/Acme/browse/WEB-4/", id="its case"),
        pytest.param("https://plane.example.com/browse/WEB-4/", id="no workspace"),
        pytest.param("https://plane.example.com/x/acme/browse/WEB-4/", id="prefix"),
        pytest.param(f"{HOME}/browse/WEB-04/", id="leading zero"),
        pytest.param(f"{HOME}/browse/WEB-%D9%A4/", id="Arabic digit"),
        pytest.param(f"{HOME}/browse/WEB-4-5/", id="two numbers"),
        pytest.param(f"{HOME}/browse/WEB%2F-4/", id="encoded slash"),
        pytest.param(f"{HOME}/browse/%FF-4/", id="no UTF-8"),
        pytest.param(f"{HOME}/browse/WEB-4/more", id="longer path"),
        pytest.param(f"{HOME}/browse/WEB-4//", id="two slashes"),
        pytest.param(f"{HOME}/projects/{PROJECT}/issues/", id="list"),
        pytest.param(f"{HOME}/projects/{PROJECT}/cycles/{ITEM}", id="cycle"),
        pytest.param(f"{HOME}/projects/WEB/issues/{ITEM}", id="no UUID"),
        pytest.param(f"{HOME}/projects/{PROJECT}/issues/{ITEM}0", id="long UUID"),
        pytest.param(f"{HOME}/?q=WEB-4", id="query only"),
        pytest.param(f"{HOME}/browse/WEB-4/?{'x' * 2048}", id="overlong"),
        pytest.param("https://[::1/acme/browse/WEB-4/", id="broken host"),
        pytest.param("https://plane。example.com/acme/browse/WEB-4/", id="NFKC host"),
    ],
)
@pytest.mark.parametrize("written", ["<{}>", "<{}|WEB-4>", "{}"])
def test_a_link_to_another_place_does_not_count(url, written):
    assert found(written.format(url)) == []


def test_host_port_and_path_prefix_are_those_of_the_setting():
    links = PlaneLinks(app_url="http://127.0.0.1:8080/plane", workspace="acme")
    ours = "<http://127.0.0.1:8080/plane/acme/browse/WEB-4/>"
    others = (
        "<http://127.0.0.1:8080/acme/browse/WEB-5/> <http://127.0.0.1/plane/acme/"
        "browse/WEB-6/> <http://127.0.0.1:8080/planes/acme/browse/WEB-7/>"
    )

    assert found(f"{others} {ours}", links) == ["WEB-4"]


def test_a_key_and_its_link_count_once():
    assert found(f"WEB-4: <{HOME}/browse/WEB-4/|WEB-4>") == ["WEB-4"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("A-1 &amp; B-2", ["A-1", "B-2"], id="the three are decoded"),
        pytest.param("R&amp;amp;D-4", ["D-4"], id="once: it shows R&amp;D-4"),
        pytest.param("WEB&#45;4", [], id="no other entity is"),
        pytest.param("&lt;@U1|A-1&gt;", ["A-1"], id="after tokens are told apart"),
    ],
)
def test_slacks_escaping_is_undone_once(text, expected):
    assert found(text) == expected


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece",
    [
        "A-1-",
        "-1",
        "A-1_",
        "```",
        "`",
        "<",
        "<@",
        "<a:",
        "a",
        "a:",
        "A_",
        "&amp;",
        "https://",
        "a-1",
        f"<{HOME}/browse/",
        "-",
        "_",
        "/",
        "\u0301",
        "<@U1|",
        "<a:b|",
    ],
)
def test_a_megabyte_of_hostile_text_takes_one_pass(piece):
    # Anything quadratic would need 10^12 steps, hours instead of the seconds given.
    assert found(piece * (1_000_000 // len(piece))) == []


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "start", ["<", "<@", "<a:", "<a:|", "```", "a://", "-", "A-1_"]
)
@pytest.mark.parametrize("rest", ["x", "`", "|", "_", "-", ":", "\u0301"])
def test_what_is_opened_and_never_closed_takes_one_pass(start, rest):
    assert set(found(start + rest * 1_000_000)) <= {"A-1"}


def test_no_pattern_repeats_a_repetition():
    names = vars(reference_search) | vars(references)
    patterns = [each for each in names.values() if isinstance(each, re.Pattern)]

    assert len(patterns) >= 6
    assert not [p.pattern for p in patterns if re.search(r"[+*}]\)[+*{]", p.pattern)]


UUIDS = st.uuids().map(str)
IDS = st.builds(WorkItemId, UUIDS, UUIDS)
MARKUP = st.text(
    st.sampled_from("<>|@#!`&;:/.-_*~ \nab1W4é网\ud800")
) | st.sampled_from(
    [
        "```",
        "<@U1|",
        f"<{HOME}/browse/WEB-4|",
        "https://",
        "&amp;",
        "WEB-4",
        "<http://[",
    ]
)


@given(st.text() | st.lists(MARKUP).map("".join))
def test_no_text_makes_the_search_fail(text):
    for reference in find_references(text, links=PLANE):
        assert parse_reference(print_reference(reference)) == reference


@given(st.text(), st.text())
def test_no_link_makes_the_search_fail(host, path):
    found(f"<https://{host}/{path}> https://{host}/{path}")


TEXT_KEYS = st.builds(
    WorkItemKey,
    st.from_regex(r"[A-Za-zÇŞĞİÖÜДж][A-Za-z0-9]{0,11}", fullmatch=True),
    st.integers(1, 2**31 - 1),
)
NOISE = st.sampled_from(
    [
        "see",
        "WEB_4",
        "a/WEB-4",
        "```WEB-4```",
        "<@U1|WEB-4>",
        "<https://x.com/WEB-4>",
        "2024-12",
        ":web-4:",
        "WEB-4.png",
        "&amp;",
        "<!here>",
        "—",
    ]
)
FOUND = TEXT_KEYS.flatmap(
    lambda key: st.sampled_from(
        [
            f"{key}",
            f"({key})",
            f"*{key}*",
            f"`{key}`",
            f"{key}.",
            f"_{key}_",
            f"<{HOME}/browse/{key}/>",
            f"<{HOME}/browse/{key}/|WEB-9>",
        ]
    ).map(lambda text: (key, text))
) | IDS.map(lambda ids: (ids, f"<{HOME}/projects/{str(ids).replace('/', '/issues/')}>"))


@given(st.lists(FOUND | NOISE.map(lambda text: (None, text))))
def test_of_known_pieces_exactly_the_references_are_found(pieces):
    text = " ".join(piece for _, piece in pieces)
    expected = tuple(dict.fromkeys(ref for ref, _ in pieces if ref is not None))

    assert find_references(text, links=PLANE) == expected
