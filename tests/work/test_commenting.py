"""A message has one comment on each work item, and it tells what is there."""

import pytest

from bot.clients.plane_writes import LATEST_SECONDS
from bot.domain.mentions import parse_mention
from bot.domain.shares import parse_share
from bot.errors import DAY
from bot.sandbox.wire import Fault, answer, cut
from bot.work.commenting import GATHER_SECONDS
from bot.work.runner import Job, JobKind
from tests.work.bench import LINKS

JSON = {"Content-Type": "application/json"}
#: What the emulated Slack calls them.
ANNA, BEN = "<strong>anna</strong>", "<strong>ben</strong>"


def attached(bench, *files, **options):
    """Share files and have them attached; return the message and the share's id."""
    files = files or (bench.slack.add_file(),)
    message, share_id = bench.share(*files, **options)
    for attachment_id in bench.plan(share_id):
        bench.attach(attachment_id)
    return message, share_id


def undo(bench, share_id):
    for attachment_id in bench.ledger.presses.undo(bench.press(share_id)):
        bench.attach(attachment_id)


def retry(bench, share_id):
    assert bench.ledger.presses.retry(bench.press(share_id))
    for attachment_id in bench.plan(share_id):
        bench.attach(attachment_id)


def more(bench, message):
    """Have an edit add a file to the message; return the attachments to make."""
    message.files.append(bench.slack.add_file(name="more.pdf"))
    bench.slack.edit(message, "WEB-1 again")
    event = bench.slack.events.posted_event(message)
    changed = {"type": "message", "subtype": "message_changed", "message": event}
    changed |= {"channel": message.channel_id, "channel_type": "channel"}
    body = bench.slack.events.envelope(changed, channel_id=message.channel_id)
    return bench.plan(bench.ledger.shares.add(parse_share(body, links=LINKS)))


def calls(bench):
    """Return the names of the calls about comments so far, but for look-ups."""
    names = [each.operation.removeprefix("plane.") for each in bench.plane.exchanges()]
    return [each for each in names if "_comment" in each and each != "list_comments"]


def nothing_left(bench):
    return bench.ledger.comments.unfinished() == []


def test_a_comment_tells_who_shared_what_where(bench):
    message, _ = attached(bench)

    bench.comment()

    link = bench.slack.link(message)
    assert bench.commented() == [
        f"<p>{ANNA} shared <strong>design.pdf</strong>"
        f' in <a href="{link}">#general</a> (Slack).</p>'
    ]
    assert nothing_left(bench)


def test_what_is_attached_submits_its_comment(bench):
    attached(bench)

    assert bench.agenda.take(JobKind.COMMENT) == [1]


def test_a_comment_that_is_as_it_should_be_costs_no_call(bench):
    message, _ = attached(bench)
    bench.comment()
    before = len(bench.slack.calls())

    share_id = bench.react(message, user="UBEN")
    for attachment_id in bench.plan(share_id):
        bench.attach(attachment_id)
    asked = len(bench.slack.calls())
    bench.comment()

    assert nothing_left(bench)
    assert calls(bench) == ["create_comment"]
    assert len(bench.slack.calls()) == asked > before


def test_many_files_are_told_of_by_one_call(bench):
    files = [bench.slack.add_file(name=f"{each}.pdf") for each in range(5)]
    _, share_id = bench.share(*files)

    for attachment_id in bench.plan(share_id):
        bench.attach(attachment_id)
        bench.comment()

    (comment,) = bench.commented()
    assert comment.count("<li>") == 5
    assert calls(bench) == ["create_comment"]


def test_a_file_that_does_not_come_is_not_waited_for_without_end(bench):
    files = [bench.slack.add_file(name=f"{each}.pdf") for each in range(2)]
    _, share_id = bench.share(*files)
    first, second = bench.plan(share_id)
    bench.attach(first)
    bench.agenda.jobs.clear()

    bench.comment()
    again = Job(JobKind.COMMENT, 1, "CGENERAL")
    assert bench.agenda.jobs == [(again, bench.clock.now + GATHER_SECONDS)]
    bench.clock.now += GATHER_SECONDS
    bench.comment()
    assert "0.pdf" in bench.commented()[0]

    bench.attach(second)
    bench.comment()
    (comment,) = bench.commented()
    assert "<li>0.pdf</li><li>1.pdf</li>" in comment
    assert nothing_left(bench)


def test_what_is_undone_takes_its_comment_along(bench):
    _, share_id = attached(bench)
    bench.comment()

    undo(bench, share_id)
    bench.comment()

    assert bench.commented() == []
    assert nothing_left(bench)


def test_what_is_attached_again_is_told_of_again(bench):
    _, share_id = attached(bench)
    bench.comment()
    undo(bench, share_id)
    bench.comment()

    retry(bench, share_id)
    bench.comment()

    assert len(bench.commented()) == 1
    assert calls(bench) == ["create_comment", "delete_comment", "create_comment"]


def test_what_is_undone_before_it_was_told_of_is_never_told_of(bench):
    _, share_id = attached(bench)

    undo(bench, share_id)
    bench.comment()

    assert calls(bench) == []
    assert nothing_left(bench)


def test_files_of_several_people_are_told_with_their_people(bench):
    root = bench.slack.share([bench.slack.add_file(name="a.pdf")])
    bens = bench.slack.add_file(name="b.pdf", user="UBEN")
    bench.slack.share([bens], user="UBEN", thread_ts=root.ts)
    mention = bench.slack.post("<@UBOT> WEB-1", user="UBEN", thread_ts=root.ts)

    share = parse_mention(bench.heard(mention), links=LINKS)
    share_id = bench.ledger.shares.add(share)
    for attachment_id in bench.plan(share_id):
        bench.attach(attachment_id)
    bench.comment()

    (comment,) = bench.commented()
    assert f"{ANNA} and {BEN} shared these files" in comment
    assert "<li>a.pdf (anna)</li><li>b.pdf (ben)</li>" in comment
    assert bench.slack.link(mention).replace("&", "&amp;") in comment


@pytest.mark.parametrize("channel", ["CSECRET", "GTRIO", "DANNA"])
def test_a_private_conversation_is_not_named_but_linked(bench, channel):
    message, _ = attached(bench, channel=channel)

    bench.comment()

    (comment,) = bench.commented()
    assert f'<a href="{bench.slack.link(message)}">a private conversation</a>' in (
        comment
    )
    assert bench.slack.state.channels[channel].name not in comment
    assert bench.slack.calls("conversations.info") == []


# --- names --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "told"),
    [("users:read", "Somebody</strong> shared"), ("channels:read", ">a conversation<")],
)
def test_a_scope_that_is_missing_costs_a_name_only(bench, caplog, scope, told):
    bench.slack.scopes.discard(scope)
    attached(bench)

    bench.comment()

    (comment,) = bench.commented()
    assert told in comment
    assert nothing_left(bench)
    assert ("users:read" in caplog.text) is (scope == "users:read")


def test_a_person_whom_slack_does_not_show_is_somebody(bench):
    attached(bench)
    refusal = b'{"ok": false, "error": "user_not_visible"}'
    bench.slack.fail(Fault("slack.users.info", answer(200, refusal, JSON)))

    bench.comment()

    assert "<strong>Somebody</strong>" in bench.commented()[0]


def test_where_slack_does_not_tell_where_it_is_a_comment_has_no_link(bench):
    attached(bench)
    refusal = b'{"ok": false, "error": "team_access_not_granted"}'
    bench.slack.fail(Fault("slack.auth.test", answer(200, refusal, JSON), times=2))

    bench.comment()

    (comment,) = bench.commented()
    assert "#general" in comment
    assert "href" not in comment


@pytest.mark.parametrize("method", ["users.info", "auth.test", "conversations.info"])
def test_a_slack_that_is_away_is_waited_for(bench, method):
    attached(bench)
    bench.slack.fail(Fault(f"slack.{method}", cut, times=2))

    bench.comment()
    assert calls(bench) == []
    assert not nothing_left(bench)

    bench.clock.now += 1
    bench.comment()
    assert f"{ANNA} shared" in bench.commented()[0]
    assert "#general" in bench.commented()[0]


def test_a_hostile_name_is_harmless(bench):
    bench.slack.state.users["UANNA"].name = "<script>alert(1)</script>"

    attached(bench, bench.slack.add_file(name='"><img src=x onerror=alert(1)>.pdf'))
    bench.comment()

    (comment,) = bench.commented()
    assert "<script" not in comment
    assert "<img" not in comment


# --- Plane is away, or says no ------------------------------------------------


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_comment_whose_answer_is_lost_is_never_doubled(bench, phase):
    attached(bench)
    bench.plane.fail(Fault("plane.create_comment", cut, phase=phase))

    bench.comment()
    _, at = bench.agenda.jobs[-1]
    assert at >= bench.clock.now + 2
    bench.clock.now += 2
    bench.comment()

    assert len(bench.commented()) == 1
    assert nothing_left(bench)


def test_a_comment_that_an_earlier_run_made_is_brought_up_to_date(bench):
    message, _ = attached(bench)
    bench.plane.fail(Fault("plane.create_comment", cut, phase="after"))
    bench.comment()

    for attachment_id in more(bench, message):
        bench.attach(attachment_id)
    bench.clock.now += 2
    bench.comment()

    (comment,) = bench.commented()
    assert "<li>design.pdf</li><li>more.pdf</li>" in comment


@pytest.mark.parametrize(("phase", "deleted"), [("before", 0), ("after", 1)])
def test_what_was_undone_after_a_lost_answer_is_looked_for(bench, phase, deleted):
    _, share_id = attached(bench)
    bench.plane.fail(Fault("plane.create_comment", cut, phase=phase))
    bench.comment()

    undo(bench, share_id)
    bench.clock.now += 2
    bench.comment()

    assert bench.commented() == []
    assert calls(bench).count("delete_comment") == deleted
    assert calls(bench).count("create_comment") == 1
    assert nothing_left(bench)


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("operation", ["update", "delete"])
def test_a_change_whose_answer_is_lost_is_made_again(bench, operation, phase):
    message, share_id = attached(bench)
    bench.comment()
    bench.plane.fail(Fault(f"plane.{operation}_comment", cut, phase=phase))
    if operation == "update":
        for attachment_id in more(bench, message):
            bench.attach(attachment_id)
    else:
        undo(bench, share_id)

    bench.comment()
    assert not nothing_left(bench)
    bench.clock.now += 10
    bench.comment()

    comments = bench.commented()
    assert ["more.pdf" in each for each in comments] == [True] * (operation == "update")
    assert nothing_left(bench)


def test_what_plane_throttles_was_not_made_and_waits_as_long_as_it_says(bench):
    _, share_id = attached(bench)
    wait = answer(429, b"{}", {"Retry-After": "1", **JSON})
    bench.plane.fail(Fault("plane.create_comment", wait))

    bench.comment()
    assert bench.agenda.jobs[-1][1] == bench.clock.now + 1
    undo(bench, share_id)
    bench.clock.now += 1
    bench.comment()

    assert calls(bench) == ["create_comment"]  # nothing to look for


def test_what_is_refused_after_a_lost_answer_may_be_there_still(bench):
    _, share_id = attached(bench)
    wait = answer(429, b"{}", {"Retry-After": "1", **JSON})
    bench.plane.fail(Fault("plane.create_comment", cut, phase="after"))
    bench.comment()
    bench.plane.fail(Fault("plane.create_comment", wait))
    bench.clock.now += 2
    bench.comment()
    assert len(bench.commented()) == 1

    undo(bench, share_id)
    bench.clock.now += 2
    bench.comment()

    assert bench.commented() == []


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (
            403,
            b'{"detail":"You do not have permission to perform this action."}',
            "has to make the owner of PLANE_API_KEY a member of that project",
        ),
        (
            403,
            b'{"detail":"Given API token is not valid"}',
            "has to set a new PLANE_API_KEY",
        ),
        (400, b'{"error":"The payload is not valid"}', "Plane has no WEB-1"),
        (400, b"{}", "HTTP status 400"),
    ],
)
def test_what_will_not_pass_is_logged_with_what_to_do(
    bench, caplog, status, body, told
):
    message, share_id = attached(bench)
    bench.plane.fail(Fault("plane.create_comment", answer(status, body, JSON)))

    bench.comment()
    bench.reply(share_id)

    assert told in caplog.text
    assert nothing_left(bench)
    (text,) = bench.told(message)
    assert "comment" not in text
    assert "`design.pdf` is attached." in text


def test_a_comment_that_was_given_up_is_made_with_the_next_file(bench):
    message, _ = attached(bench)
    refused = answer(403, b'{"detail":"You do not have permission."}', JSON)
    bench.plane.fail(Fault("plane.create_comment", refused))
    bench.comment()

    for attachment_id in more(bench, message):
        bench.attach(attachment_id)
    bench.comment()

    assert "<li>design.pdf</li><li>more.pdf</li>" in bench.commented()[0]


def test_a_comment_is_given_up_after_a_day(bench, caplog):
    attached(bench)
    bench.plane.fail(Fault("plane.create_comment", answer(503), times=2))
    bench.comment()
    assert not nothing_left(bench)

    bench.clock.now += DAY + 1
    bench.comment()

    assert nothing_left(bench)
    assert "Plane does not answer me about the comment." in caplog.text


def test_a_fault_of_ones_own_is_waited_out_too(bench, caplog):
    attached(bench)

    class Broken:
        def create(self, *args, **kwargs):
            raise ZeroDivisionError

    whole, bench.comments = bench.comments, Broken()
    bench.comment()
    assert "ZeroDivisionError" in caplog.text
    bench.comments = whole
    bench.clock.now += 1
    bench.comment()

    assert len(bench.commented()) == 1


# --- what may come late ---------------------------------------------------------


def test_a_comment_that_a_killed_bot_asked_for_is_waited_for(bench):
    attached(bench)
    latest = bench.clock.now + LATEST_SECONDS
    due = []

    def look(request):
        due.append(bench.ledger.comments.get_due(1).due_at)

    bench.ledger.comments.posting(1, within=LATEST_SECONDS)
    bench.comment()
    assert calls(bench) == []
    assert bench.agenda.jobs[-1][1] == latest
    bench.clock.now = latest
    bench.plane.fail(Fault("plane.create_comment", look))
    bench.comment()

    assert due == [latest + LATEST_SECONDS]


@pytest.mark.parametrize("operation", ["update_comment", "delete_comment"])
def test_a_change_that_a_killed_bot_asked_for_is_waited_for(bench, operation):
    """Late, it would take the place of the next one."""
    message, share_id = attached(bench)
    bench.comment()
    if operation == "update_comment":
        keep = bench.ledger.comments.changing
        for attachment_id in more(bench, message):
            bench.attach(attachment_id)
    else:
        keep = bench.ledger.comments.posting
        undo(bench, share_id)
    latest = bench.clock.now + LATEST_SECONDS
    due = []

    def look(request):
        due.append(bench.ledger.comments.get_due(1).due_at)

    keep(1, within=LATEST_SECONDS)
    bench.comment()
    assert calls(bench) == ["create_comment"]
    assert bench.agenda.jobs[-1][1] == latest
    bench.clock.now = latest
    bench.plane.fail(Fault(f"plane.{operation}", look))
    bench.comment()

    assert due == [latest + LATEST_SECONDS]
    assert calls(bench) == ["create_comment", operation]
    assert nothing_left(bench)


@pytest.mark.parametrize("phase", ["before", "after"])
def test_what_is_attached_again_has_its_comment_however_its_deletion_ended(
    bench, phase
):
    _, share_id = attached(bench)
    bench.comment()
    undo(bench, share_id)
    bench.plane.fail(Fault("plane.delete_comment", cut, phase))
    bench.comment()

    retry(bench, share_id)
    bench.clock.now += LATEST_SECONDS
    bench.comment()

    assert len(bench.commented()) == 1
    assert nothing_left(bench)


def test_a_deletion_that_comes_true_after_all_does_not_end_what_came_since(bench):
    """Plane was slower with it than is waited for: it had the comment still, once."""
    _, share_id = attached(bench)
    bench.comment()
    (old,) = bench.plane.state.comments("WEB-1")
    undo(bench, share_id)
    bench.plane.fail(Fault("plane.delete_comment", answer(504)))
    bench.comment()

    def delete_now(request):
        bench.plane.state.comment_rows.delete(old)

    retry(bench, share_id)
    bench.clock.now += 60
    bench.plane.fail(Fault("plane.update_comment", delete_now))
    bench.comment()
    bench.clock.now += 60
    bench.comment()

    assert len(bench.commented()) == 1
    assert nothing_left(bench)


def test_what_a_killed_bot_changed_is_written_once_more(bench):
    """Whether it was, and to what, is not known."""
    attached(bench)
    bench.comment()
    bench.ledger.comments.changing(1, within=0.0)

    bench.comment()

    assert calls(bench) == ["create_comment", "update_comment"]


def test_a_plane_that_is_slow_with_a_comment_is_given_time(bench):
    attached(bench)
    bench.plane.fail(Fault("plane.create_comment", answer(504)))

    bench.comment()
    bench.clock.now += 29.9
    bench.comment()
    assert calls(bench) == ["create_comment"]
    bench.clock.now += 0.1
    bench.comment()

    assert len(bench.commented()) == 1


@pytest.mark.parametrize("operation", ["update_comment", "delete_comment"])
@pytest.mark.parametrize(("fault", "wait"), [(answer(504), 30.0), (cut, 2.0)])
def test_a_change_that_may_come_true_late_is_given_time(bench, operation, fault, wait):
    """Late, it would take the place of the next one."""
    message, share_id = attached(bench)
    bench.comment()
    if operation == "update_comment":
        for attachment_id in more(bench, message):
            bench.attach(attachment_id)
    else:
        undo(bench, share_id)
    bench.plane.fail(Fault(f"plane.{operation}", fault))

    bench.comment()
    bench.clock.now += wait - 0.1
    bench.comment()
    assert calls(bench) == ["create_comment", operation]
    bench.clock.now += 0.1
    bench.comment()

    assert calls(bench) == ["create_comment", operation, operation]
    assert nothing_left(bench)


def test_a_file_that_comes_while_its_comment_is_made_is_told_of_soon(bench):
    message, _ = attached(bench)

    def attach_more(request):
        for attachment_id in more(bench, message):
            bench.attach(attachment_id)

    bench.plane.fail(Fault("plane.create_comment", attach_more))
    bench.comment()
    assert bench.agenda.jobs[-1] == (Job(JobKind.COMMENT, 1, "CGENERAL"), 0.0)
    bench.comment()

    (comment,) = bench.commented()
    assert "<li>design.pdf</li><li>more.pdf</li>" in comment


def test_a_comment_is_not_held_back_for_as_long_as_the_clock_was_set_back(bench):
    attached(bench)

    bench.clock.now -= 86_400  # while the bot did not run
    bench.comment()

    assert len(bench.commented()) == 1


# --- somebody else's hand -----------------------------------------------------


def test_a_comment_that_somebody_deleted_is_left_gone(bench):
    message, _ = attached(bench)
    bench.comment()
    (row,) = bench.plane.state.comments("WEB-1")
    bench.plane.state.comment_rows.delete(row)

    for attachment_id in more(bench, message):
        bench.attach(attachment_id)
    bench.comment()
    retried = bench.react(message, user="UBEN")
    for attachment_id in bench.plan(retried):
        bench.attach(attachment_id)
    bench.comment()

    assert bench.commented() == []
    assert calls(bench) == ["create_comment", "update_comment"]
    assert nothing_left(bench)


def test_who_undoes_it_and_attaches_it_again_gets_a_new_one(bench):
    message, share_id = attached(bench)
    bench.comment()
    (row,) = bench.plane.state.comments("WEB-1")
    bench.plane.state.comment_rows.delete(row)
    for attachment_id in more(bench, message):
        bench.attach(attachment_id)
    bench.comment()

    undo(bench, share_id)
    bench.comment()
    retry(bench, share_id)
    bench.comment()

    assert len(bench.commented()) == 1


def test_the_comment_of_what_somebody_deleted_and_another_attached_goes(bench):
    file = bench.slack.add_file()
    attached(bench, file)
    bench.comment()
    (record,) = bench.records()
    bench.plane.state.attachment_rows.delete(record)

    attached(bench, file, user="UBEN")
    for row_id, *_ in bench.ledger.comments.unfinished():
        bench.comment(row_id)

    (comment,) = bench.commented()
    assert BEN in comment


def test_a_comment_is_looked_at_no_more_often_than_it_is_asked_for(bench):
    attached(bench)
    bench.comment()

    bench.comment()
    bench.comment(12345)

    assert calls(bench) == ["create_comment"]
