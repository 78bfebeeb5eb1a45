"""What a comment in Plane says: who shared what, where; nothing in it comes alive."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.comments import (
    LONGEST_EXTERNAL_ID,
    MOST_FILES,
    CommentedFile,
    Origin,
    print_external_id,
    write_comment,
)

LINK = "https://acme.slack.com/archives/CGENERAL/p1700000000000100"
GENERAL = Origin(is_private=False, channel="general", link=LINK)
ITEM = "0b0e2a52-7d3c-4b0c-9a51-000000000001"
#: All that a comment may consist of, with the attributes that each may have.
TAGS = {"p": set(), "strong": set(), "ul": set(), "li": set(), "a": {"href"}}

HOSTILE = st.sampled_from(
    [
        *"<>&\"'/\x00\n\u202e\u200d\ud800",
        *("<script>", "</p>", "<!--", "<img src=x onerror=1>", '" onclick="', "'>"),
        *("&lt;b&gt;", "&amp;", "&#60;", "javascript:", "https://"),
    ]
)
text = st.lists(st.one_of(st.characters(), HOSTILE), max_size=12).map("".join)
people = st.one_of(st.none(), text)
links = st.one_of(people, text.map(f"{LINK}?".__add__))


class Reader(HTMLParser):
    """Reads HTML as a browser would; keeps tags, links and the text between them."""

    def __init__(self, comment):
        super().__init__(convert_charrefs=True)
        self.tags, self.links, self.text, self.open = [], [], "", []
        self.feed(comment)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name for name, _ in attrs}))
        self.links += [value for name, value in attrs if name == "href"]
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def test_one_file_is_told_in_one_sentence():
    files = [CommentedFile("design.pdf", "Anna Kern")]

    assert write_comment(files, GENERAL) == (
        "<p><strong>Anna Kern</strong> shared <strong>design.pdf</strong>"
        f' in <a href="{LINK}">#general</a> (Slack).</p>'
    )


def test_several_files_of_one_person_are_listed():
    files = [CommentedFile("a.pdf", "Anna"), CommentedFile("b.pdf", "Anna")]

    assert write_comment(files, GENERAL) == (
        "<p><strong>Anna</strong> shared these files"
        f' in <a href="{LINK}">#general</a> (Slack):</p>'
        "<ul><li>a.pdf</li><li>b.pdf</li></ul>"
    )


def test_of_several_people_each_is_told_with_what_they_shared():
    files = [CommentedFile("a.pdf", "Anna"), CommentedFile("b.pdf", "Ben")]

    comment = write_comment(files, GENERAL)

    assert "<strong>Anna</strong> and <strong>Ben</strong> shared these" in comment
    assert "<li>a.pdf (Anna)</li><li>b.pdf (Ben)</li>" in comment


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (3, "<strong>P0</strong>, <strong>P1</strong> and <strong>P2</strong> shared"),
        (4, "<strong>P2</strong> and 1 other shared"),
        (9, "<strong>P2</strong> and 6 others shared"),
    ],
)
def test_of_many_people_the_rest_is_counted(number, told):
    files = [CommentedFile(f"{each}.pdf", f"P{each}") for each in range(number)]

    assert told in write_comment(files, GENERAL)


@pytest.mark.parametrize(
    ("number", "items", "more"),
    [(MOST_FILES, MOST_FILES, ""), (MOST_FILES + 5, MOST_FILES + 1, "and 5 more")],
)
def test_of_many_files_the_rest_is_counted(number, items, more):
    files = [CommentedFile(f"{each}.pdf", "Anna") for each in range(number)]

    comment = write_comment(files, GENERAL)

    assert comment.count("<li>") == items
    assert comment.endswith(f"<li>{more or '19.pdf'}</li></ul>")


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        (
            Origin(is_private=True, link=LINK),
            f'in <a href="{LINK}">a private conversation</a> (Slack).',
        ),
        (
            Origin(is_private=True, channel="secret", link=LINK),
            f'in <a href="{LINK}">a private conversation</a> (Slack).',
        ),
        (
            Origin(is_private=False, link=LINK),
            f'in <a href="{LINK}">a conversation</a>',
        ),
        (Origin(is_private=False, channel="general"), "in #general (Slack)."),
        (Origin(is_private=True), "in a private conversation (Slack)."),
    ],
)
def test_only_public_channels_are_named(origin, told):
    assert told in write_comment([CommentedFile("a.pdf", "Anna")], origin)


@pytest.mark.parametrize("unknown", [None, "", " \n", "\x00\u202e"])
def test_who_cannot_be_named_is_somebody(unknown):
    comment = write_comment([CommentedFile("a.pdf", unknown)], GENERAL)

    assert comment.startswith("<p><strong>Somebody</strong> shared")


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "slack://open", "//evil.example", "data:text/html,x"],
)
def test_only_links_into_the_web_are_links(link):
    comment = write_comment([CommentedFile("a.pdf")], Origin(False, "general", link))

    assert Reader(comment).links == []


def test_a_link_stays_a_link_whatever_is_in_it():
    link = f"{LINK}?a=1&lt=2\" onclick='x'>"

    read = Reader(write_comment([CommentedFile("a.pdf")], Origin(False, "x", link)))

    assert read.links == [link]
    assert ("a", {"href"}) in read.tags


@given(
    st.lists(st.builds(CommentedFile, text, people), min_size=1, max_size=30),
    st.builds(Origin, st.booleans(), people, links),
)
def test_whatever_things_are_called_nothing_comes_alive(files, origin):
    comment = write_comment(files, origin)

    read = Reader(comment)
    assert read.open == []
    assert [tag for tag, names in read.tags if names != TAGS.get(tag)] == []
    assert all(link == origin.link for link in read.links)
    assert all(char.isprintable() or char in "\u200c\u200d" for char in comment)


def seen(name):
    """Return what can be seen of a name."""
    visible = [c if c.isprintable() or c in "\u200c\u200d" else " " for c in name]
    return " ".join("".join(visible).split())


@given(text, text, text, text)
def test_what_can_be_seen_of_a_name_is_told_as_it_is(one, other, person, channel):
    files = [CommentedFile(one, person), CommentedFile(other, "Ben")]

    shown = Reader(write_comment(files, Origin(False, channel, LINK))).text

    for name, otherwise in [(one, "a file"), (other, "a file"), (person, "Somebody")]:
        assert (seen(name) or otherwise) in shown
    assert (f"#{seen(channel)}" if seen(channel) else "a conversation") in shown


def test_a_name_without_end_is_cut():
    comment = write_comment([CommentedFile("x" * 5000, "y" * 5000)], GENERAL)

    assert len(comment) < 1000


def test_the_external_id_names_place_and_work_item():
    place = "message:C0123ABCD:1700000000.000100"

    assert print_external_id(place, ITEM) == f"{place}:{ITEM}"


places = st.integers(1, 256).flatmap(lambda size: st.text(min_size=size, max_size=256))


@given(places, places)
@example("x" * 256, "x" * 255)
def test_external_ids_fit_and_differ_wherever_places_do(one, other):
    first, second = print_external_id(one, ITEM), print_external_id(other, ITEM)

    assert len(first) <= LONGEST_EXTERNAL_ID
    assert first.endswith(f":{ITEM}")
    assert (first == second) == (one == other)


def test_what_was_uploaded_into_a_form_is_told_as_that():
    origin = Origin(is_private=False, is_upload=True)

    assert write_comment([CommentedFile("a.pdf", "Anna")], origin) == (
        "<p><strong>Anna</strong> shared <strong>a.pdf</strong> in a form (Slack).</p>"
    )
