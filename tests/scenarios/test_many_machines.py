"""Several processes, as on several machines, share one PostgreSQL."""

import itertools

from tests import postgres
from tests.fleet import open_fleet
from tests.forked_bot import ForkedProcess


def hashes(*files):
    return [(file.name, file.sha256) for file in files]


def test_what_one_process_receives_another_does(fleet):
    fleet.start("worker", "web")
    file = fleet.slack.add_file()

    message = fleet.slack.share([file], text="WEB-1")

    assert "is attached." in fleet.reply(message)
    fleet.settle()
    assert fleet.attached("WEB-1") == hashes(file)
    assert len(fleet.replies(message)) == 1
    assert [bot.get("/readyz") for bot in fleet.bots] == [(200, "ready\n")] * 2
    assert [bot.terminate() for bot in fleet.bots] == [0, 0]


def test_what_is_received_while_nobody_works_waits_for_a_worker(fleet):
    fleet.start("web")
    message = fleet.slack.share([fleet.slack.add_file()], text="WEB-1")
    fleet.slack.wait_idle()
    assert fleet.slack.delivery_of(message).acknowledged

    fleet.start("worker")

    assert "is attached." in fleet.reply(message)


def test_triggers_for_one_file_at_several_machines_attach_it_once(fleet):
    _, _, one, _ = fleet.start("worker", "worker", "web", "web")
    file = fleet.slack.add_file(content=b"x" * 100_000)
    file.rate = 100_000  # long enough for the second to come meanwhile

    first = fleet.slack.share([file], text="WEB-1")
    fleet.wait(lambda: file.downloads)
    fleet.slack.request_url = f"{one.url}/slack/events"
    second = fleet.slack.share([file], text="WEB-1", channel="CSECRET")

    assert "`design.pdf` is attached." in fleet.reply(first)
    assert "`design.pdf` was attached already." in fleet.reply(second)
    fleet.settle()
    assert fleet.attached("WEB-1") == hashes(file)
    assert fleet.half_made("WEB-1") == []
    assert [len(fleet.replies(each)) for each in (first, second)] == [1, 1]


def test_processes_that_receive_and_work_share_a_database(fleet):
    fleet.start("run", "run")
    shared = []
    for number, bot in zip(range(6), itertools.cycle(fleet.bots), strict=False):
        fleet.slack.request_url = f"{bot.url}/slack/events"
        file = fleet.slack.add_file(name=f"{number}.pdf")
        shared.append((file, fleet.slack.share([file], text="WEB-1")))

    for _, message in shared:
        assert "is attached." in fleet.reply(message)
    fleet.settle()

    files = [file for file, _ in shared]
    assert sorted(fleet.attached("WEB-1")) == sorted(hashes(*files))
    assert {len(fleet.replies(message)) for _, message in shared} == {1}


def test_bots_that_start_at_once_make_the_tables_once(tmp_path):
    with open_fleet(tmp_path, url=postgres.create_database()) as fleet:
        fleet.start("worker", "worker", "web", "web")

        message = fleet.slack.share([fleet.slack.add_file()], text="WEB-1")

        assert "is attached." in fleet.reply(message)


def test_several_processes_receive_by_sockets_of_their_own(fleet):
    fleet.socket_mode = True
    fleet.start("worker", "web", "web")
    fleet.wait(lambda: fleet.slack.sockets.count == 2)

    message = fleet.slack.share([fleet.slack.add_file()], text="WEB-1")

    assert "is attached." in fleet.reply(message)
    fleet.settle()
    assert len(fleet.replies(message)) == 1


def test_a_rolling_restart_keeps_nobody_waiting(fleet):
    fleet.start("worker", "web")
    messages = []

    def share():
        file = fleet.slack.add_file(name=f"{len(messages)}.pdf")
        messages.append(fleet.slack.share([file], text="WEB-1"))

    for _ in range(2):
        share()
        old = fleet.bots[-2:]
        fleet.start("worker", "web")
        share()
        assert [bot.terminate() for bot in old] == [0, 0]
        share()

    for message in messages:
        assert "is attached." in fleet.reply(message)
        (attempt,) = fleet.slack.delivery_of(message).attempts
        assert attempt.status == 200
    fleet.settle()
    assert len(fleet.attached("WEB-1")) == len(messages)


def test_while_the_database_is_away_nothing_is_acknowledged_and_nothing_lost(fleet):
    fleet.start("worker", "web")
    before = fleet.slack.share([fleet.slack.add_file(name="a.pdf")], text="WEB-1")
    fleet.reply(before)

    with fleet.database_away():
        message = fleet.slack.share([fleet.slack.add_file()], text="WEB-1")
        delivery = fleet.slack.delivery_of(message)
        fleet.wait(lambda: delivery.attempts)
        assert delivery.attempts[0].status in (500, None)
        status, told = fleet.bot.get("/readyz")
        assert status == 503
        assert "the database cannot be written" in told

    assert "is attached." in fleet.reply(message)
    fleet.settle()
    assert len(fleet.attached("WEB-1")) == 2


def test_what_a_worker_cannot_tell_where_it_was_asked_it_tells_the_person(fleet):
    fleet.start("worker", "web")
    fleet.slack.share([fleet.slack.add_file()], channel="CRANDOM")

    fleet.slack.command("WEB-1", channel="CRANDOM")

    def direct_messages():
        channels = fleet.slack.state.channels.values()
        ims = [each.id for each in channels if each.kind == "im"]
        return [each.text for im in ims for each in fleet.slack.state.messages(im)]

    fleet.wait(direct_messages)
    (told,) = direct_messages()
    assert told.startswith("You asked me in <#CRANDOM>, where I cannot answer.")
    assert "Invite me" in told


def test_a_worker_tells_the_caller_of_a_command_which_files_it_took(fleet):
    fleet.start("worker", "web")
    fleet.slack.share([fleet.slack.add_file()])

    fleet.slack.command("WEB-1")

    receipt = fleet.slack.wait_for_ephemeral(
        predicate=lambda each: "I took" in each.text
    )
    assert "`design.pdf`" in receipt.text


def test_with_sqlite_there_is_neither_web_nor_worker(stopped):
    for command in "web", "worker":
        process = ForkedProcess(stopped.environment(), stopped.folder, command)
        with process.stderr:
            told = process.stderr.read()

        assert process.wait(20) == 2
        assert told.count("\n") == 1
        assert "DATABASE_URL must be that of a PostgreSQL" in told
