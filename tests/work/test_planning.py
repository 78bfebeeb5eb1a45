"""A share is looked at: what it refers to, and what of that may be attached."""

import pytest

from bot.config import PrivateFiles
from bot.domain.references import WorkItemKey
from bot.errors import DAY
from bot.sandbox.wire import Fault, cut
from bot.work.planning import MOST_ITEMS
from bot.work.runner import Job, JobKind
from tests.work.bench import LINKS
from tests.work.values import item_id


def test_a_share_is_planned_and_handed_over(bench):
    _, share_id = bench.share(bench.slack.add_file(), bench.slack.add_file())

    assert len(bench.plan(share_id)) == 2

    assert bench.agenda.jobs == [(Job(JobKind.REPLY, share_id, "CGENERAL"), 0.0)]
    assert bench.plan(share_id) == []


def test_what_looks_like_a_key_and_is_none_is_passed_over(bench):
    _, share_id = bench.share(bench.slack.add_file(), text="UTF-8 and SHA-256")

    assert bench.plan(share_id) == []

    bench.reply(share_id)
    assert bench.slack.calls("chat.postMessage") == []


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"user": "USTRANGER", "channel": "CSHARED"}, "ExternalPerson"),
        ({"channel": "CSECRET"}, "PrivateConversation"),
    ],
)
def test_what_the_settings_do_not_allow_is_told_and_not_attached(bench, options, code):
    _, share_id = bench.share(bench.slack.add_file(), text="WEB-1 UTF-8", **options)

    assert bench.plan(share_id, private=PrivateFiles.DENY) == []

    (item,) = bench.ledger.replies.get(share_id).report.items
    assert (item.key, item.problem.code) == ("WEB-1", code)
    assert bench.plane.exchanges("plane.work_item") == []


def test_what_was_undone_is_not_attached_again_against_a_setting_of_today(bench):
    file = bench.slack.add_file()
    _, share_id = bench.share(file, channel="CSECRET")
    (attachment_id,) = bench.plan(share_id)
    bench.attach(attachment_id)
    press = bench.press(share_id, channel="CSECRET")
    assert bench.ledger.presses.undo(press) == [attachment_id]
    bench.attach(attachment_id)

    assert bench.ledger.presses.retry(press)
    assert bench.plan(share_id, private=PrivateFiles.DENY) == []

    assert bench.outcome(share_id) == "PrivateConversation"
    assert bench.attached() == []


def test_what_a_setting_of_today_keeps_from_one_share_another_may_have(bench):
    file = bench.slack.add_file()
    _, private_id = bench.share(file, channel="CSECRET")
    (attachment_id,) = bench.plan(private_id)
    bench.attach(attachment_id)
    press = bench.press(private_id, channel="CSECRET")
    bench.ledger.presses.undo(press)
    bench.attach(attachment_id)
    bench.ledger.presses.retry(press)
    bench.plan(private_id, private=PrivateFiles.DENY)

    _, public_id = bench.share(file)
    assert bench.plan(public_id, private=PrivateFiles.DENY) == [attachment_id]
    bench.attach(attachment_id)

    assert bench.attached() == [file.sha256]
    assert bench.outcome(private_id) == "PrivateConversation"


def test_what_the_settings_allow_is_attached(bench):
    file = bench.slack.add_file()
    _, share_id = bench.share(file, user="USTRANGER", channel="CSHARED")

    assert len(bench.plan(share_id, external=True)) == 1


def test_a_link_to_a_work_item_is_planned_under_its_key(bench):
    row = bench.plane.state.work_item("WEB-2")
    url = f"{LINKS.app_url}/acme/projects/{row.project_id}/issues/{row.id}"
    _, share_id = bench.share(bench.slack.add_file(), text=f"<{url}>")

    assert len(bench.plan(share_id)) == 1

    (item,) = bench.ledger.replies.get(share_id).report.items
    assert item.key == "WEB-2"


def test_a_link_to_nothing_is_told(bench):
    project = bench.plane.state.project("WEB")
    url = f"{LINKS.app_url}/acme/projects/{project.id}/issues/{item_id(9)}"
    _, share_id = bench.share(bench.slack.add_file(), text=f"<{url}>")

    assert bench.plan(share_id) == []

    (item,) = bench.ledger.replies.get(share_id).report.items
    assert item.problem.code == "WorkItemNotFound"


def test_while_plane_is_down_a_share_waits(bench):
    bench.plane.fail(Fault("plane.projects", cut, times=9))
    _, share_id = bench.share(bench.slack.add_file())

    assert bench.plan(share_id) == []

    assert (Job(JobKind.SHARE, share_id, "CGENERAL"), bench.clock.now + 0.5) in (
        bench.agenda.jobs
    )
    bench.plane.mend()
    assert len(bench.plan(share_id)) == 1


def test_while_nobody_knows_whether_it_is_a_key_nothing_is_told(bench):
    bench.plane.state.revoke_key("plane_api_alice")
    message, share_id = bench.share(bench.slack.add_file(), text="WEB-1")

    bench.plan(share_id)
    bench.clock.now += 60
    bench.reply(share_id)

    assert bench.told(message) == []


def test_a_key_that_is_refused_later_is_told_for_what_was_known(bench):
    bench.directory.find_project(WorkItemKey("WEB", 1))
    bench.plane.state.revoke_key("plane_api_alice")
    bench.clock.now += 301
    _, share_id = bench.share(bench.slack.add_file(), text="WEB-1")

    bench.plan(share_id)

    (item,) = bench.ledger.replies.get(share_id).report.items
    assert item.problem.code == "PlaneKeyRefused"


@pytest.mark.parametrize("is_known", [True, False])
def test_a_share_is_given_up_in_the_end(bench, is_known):
    if is_known:
        bench.directory.find_project(WorkItemKey("WEB", 1))
        bench.clock.now += 301
    bench.plane.fail(Fault("plane.projects", cut, times=99))
    _, share_id = bench.share(bench.slack.add_file(), text="WEB-1 UTF-8")
    bench.plan(share_id)
    bench.clock.now += DAY + 1

    assert bench.plan(share_id) == []

    report = bench.ledger.replies.get(share_id).report
    told = [(item.key, item.problem.code) for item in report.items]
    assert told == ([("WEB-1", "GivenUp")] if is_known else [])
    # What may have been known is not dropped without a word: it goes on waiting.
    assert report.is_planned is is_known


def test_more_work_items_than_anybody_means_are_told_and_left_alone(bench):
    keys = " ".join(f"WEB-{number}" for number in range(1, MOST_ITEMS + 2))
    message, share_id = bench.share(bench.slack.add_file(), text=keys)

    assert bench.plan(share_id) == []
    bench.reply(share_id)

    (text,) = bench.told(message)
    assert f"names {MOST_ITEMS + 1} work items" in text
    assert bench.ledger.shares.unfinished() == []
