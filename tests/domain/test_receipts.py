"""What the caller of a command is told of the files that were taken."""

import pytest

from bot.domain.receipts import write_receipt
from tests.work.values import make_file

LINK = "https://acme.slack.com/archives/C1/p1700000000000100?thread_ts=1.1&cid=C1"
TS = "1700000000.000100"


def receipt(*names, link=LINK):
    files = [make_file(f"F{number}", name=name) for number, name in enumerate(names)]
    return write_receipt(files, ts=TS, link=link)


def test_the_files_and_their_message_are_told_with_its_time_and_link():
    assert receipt("a.pdf", "b.pdf") == (
        "I took `a.pdf` and `b.pdf` from <!date^1700000000^your message of {time}"
        "^https://acme.slack.com/archives/C1/p1700000000000100?thread_ts=1.1&amp;cid=C1"
        "|your message>."
    )


def test_without_a_link_the_message_is_told_by_its_time():
    assert receipt("a.pdf", link=None) == (
        "I took `a.pdf` from <!date^1700000000^your message of {time}|your message>."
    )


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (3, "`0.pdf`, `1.pdf` and `2.pdf` from"),
        (10, "`8.pdf` and `9.pdf` from"),
        (12, "`9.pdf` and 2 more from"),
    ],
)
def test_of_many_files_the_rest_is_counted(number, told):
    assert told in receipt(*(f"{each}.pdf" for each in range(number)))


def test_a_name_from_outside_does_no_harm():
    told = receipt("<!channel>`.pdf")

    assert "`&lt;!channel&gt;" in told
    assert "<!channel>" not in told
