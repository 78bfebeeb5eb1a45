"""The question whether private files may go to Plane."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.consents import (
    CONSENT,
    REFUSE,
    AskedFile,
    Question,
    build_question,
    write_question,
    write_thanks,
)

#: docs.slack.dev/reference/block-kit/blocks/section-block
LONGEST_SECTION = 3000


def ask(*files, asked_by="UANNA", ids=(1, 2)):
    return Question(17, "UANNA", asked_by, files, ids)


def test_a_question_names_the_file_and_where_it_would_go():
    text = write_question(ask(AskedFile("plan.pdf", ("WEB-1", "WEB-2"))))

    assert text == (
        "May I attach this file of yours in Plane?\n"
        "• `plan.pdf` to WEB-1, WEB-2\n"
        "You shared it in a private conversation; in Plane, everyone who may see the"
        " work item sees it. Nothing is sent before you say yes."
    )


def test_a_question_about_several_files_says_so_and_who_wants_them():
    files = (AskedFile("a.pdf", ("WEB-1",)), AskedFile("b.pdf", ("WEB-2",)))

    text = write_question(ask(*files, asked_by="UBEN"))

    assert text.startswith("May I attach these files of yours in Plane? <@UBEN> asks")
    assert "• `a.pdf` to WEB-1\n• `b.pdf` to WEB-2\nYou shared them" in text


def test_the_buttons_carry_the_share_and_what_was_asked():
    question = ask(AskedFile("a.pdf", ("WEB-1",)))

    section, actions = build_question("text", question)

    assert section["text"] == {"type": "mrkdwn", "text": "text"}
    value = f"17.{question.digest}"
    assert [(each["action_id"], each["value"]) for each in actions["elements"]] == [
        (CONSENT, value),
        (REFUSE, value),
    ]


def test_a_digest_is_for_what_is_asked_in_any_order():
    assert ask(ids=(1, 2)).digest == ask(ids=(2, 1)).digest
    assert len({ask(ids=ids).digest for ids in ((1,), (2,), (1, 2), (12,))}) == 4


@pytest.mark.parametrize(
    ("is_yes", "first"),
    [(True, "Thanks, I attach:"), (False, "I send nothing of this to Plane:")],
)
def test_the_answer_names_what_it_was_about(is_yes, first):
    told = write_thanks(ask(AskedFile("a.pdf", ("WEB-1",))), is_yes=is_yes)

    assert told == f"{first}\n• `a.pdf` to WEB-1"


FILES = st.builds(
    AskedFile,
    st.text() | st.text(alphabet="<>&`* \n", min_size=50, max_size=255),
    st.lists(
        st.from_regex(r"[A-Z]{1,12}-[1-9][0-9]{0,8}", fullmatch=True)
        | st.text(alphabet="<>&", min_size=1, max_size=64),
        min_size=1,
        max_size=30,
    ).map(tuple),
)


@settings(max_examples=25)  # large ones
@given(st.lists(FILES, min_size=1, max_size=200).map(tuple))
def test_however_much_is_asked_slack_takes_it_and_nothing_in_it_comes_alive(files):
    question = ask(*files)

    for text in (write_question(question), write_thanks(question, is_yes=True)):
        assert len(text) <= LONGEST_SECTION
        assert "<" not in text
        named = text.count("\n• ")
        assert named == len(files) or f"• and {len(files) - named + 1} more" in text
