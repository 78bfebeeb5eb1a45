"""The form is opened for a person, or they are told why not."""

import pytest

from bot.clients.slack_clients import build_reader, build_writer
from bot.clients.slack_conversations import SlackConversations
from bot.clients.slack_views import SlackViews
from bot.domain.forms import Form, MessageFiles, Moving, Opening, Uploads
from bot.domain.outcomes import ATTACHED
from bot.listeners.commands import open_form
from bot.listeners.forms import (
    open_chosen,
    open_for_message,
    open_for_move,
    open_for_uploads,
)
from bot.sandbox.slack.responding import Place
from bot.sandbox.wire import Fault, answer, cut
from bot.work.forming import FormDesk
from bot.work.ledger.moves import MoveLedger
from bot.work.seals import BrokenSeal, Sealer
from tests.work.values import found, item_id, make_share

SEALER = Sealer("a-secret")
REFUSED = answer(200, b'{"ok": false, "error": "invalid_arguments"}')


@pytest.fixture
def slack(bench):
    return bench.slack


@pytest.fixture
def desk(bench, slack):
    options = {"token": slack.bot_token, "api_url": slack.api_url}
    return FormDesk(
        SlackViews(build_writer(**options)),
        SlackConversations(build_reader(**options)),
        bench.directory,
        MoveLedger(bench.ledger.database),
        bench.response_urls,
        SEALER,
    )


@pytest.fixture
def opening(slack):
    """How to make what a person does to have a form opened."""

    def make(subject, *, user="UANNA", trigger_id=None, response_url=None):
        place = Place(user, "CGENERAL")
        return Opening(
            Form("T1", user, subject),
            slack._desk.triggers.issue(user) if trigger_id is None else trigger_id,
            slack._desk.response_urls.issue("app", place)
            if response_url is None
            else response_url,
        )

    return make


def seen(slack, user="UANNA"):
    """Return the view that a person sees, None without one."""
    return (slack._desk.views.stack(user) or [None])[-1]


def words(view):
    return " ".join(b["text"]["text"] for b in view.blocks if b["type"] == "section")


def sealed(view, user="UANNA"):
    return SEALER.open(view.private_metadata, team_id="T1", user_id=user)


def offered(view):
    """Return what may be chosen, as value and text."""
    (block,) = [each for each in view.blocks if each["block_id"] == "files"]
    options = block["element"].get("options", [])
    return [(each["value"], each["text"]["text"]) for each in options]


def about(message):
    return MessageFiles(message.channel_id, message.ts)


def told(slack):
    return [call.args["text"] for call in slack.responses]


# --- a message ----------------------------------------------------------------


def test_the_files_of_a_message_are_offered(desk, slack, opening):
    file = slack.add_file(name="plan.pdf", content=b"12345")
    message = slack.share([file], text="look")

    desk.open(opening(about(message)))

    view = seen(slack)
    assert offered(view) == [(file.id, "plan.pdf (5 bytes)")]
    assert sealed(view) == Form("T1", "UANNA", about(message))
    assert told(slack) == []


def test_a_bots_message_has_files_too(desk, slack, opening):
    file = slack.add_file()
    message = slack.share([file], text="report", fields={"bot_id": "B1"})

    desk.open(opening(about(message)))

    assert [value for value, _ in offered(seen(slack))] == [file.id]


def test_files_that_cannot_be_attached_are_told_and_not_offered(desk, slack, opening):
    good = slack.add_file(name="good.pdf")
    empty = slack.add_file(name="<!here>.txt", content=b"")
    message = slack.share([good, empty], text="look")

    desk.open(opening(about(message)))

    view = seen(slack)
    assert [value for value, _ in offered(view)] == [good.id]
    assert "`&lt;!here&gt;.txt` is empty" in words(view)


def test_where_none_can_be_attached_others_can_be_uploaded(desk, slack, opening):
    message = slack.share([slack.add_file(name="empty.txt", content=b"")])

    desk.open(opening(about(message)))

    view = seen(slack)
    assert "`empty.txt` is empty" in words(view)
    assert sealed(view).subject == Uploads()


def test_what_slack_has_not_told_yet_is_offered(desk, slack, opening):
    stub = {"mode": "file_access", "file_access": "check_file_info"}
    early = {"url_private": None, "url_private_download": None}
    files = [slack.add_file(name=None, **stub), slack.add_file(**early)]
    message = slack.share(files)

    desk.open(opening(about(message)))

    assert [value for value, _ in offered(seen(slack))] == [file.id for file in files]


def test_more_files_than_a_menu_holds_are_told(desk, slack, opening):
    files = [slack.add_file(name=f"{number}.pdf") for number in range(101)]
    message = slack.share(files)

    desk.open(opening(about(message)))

    view = seen(slack)
    assert len(offered(view)) == 100
    assert "the first 100 of 101 files" in words(view)


def test_more_faults_than_a_view_holds_do_no_harm(desk, slack, opening):
    files = [slack.add_file(name=f"{n}.txt", content=b"") for n in range(120)]
    message = slack.share(files)

    desk.open(opening(about(message)))

    assert "100 more cannot be attached either" in words(seen(slack))
    assert told(slack) == []


def test_an_ephemeral_message_or_one_that_is_gone_is_told(desk, slack, opening):
    desk.open(opening(MessageFiles("CGENERAL", "1700000000.999999")))

    view = seen(slack)
    assert words(view) == "That message is not there any more."
    assert "submit" not in view.content


def test_a_conversation_without_the_bot_is_told(desk, slack, opening):
    message = slack.share([slack.add_file()], channel="CHIDDEN")

    desk.open(opening(about(message)))

    assert "Invite me" in words(seen(slack))


def test_between_two_people_nobody_can_invite_the_bot(desk, slack, opening):
    desk.open(opening(MessageFiles("DTHEIRS", "1700000000.000100")))

    view = seen(slack)
    assert "upload them here instead" in words(view)
    assert "Invite" not in words(view)
    assert sealed(view).subject == Uploads()


def test_while_slack_does_not_answer_that_is_told(desk, slack, opening):
    slack.fail(Fault("slack.conversations.replies", cut, times=9))

    desk.open(opening(MessageFiles("CGENERAL", "1.1")))

    assert words(seen(slack)) == "Slack does not answer me about that message."


def test_plane_is_not_asked_while_somebody_waits(desk, bench, slack, opening):
    """It may hang for a minute: its limit is checked before anything is attached."""
    message = slack.share([slack.add_file()])
    bench.plane.fail(Fault("plane.instances", cut, times=9))

    desk.open(opening(about(message)))

    assert len(offered(seen(slack))) == 1
    assert bench.plane.exchanges() == []


def test_what_is_known_of_planes_limit_is_used(desk, bench, slack, opening):
    limit = bench.directory.get_file_size_limit()
    large = slack.add_file(name="large.bin", size=limit + 1)
    message = slack.share([large])

    desk.open(opening(about(message)))

    assert "`large.bin` is" in words(seen(slack))
    assert sealed(seen(slack)).subject == Uploads()


# --- uploads and moves --------------------------------------------------------


def test_a_form_for_uploads_is_opened_at_once(desk, slack, opening):
    desk.open(opening(Uploads(), response_url=""))

    assert sealed(seen(slack)) == Form("T1", "UANNA", Uploads())
    assert slack.calls("views.update") == []


@pytest.fixture
def attached(bench):
    """A share of UANNA with a file on WEB-1; its id."""
    share = make_share("F1", user_id="UANNA")
    share_id, (attachment_id,) = bench.ledger.plan(share)
    attachments = bench.ledger.attachments
    attachments.decide(attachment_id, ATTACHED, asset_id=item_id(7))
    return share_id


def test_what_was_attached_is_offered_to_be_moved(desk, slack, opening, attached):
    desk.open(opening(Moving(attached)))

    view = seen(slack)
    assert offered(view) == [("F1", "F1.pdf (12 bytes)")]
    assert "attached to WEB-1 now" in words(view)
    assert sealed(view).subject == Moving(attached)


@pytest.mark.parametrize("share_id", [0, 99, 10**18 - 1])
def test_where_there_is_nothing_to_move_that_is_told(desk, slack, opening, share_id):
    desk.open(opening(Moving(share_id)))

    assert "nothing here for you to move" in words(seen(slack))


def test_a_share_of_another_team_is_none_to_move(desk, slack, opening, bench):
    share = make_share("F1", user_id="UANNA", team_id="T2")
    share_id, (attachment_id,) = bench.ledger.plan(share, found("WEB-1"))
    bench.ledger.attachments.decide(attachment_id, ATTACHED, asset_id=item_id(7))

    desk.open(opening(Moving(share_id)))

    assert "nothing here for you to move" in words(seen(slack))
    assert desk.get_movable(Form("T1", "UANNA", Moving(share_id))) is None
    assert desk.get_movable(Form("T2", "UANNA", Moving(share_id))) is not None


def test_only_a_form_for_that_moves_anything(desk, attached):
    assert desk.get_movable(Form("T1", "UANNA", Uploads())) is None
    assert desk.get_movable(Form("T1", "UANNA", Moving(attached))).share_id == attached


def test_where_the_ledger_cannot_be_read_the_person_is_told(
    desk, bench, slack, opening, attached, caplog
):
    with bench.ledger.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE share_attachments RENAME TO gone")

    desk.open(opening(Moving(attached)))

    assert seen(slack) is None
    assert told(slack) == ["I could not open the form. Please try again."]


# --- what was sealed ----------------------------------------------------------


def test_a_sealed_form_is_opened_for_its_person(desk, slack, opening):
    message = slack.share([slack.add_file()], channel="CSECRET")
    seal = SEALER.seal(Form("T1", "UANNA", about(message)))

    desk.open_sealed(seal, opening(Uploads()))

    assert sealed(seen(slack)).subject == about(message)


def test_in_other_hands_it_is_not(desk, slack, opening):
    message = slack.share([slack.add_file()], channel="CSECRET")
    seal = SEALER.seal(Form("T1", "UANNA", about(message)))

    for text in (seal, "", "x"):
        with pytest.raises(BrokenSeal):
            desk.open_sealed(text, opening(Uploads(), user="UBEN"))

    assert slack.calls() == []


PRESS = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "UBEN", "team_id": "T1"},
    "channel": {"id": "CGENERAL"},
    "trigger_id": "1.2.x",
}


@pytest.mark.parametrize("value", ["", "x", "\ud800", None, 5, []])
def test_a_press_with_another_value_opens_nothing_and_is_noted(
    desk, slack, caplog, value
):
    open_chosen(desk, {**PRESS, "actions": [{"value": value}]})

    assert slack.calls() == []
    assert "A press of Choose was refused" in caplog.text


@pytest.mark.parametrize("value", ["", "x", None, "9" * 40])
def test_a_press_of_move_without_a_share_opens_nothing_and_is_noted(
    desk, slack, caplog, value
):
    open_for_move(desk, {**PRESS, "actions": [{"value": value}]})

    assert slack.calls() == []
    assert "A press of Move is malformed" in caplog.text


@pytest.mark.parametrize("open_", [open_for_message, open_for_uploads])
def test_a_shortcut_of_which_things_are_missing_opens_nothing_and_is_noted(
    desk, slack, caplog, open_
):
    open_(desk, {**PRESS, "team": None})

    assert slack.calls() == []
    assert "is malformed" in caplog.text


@pytest.mark.parametrize(
    "fields", [{"user_id": "u"}, {"team_id": None}, {"response_url": 5}]
)
def test_a_command_of_which_things_are_missing_opens_nothing_and_is_noted(
    desk, slack, caplog, fields
):
    known = {"text": " ", "team_id": "T1", "user_id": "UANNA", "trigger_id": "1.2.x"}

    open_form(desk, {**known, **fields})

    assert slack.calls() == []
    assert "A command is malformed" in caplog.text


# --- what does not open -------------------------------------------------------


@pytest.mark.parametrize("subject", [Uploads(), MessageFiles("CGENERAL", "1.1")])
def test_a_trigger_that_is_over_is_told_to_its_person(desk, slack, opening, subject):
    used = opening(Uploads())
    desk.open(used)
    slack._desk.views.clear("UANNA")

    desk.open(opening(subject, trigger_id=used.trigger_id))

    assert seen(slack) is None
    assert told(slack) == ["I could not open the form. Please try again."]


@pytest.mark.parametrize("response_url", ["", "https://evil.example/x"])
def test_who_cannot_be_told_is_not(desk, slack, opening, response_url, caplog):
    desk.open(opening(Uploads(), trigger_id="9.9.x", response_url=response_url))

    assert told(slack) == []
    assert "A form was not opened" in caplog.text


def test_one_trigger_opens_one_form(desk, slack, opening):
    pressed = opening(Uploads())

    desk.open(pressed)
    desk.open(pressed)

    assert len(slack._desk.views.stack("UANNA")) == 1
    assert len(told(slack)) == 1


def test_who_closed_it_meanwhile_hears_nothing(desk, slack, opening):
    message = slack.share([slack.add_file()])

    def close(request):
        slack._desk.views.clear("UANNA")

    slack.fail(Fault("slack.conversations.replies", close))
    desk.open(opening(about(message)))

    assert len(slack.exchanges("slack.views.update")) == 1
    assert told(slack) == []
    assert seen(slack) is None


def test_a_view_that_slack_does_not_take_is_told(desk, slack, opening):
    message = slack.share([slack.add_file()])
    slack.fail(Fault("slack.views.update", REFUSED))

    desk.open(opening(about(message)))

    assert told(slack) == ["I could not open the form. Please try again."]


def test_what_comes_of_a_form_can_be_told_by_what_opened_it(desk, slack, opening):
    desk.open(opening(Uploads()))

    assert desk.response_urls.tell(f"form:{seen(slack).id}", "I found no files there.")
    assert told(slack) == ["I found no files there."]
