"""Attachments in the ledger: how far each is, and who waits for it."""

import dataclasses
from functools import partial

import pytest
from sqlalchemy import update

from bot.domain.files import SharedFile
from bot.domain.outcomes import ALREADY_ATTACHED, ALREADY_LINKED, ATTACHED, Outcome
from bot.errors import FileEmpty, FileTooLarge, PlaneUnavailable, StorageUnavailable
from bot.work.ledger.attempts import Attempts
from bot.work.ledger.deciding import Decided
from bot.work.ledger.schema import attachments
from bot.work.ledger.states import AttachmentState
from tests.work.values import item_id, make_file, make_share

SECOND = "1700000000.000200"
ASSET = item_id(7)


@pytest.fixture
def attachment_id(ledger):
    """One file of one share, to get onto WEB-1."""
    _, (attachment_id,) = ledger.plan(make_share())
    return attachment_id


def unfinished(ledger):
    """Return the ids of what a start would take up: shares, attachments, replies."""
    parts = (ledger.shares, ledger.attachments, ledger.replies)
    return tuple([row[0] for row in part.unfinished()] for part in parts)


def test_a_file_keeps_its_name_whatever_that_holds(ledger):
    name = "\x00 \ud800 \\u0000 'x' %s :a \N{PAPERCLIP}"
    share = dataclasses.replace(make_share(), files=(make_file(name=name),))

    _, (attachment_id,) = ledger.plan(share)

    assert ledger.attachments.get_open(attachment_id).file.name == name


def test_an_open_attachment_knows_its_file_and_its_work_item(ledger):
    file = make_file(name="план.pdf", mimetype="application/pdf", external_type="x")
    share_id, (attachment_id,) = ledger.plan(make_share(file))

    found = ledger.attachments.get_open(attachment_id)

    assert found.file == file
    assert (found.share_id, found.channel_id) == (share_id, "C1")
    assert (found.item_key, found.work_item_id) == ("WEB-1", item_id(1))
    assert (found.state, found.asset_id) == (AttachmentState.PENDING, None)
    assert found.attempts == Attempts(0, None)


def test_its_steps_are_kept(ledger, attachment_id):
    def state():
        found = ledger.attachments.get_open(attachment_id)
        return found.state, found.asset_id

    ledger.attachments.open(attachment_id, ASSET)
    assert state() == (AttachmentState.OPENED, ASSET)

    ledger.attachments.store(attachment_id)
    assert state() == (AttachmentState.STORED, ASSET)

    ledger.attachments.restart(attachment_id)
    assert state() == (AttachmentState.PENDING, None)


def test_a_link_is_expected_before_it_is_there(ledger, attachment_id):
    ledger.attachments.expect_link(attachment_id, within=2)

    open_ = ledger.attachments.get_open(attachment_id)
    assert (open_.state, open_.asset_id) == (AttachmentState.OPENED, None)
    assert open_.expects_link
    ledger.attachments.restart(attachment_id)
    assert not ledger.attachments.get_open(attachment_id).expects_link


def test_of_files_with_one_address_only_one_at_a_time_expects_the_link(ledger):
    links = [
        make_file(file_id, mode="external", external_url=url)
        for file_id, url in (("F1", "http://a"), ("F2", "http://a"), ("F3", "http://b"))
    ]
    _, (first, second, other) = ledger.plan(make_share(*links))
    _, (elsewhere,) = ledger.plan(make_share(links[1], ts=SECOND, keys=("WEB-2",)))
    expect = partial(ledger.attachments.expect_link, within=2)

    assert expect(first)
    assert not expect(second)
    assert not ledger.attachments.get_open(second).expects_link
    assert expect(first)
    assert expect(other)
    assert expect(elsewhere)
    ledger.attachments.restart(first)
    assert expect(second)
    assert not expect(first)
    ledger.attachments.decide(second, Outcome.linked("Box"), asset_id=ASSET)
    assert expect(first)


def test_of_two_that_expect_one_link_already_the_first_may_go_on(ledger):
    """As versions before this was asked have left them."""
    links = [make_file(each, external_url="https://a") for each in ("F1", "F2")]
    _, (first, second) = ledger.plan(make_share(*links))
    ledger.attachments.expect_link(first, within=2)
    with ledger.database.write() as connection:
        connection.execute(
            update(attachments).values(state=AttachmentState.OPENED, is_link=True)
        )

    assert not ledger.attachments.expect_link(second, within=2)
    assert ledger.attachments.expect_link(first, within=2)


def test_an_upload_is_no_link(ledger, attachment_id):
    ledger.attachments.expect_link(attachment_id, within=2)
    ledger.attachments.open(attachment_id, ASSET)

    open_ = ledger.attachments.get_open(attachment_id)
    assert (open_.is_link, open_.expects_link) == (False, False)


@pytest.mark.parametrize("is_link", [True, False])
def test_only_a_link_is_still_known_when_it_is_looked_at_again(
    ledger, attachment_id, is_link
):
    if is_link:
        ledger.attachments.expect_link(attachment_id, within=2)
    outcome = Outcome.linked("Box") if is_link else ATTACHED
    ledger.attachments.decide(attachment_id, outcome, asset_id=ASSET)

    ledger.plan(make_share(ts=SECOND))

    open_ = ledger.attachments.get_open(attachment_id)
    assert (open_.state, open_.is_link) == (AttachmentState.PENDING, is_link)
    assert open_.asset_id == (ASSET if is_link else None)
    assert not open_.expects_link


def test_a_new_upload_begins_at_no_bytes(ledger, attachment_id):
    ledger.attachments.open(attachment_id, ASSET)
    ledger.attachments.advance(attachment_id, 500)
    ledger.attachments.open(attachment_id, ASSET)

    (item,) = ledger.replies.get(1).report.items
    assert item.files[0].relayed == 0


def test_what_is_decided_is_open_no_more(ledger, attachment_id):
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=ASSET)

    assert ledger.attachments.get_open(attachment_id) is None
    assert ledger.attachments.waiting_shares(attachment_id) == []
    decided = ledger.attachments.decide(attachment_id, ATTACHED, asset_id=ASSET)
    assert decided == Decided([], [])


def test_there_is_no_attachment_that_nobody_asked_for(ledger):
    assert ledger.attachments.get_open(12345) is None


@pytest.mark.parametrize(
    ("outcome", "second"),
    [
        (ATTACHED, ALREADY_ATTACHED),
        (ALREADY_ATTACHED, ALREADY_ATTACHED),
        (Outcome.linked("Box"), ALREADY_LINKED),
        (ALREADY_LINKED, ALREADY_LINKED),
        (Outcome.of(FileTooLarge(9, 5)), Outcome.of(FileTooLarge(9, 5))),
    ],
)
def test_two_shares_that_wait_for_one_attachment_are_both_told(
    ledger, attachment_id, outcome, second
):
    second_id, _ = ledger.plan(make_share(ts=SECOND))
    assert sorted(ledger.attachments.waiting_shares(attachment_id)) == [1, second_id]
    ledger.clock.now += 5

    told, _, _ = ledger.attachments.decide(attachment_id, outcome, asset_id=ASSET)

    assert told == [1, second_id]
    outcomes = [
        ledger.replies.get(share_id).report.items[0].files[0].outcome
        for share_id in told
    ]
    assert outcomes == [outcome, second]
    due = {ledger.replies.get(share_id).due_at for share_id in told}
    assert due == {ledger.clock.now}


def test_the_first_share_that_waits_lends_its_file(ledger):
    late = make_file(url=None, size=None)
    _, (attachment_id,) = ledger.plan(make_share(late))
    ledger.plan(make_share(make_file(name="later.pdf"), ts=SECOND))

    assert ledger.attachments.get_open(attachment_id).file == late


def test_what_files_info_told_is_kept_for_the_next_try(ledger):
    stub = SharedFile("F1", mode="file_access", file_access="check_file_info")
    share_id, (attachment_id,) = ledger.plan(make_share(stub))

    ledger.attachments.describe_file(share_id, make_file(name="shared.pdf"))

    file = ledger.attachments.get_open(attachment_id).file
    assert (file.name, file.is_stub) == ("shared.pdf", False)
    (item,) = ledger.replies.get(share_id).report.items
    assert item.files[0].name == "shared.pdf"


def test_a_postponed_attachment_remembers_since_when_and_why(ledger, attachment_id):
    first = ledger.clock.now

    ledger.attachments.postpone(attachment_id, PlaneUnavailable(), until=first + 1)
    ledger.clock.now += 1
    problem = StorageUnavailable("store", retry_after=9.0)
    ledger.attachments.postpone(attachment_id, problem, until=first + 3)

    found = ledger.attachments.get_open(attachment_id)
    assert found.attempts == Attempts(2, first, "StorageUnavailable", first + 1)
    assert ledger.attachments.unfinished() == [(attachment_id, "C1", first + 3)]
    line = ledger.replies.get(1).report.items[0].files[0]
    assert line.waiting_for == Outcome("StorageUnavailable", {"host": "store"})


def test_a_decision_ends_the_waiting(ledger, attachment_id):
    ledger.attachments.postpone(attachment_id, PlaneUnavailable(), until=5.0)
    ledger.attachments.decide(attachment_id, ATTACHED, asset_id=ASSET)

    line = ledger.replies.get(1).report.items[0].files[0]
    assert (line.outcome, line.waiting_for) == (ATTACHED, None)


def test_a_start_takes_up_whatever_is_not_done(ledger):
    share_id = ledger.shares.add(make_share())
    assert unfinished(ledger) == ([share_id], [], [])

    _, (attachment_id,) = ledger.plan(make_share(ts=SECOND))
    ledger.shares.plan(share_id, [])  # nothing was found out
    assert unfinished(ledger) == ([share_id], [attachment_id], [2])

    for step in (
        lambda: ledger.attachments.open(attachment_id, ASSET),
        lambda: ledger.attachments.store(attachment_id),
        lambda: ledger.attachments.restart(attachment_id),
        lambda: ledger.attachments.expect_link(attachment_id, within=2),
        lambda: ledger.attachments.postpone(attachment_id, PlaneUnavailable(), until=1),
    ):
        step()
        assert unfinished(ledger) == ([share_id], [attachment_id], [2])

    ledger.attachments.decide(attachment_id, Outcome.of(FileEmpty()))
    assert unfinished(ledger) == ([share_id], [], [2])
    ledger.replies.finish(ledger.replies.get(2))
    assert unfinished(ledger) == ([share_id], [], [])


def test_a_start_takes_up_one_attachment_once_however_many_wait(ledger, attachment_id):
    ledger.plan(make_share(ts=SECOND, channel_id="C0"))

    assert [row[:2] for row in ledger.attachments.unfinished()] == [
        (attachment_id, "C0")
    ]
