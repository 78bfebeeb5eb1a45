"""A remote file becomes one link on its work item, however an earlier run ended."""

import threading
from functools import partial

import pytest

from bot.domain.outcomes import ALREADY_LINKED, ATTACHED, LINKED
from bot.domain.references import WorkItemKey
from bot.errors import DAY, HOUR
from bot.sandbox.wire import Fault, answer, cut
from bot.work.attach import AttachWorkflow
from bot.work.ledger.states import AttachmentState
from bot.work.runner import Job, JobKind
from tests.work.values import make_file, make_share

JSON = {"Content-Type": "application/json"}
BROKEN = b'{"error":"Something went wrong please try again later"}'
REFUSED = answer(403, b'{"detail": "You do not have permission"}', JSON)
URL = "https://docs.google.com/document/d/1e8Ltk/edit"


@pytest.fixture
def file(bench):
    return add_remote(bench)


def add_remote(bench, **fields):
    known = {"name": "Plan", "title": "Q1/Q2 plan", "external_url": URL}
    return bench.slack.add_file(mode="external", **{**known, **fields})


def link_by_hand(bench):
    """Add a link as somebody would in Plane; return its id."""
    key = WorkItemKey("WEB", 1)
    item = bench.directory.get_work_item(key, bench.directory.find_project(key))
    return bench.remotes.links.create(item, url=URL, title="by hand")


def shared(bench, file, **options):
    """Share a file and plan it; return its share's id and its attachment's."""
    _, share_id = bench.share(file, **options)
    (attachment_id,) = bench.plan(share_id)
    return share_id, attachment_id


def linked(bench, file, **options):
    """Share a file and have it linked; return its share's id and its attachment's."""
    share_id, attachment_id = shared(bench, file, **options)
    bench.attach(attachment_id)
    return share_id, attachment_id


def urls(bench):
    return [link.url for link in bench.plane.state.links("WEB-1")]


def undo(bench, share_id, attachment_id):
    bench.ledger.presses.undo(bench.press(share_id))
    bench.attach(attachment_id)


def link_calls(bench):
    names = [each.operation for each in bench.plane.exchanges()]
    return [each.removeprefix("plane.") for each in names if "link" in each]


def open_again(bench, attachment_id):
    return bench.ledger.attachments.get_open(attachment_id)


def test_a_remote_file_is_linked_and_told(bench, file, caplog):
    caplog.set_level("INFO")
    message, share_id = bench.share(file)
    (attachment_id,) = bench.plan(share_id)

    bench.attach(attachment_id)

    (link,) = bench.plane.state.links("WEB-1")
    assert (link.url, link.title) == (URL, "Q1/Q2 plan")
    assert bench.agenda.take(JobKind.REPLY) == [share_id]
    bench.reply(share_id)
    (text,) = bench.told(message)
    assert "✅ `Q1/Q2 plan` is linked: it stays with Google Drive." in text
    assert "key=WEB-1 outcome=Linked" in caplog.text
    assert URL not in caplog.text
    assert link_calls(bench) == ["list_links", "create_link"]


def test_nothing_of_it_is_uploaded_or_measured(bench, file):
    linked(bench, file)

    assert bench.records() == []
    assert bench.slack.exchanges("slack.files.download") == []
    assert bench.plane.exchanges("plane.instances") == []


def test_a_remote_file_that_is_shared_again_is_linked_already(bench, file):
    linked(bench, file)

    share_id, _ = linked(bench, file)

    assert bench.outcome(share_id) == ALREADY_LINKED.code
    assert urls(bench) == [URL]


def test_two_shares_that_wait_for_one_link_are_both_told(bench, file):
    first_id, attachment_id = shared(bench, file)
    second_id, _ = shared(bench, file)

    bench.attach(attachment_id)

    assert (bench.outcome(first_id), bench.outcome(second_id)) == (
        LINKED,
        ALREADY_LINKED.code,
    )


def test_another_file_with_the_same_address_is_linked_already(bench, file):
    linked(bench, file)

    share_id, _ = linked(bench, add_remote(bench))

    assert bench.outcome(share_id) == ALREADY_LINKED.code
    assert urls(bench) == [URL]


def test_two_files_with_one_address_at_once_are_one_link(bench, file):
    bench.plane.state.twin_gap = 0.2
    shares = [shared(bench, file), shared(bench, add_remote(bench))]
    threads = [
        threading.Thread(target=bench.attach, args=(attachment_id,))
        for _, attachment_id in shares
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert urls(bench) == [URL]
    outcomes = sorted(bench.outcome(share_id) for share_id, _ in shares)
    assert outcomes == [ALREADY_LINKED.code, LINKED]


def test_two_processes_with_files_of_one_address_make_one_link(bench, file):
    first, first_id = shared(bench, file)
    second, second_id = shared(bench, add_remote(bench))
    other = AttachWorkflow(
        bench.remotes, bench.ledger.attachments, allows_external=False
    )
    bench.plane.fail(
        Fault("plane.create_link", lambda _: bench.attach(second_id, workflow=other))
    )

    bench.attach(first_id)

    assert (bench.outcome(first), bench.outcome(second)) == (LINKED, None)
    assert urls(bench) == [URL]
    bench.attach(second_id, workflow=other)
    assert bench.outcome(second) == ALREADY_LINKED.code
    assert urls(bench) == [URL]


def test_only_who_is_about_to_make_the_same_link_is_waited_for(ledger):
    def plan(number, url, key):
        file = make_file(f"F{number}", mode="external", external_url=url)
        share = make_share(file, ts=f"1700000000.{number:06}", keys=(key,))
        return ledger.plan(share)[1][0]

    first, second = plan(1, URL, "WEB-1"), plan(2, URL, "WEB-1")
    others = [plan(3, f"{URL}#2", "WEB-1"), plan(4, URL, "WEB-2")]
    expect = partial(ledger.attachments.expect_link, within=2.0)

    assert [expect(each) for each in (second, *others)] == [True] * 3
    assert not expect(first)
    ledger.attachments.restart(second)
    assert expect(first)


def test_a_stub_that_turns_out_to_be_remote_is_linked(bench, file):
    share_id, attachment_id = linked(bench, file, channel="CSHARED")

    assert bench.outcome(share_id) == LINKED
    assert bench.lines(share_id)[0].name == "Q1/Q2 plan"
    assert len(bench.slack.calls("files.info")) == 1
    undo_here = bench.press(share_id, channel="CSHARED")
    assert bench.ledger.presses.undo(undo_here) == [attachment_id]
    bench.attach(attachment_id)
    assert urls(bench) == []


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://u:p@example.com/a"]
)
def test_an_address_that_is_none_is_explained(bench, address):
    file = add_remote(bench, external_url=address, url_private=None)

    share_id, _ = linked(bench, file)

    outcome = bench.lines(share_id)[0].outcome
    assert (outcome.code, outcome.facts) == (
        "FileElsewhere",
        {"service": "Google Drive"},
    )
    assert link_calls(bench) == []


def test_an_address_that_plane_does_not_take_is_explained(bench):
    file = add_remote(bench, external_url="https://intranet/plan")

    share_id, _ = linked(bench, file)

    assert bench.outcome(share_id) == "FileElsewhere"
    assert urls(bench) == []


# --- undo ---------------------------------------------------------------------


def test_undo_deletes_the_link_and_retry_makes_it_again(bench, file):
    share_id, attachment_id = linked(bench, file)

    undo(bench, share_id, attachment_id)
    assert urls(bench) == []
    assert bench.outcome(share_id) == "Undone"
    assert bench.ledger.presses.retry(bench.press(share_id))
    assert bench.plan(share_id) == [attachment_id]
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == LINKED
    assert urls(bench) == [URL]


def test_retry_leaves_a_link_whose_it_is(bench, file):
    hosted = bench.slack.add_file()
    hosted.misbehave("sign_in", times=1)
    _, share_id = bench.share(hosted, file)
    for attachment_id in bench.plan(share_id):
        bench.attach(attachment_id)

    assert bench.ledger.presses.retry(bench.press(share_id))
    (again,) = bench.plan(share_id)
    bench.attach(again)

    codes = [line.outcome.code for line in bench.lines(share_id)]
    assert codes == [ATTACHED.code, LINKED]


def test_undo_is_for_the_one_who_linked_it_also_after_it_was_shared_again(bench, file):
    first_id, attachment_id = linked(bench, file)
    second_id, _ = linked(bench, file, user="UBEN")

    assert bench.ledger.presses.undo(bench.press(second_id, user="UBEN")) == []
    undo(bench, first_id, attachment_id)

    assert urls(bench) == []
    assert bench.outcome(second_id) == ALREADY_LINKED.code


def test_a_link_that_somebody_else_made_is_not_undone(bench, file):
    link_by_hand(bench)

    share_id, attachment_id = linked(bench, file)

    assert bench.outcome(share_id) == ALREADY_LINKED.code
    assert bench.ledger.presses.undo(bench.press(share_id)) == []
    bench.attach(attachment_id)
    assert urls(bench) == [URL]


def test_a_link_that_somebody_put_in_the_place_of_ours_is_not_undone(bench, file):
    first_id, _ = linked(bench, file)
    bench.plane.state.link_rows.delete(bench.plane.state.links("WEB-1")[0])
    link_by_hand(bench)
    linked(bench, file)

    assert bench.outcome(first_id) == ALREADY_LINKED.code
    assert bench.ledger.presses.undo(bench.press(first_id)) == []


def test_a_link_that_was_deleted_in_plane_is_made_anew_for_the_next_share(bench, file):
    first_id, attachment_id = linked(bench, file)
    bench.plane.state.link_rows.delete(bench.plane.state.links("WEB-1")[0])

    second_id, _ = linked(bench, file, user="UBEN")

    assert (bench.outcome(first_id), bench.outcome(second_id)) == (
        ALREADY_LINKED.code,
        LINKED,
    )
    assert bench.ledger.presses.undo(bench.press(first_id)) == []
    assert bench.ledger.presses.undo(bench.press(second_id, user="UBEN"))
    bench.attach(attachment_id)
    assert urls(bench) == []


def test_a_link_that_cannot_be_deleted_stays_and_can_be_undone_later(bench, file):
    share_id, attachment_id = linked(bench, file)
    bench.plane.fail(Fault("plane.delete_link", REFUSED))

    undo(bench, share_id, attachment_id)
    assert bench.outcome(share_id) == "NotUndone"
    linked(bench, file)
    undo(bench, share_id, attachment_id)

    assert bench.outcome(share_id) == "Undone"
    assert urls(bench) == []


def test_one_that_is_shared_while_its_removal_fails_stays_its_makers(bench, file):
    first_id, attachment_id = linked(bench, file)
    bench.plane.fail(Fault("plane.delete_link", REFUSED))
    bench.ledger.presses.undo(bench.press(first_id))
    second_id, _ = shared(bench, file)

    bench.attach(attachment_id)
    bench.attach(attachment_id)

    assert bench.outcome(second_id) == ALREADY_LINKED.code
    undo(bench, first_id, attachment_id)
    assert bench.outcome(first_id) == "Undone"
    assert urls(bench) == []


def test_a_link_and_not_an_attachment_is_removed_whatever_the_event_said(bench, file):
    """An older share of a stub comes first while a newer one's try is under way."""
    old_id, attachment_id = shared(bench, file, channel="CSHARED")
    bench.slack.state.files[file.id].info_error = "access_denied"
    bench.attach(attachment_id)
    assert bench.outcome(old_id) == "FileInvisible"
    _, new_id = bench.share(file)
    bench.plan(new_id)
    place = bench.press(old_id, channel="CSHARED")

    def retry_the_old_one(request):
        assert bench.ledger.presses.retry(place)
        assert bench.plan(old_id) == [attachment_id]

    bench.plane.fail(Fault("plane.create_link", retry_the_old_one))
    bench.attach(attachment_id)
    assert (bench.outcome(old_id), bench.outcome(new_id)) == (
        LINKED,
        ALREADY_LINKED.code,
    )
    bench.ledger.presses.undo(place)
    assert open_again(bench, attachment_id).file.is_stub
    bench.attach(attachment_id)

    assert bench.outcome(old_id) == "Undone"
    assert urls(bench) == []


# --- when it ends in between ----------------------------------------------------


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize(
    "action", [cut, answer(500, BROKEN, JSON)], ids=["no answer", "500"]
)
def test_an_unclear_answer_makes_one_link_which_is_ours(bench, file, action, phase):
    bench.plane.fail(Fault("plane.create_link", action, phase))
    share_id, attachment_id = shared(bench, file)

    bench.attach(attachment_id)
    assert bench.outcome(share_id) is None
    bench.clock.now += 2
    bench.attach(attachment_id)

    assert urls(bench) == [URL]
    assert bench.outcome(share_id) == LINKED
    undo(bench, share_id, attachment_id)
    assert urls(bench) == []


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_process_that_ended_at_the_post_leaves_one_link_which_is_ours(
    bench, file, phase
):
    """It noted that it was about to make the link, and nothing after that."""
    share_id, attachment_id = shared(bench, file)
    bench.ledger.attachments.expect_link(attachment_id, within=60)
    if phase == "after":
        link_by_hand(bench)  # as the process did

    before = len(bench.plane.exchanges())
    bench.attach(attachment_id)
    assert len(bench.plane.exchanges()) == before
    bench.clock.now += 60
    bench.attach(attachment_id)

    assert urls(bench) == [URL]
    assert bench.outcome(share_id) == LINKED


@pytest.mark.parametrize("operation", ["list_links", "work_item_by_id"])
def test_what_ended_before_the_post_makes_nobody_elses_link_ours(
    bench, file, operation
):
    bench.plane.fail(Fault(f"plane.{operation}", cut))
    share_id, attachment_id = shared(bench, file)
    bench.attach(attachment_id)
    link_by_hand(bench)

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == ALREADY_LINKED.code


def test_somebody_who_is_quicker_keeps_the_link(bench, file):
    """Between the look and the post."""
    share_id, attachment_id = shared(bench, file)
    bench.plane.fail(
        Fault("plane.create_link", lambda request: link_by_hand(bench) and None)
    )

    bench.attach(attachment_id)
    retry = Job(JobKind.ATTACHMENT, attachment_id, "CGENERAL"), bench.clock.now + 0.5
    assert retry in bench.agenda.jobs
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == ALREADY_LINKED.code
    assert urls(bench) == [URL]


def test_a_link_that_came_late_from_an_earlier_try_is_ours(bench, file):
    """Plane was at it still when it was looked for."""
    share_id, attachment_id = shared(bench, file)
    bench.plane.fail(Fault("plane.create_link", cut))
    bench.attach(attachment_id)
    bench.plane.fail(
        Fault("plane.create_link", lambda request: link_by_hand(bench) and None)
    )

    bench.clock.now += 2
    bench.attach(attachment_id)
    bench.attach(attachment_id)

    assert bench.outcome(share_id) == LINKED
    assert urls(bench) == [URL]


@pytest.mark.parametrize(
    "no",
    [
        answer(429, b"{}", {"Retry-After": "1"}),
        answer(400, b'{"error": "URL already exists for this Issue"}', JSON),
    ],
    ids=["429", "400"],
)
def test_a_plain_no_leaves_nothing_expected(bench, file, no):
    share_id, attachment_id = shared(bench, file)
    bench.plane.fail(Fault("plane.create_link", no))

    bench.attach(attachment_id)

    open_ = open_again(bench, attachment_id)
    assert (open_.state, open_.expects_link) == (AttachmentState.PENDING, False)
    link_by_hand(bench)
    bench.attach(attachment_id)
    assert bench.outcome(share_id) == ALREADY_LINKED.code


@pytest.mark.parametrize("is_made", [True, False])
def test_what_is_given_up_leaves_no_link(bench, file, is_made):
    phase = "after" if is_made else "before"
    share_id, attachment_id = shared(bench, file)
    bench.plane.fail(Fault("plane.create_link", cut, phase))
    bench.attach(attachment_id)
    assert len(urls(bench)) == is_made
    bench.plane.fail(Fault("plane.list_links", cut))
    bench.clock.now += DAY + 1

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "GivenUp"
    assert urls(bench) == []


def test_what_is_given_up_leaves_somebody_elses_link(bench, file):
    share_id, attachment_id = shared(bench, file)
    bench.plane.fail(Fault("plane.list_links", cut, times=2))
    bench.attach(attachment_id)
    link_by_hand(bench)
    bench.clock.now += DAY + 1

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "GivenUp"
    assert urls(bench) == [URL]


def test_a_link_that_was_there_stays_where_another_look_at_it_is_given_up(bench, file):
    linked(bench, file)
    second_id, attachment_id = shared(bench, file)
    bench.plane.fail(Fault("plane.list_links", cut, times=2))
    bench.attach(attachment_id)
    bench.clock.now += DAY + 1

    bench.attach(attachment_id)

    assert bench.outcome(second_id) == "GivenUp"
    assert urls(bench) == [URL]


def test_a_link_that_may_be_left_is_left_to_the_log(bench, file, caplog):
    share_id, attachment_id = shared(bench, file)
    bench.plane.fail(Fault("plane.create_link", cut, "after"))
    bench.attach(attachment_id)
    bench.plane.state.leave(bench.plane.state.project("WEB"), "alice")
    bench.clock.now += 2

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "ProjectRefused"
    assert "A link may stay on WEB-1" in caplog.text


def test_a_link_that_cannot_be_taken_back_is_left_to_the_log(bench, file, caplog):
    share_id, attachment_id = shared(bench, file)
    bench.plane.fail(Fault("plane.create_link", cut, "after"))
    bench.attach(attachment_id)
    bench.plane.fail(Fault("plane.list_links", cut, times=2))
    bench.clock.now += DAY + 1

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "GivenUp"
    assert "leaves the record of a link in Plane" in caplog.text


def test_planes_own_errors_are_waited_out_for_an_hour_only(bench, file):
    bench.plane.fail(Fault("plane.create_link", answer(500, BROKEN, JSON), times=9))
    share_id, attachment_id = shared(bench, file)
    bench.attach(attachment_id)
    bench.clock.now += HOUR + 1

    bench.attach(attachment_id)

    assert bench.lines(share_id)[0].outcome.facts["cause"] == "PlaneStumbled"
    assert urls(bench) == []


@pytest.mark.parametrize("change", ["archive", "delete"])
def test_a_work_item_that_went_away_gets_no_link(bench, file, change):
    share_id, attachment_id = shared(bench, file)
    state = bench.plane.state
    getattr(state, change)(state.work_item("WEB-1"))

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "WorkItemNotFound"
    assert link_calls(bench) == ["list_links"]


def test_a_guest_may_not_link_and_is_told(bench, file):
    share_id, attachment_id = shared(bench, file)
    bench.plane.fail(Fault("plane.create_link", REFUSED))

    bench.attach(attachment_id)

    assert bench.outcome(share_id) == "ProjectRefused"
    assert urls(bench) == []


def test_files_and_remote_files_of_one_message_go_their_own_ways(bench, file):
    hosted = bench.slack.add_file()
    _, share_id = bench.share(hosted, file)

    for attachment_id in bench.plan(share_id):
        bench.attach(attachment_id)

    codes = [line.outcome.code for line in bench.lines(share_id)]
    assert codes == [ATTACHED.code, LINKED]
    assert bench.attached() == [hosted.sha256]
    assert urls(bench) == [URL]
