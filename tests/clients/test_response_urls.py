"""Commands are answered later than at once by the URL that came with them."""

import threading

import pytest

from bot.clients.response_urls import ResponseUrls
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.responding import Place
from bot.sandbox.wire import Fault, Server, answer, cut


class Timer:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def timer():
    return Timer()


@pytest.fixture
def urls(slack, timer):
    return ResponseUrls(api_url=slack.api_url, timer=timer)


@pytest.fixture
def url(slack):
    return slack._desk.response_urls.issue("commands", Place("UANNA", "CRANDOM"))


def test_the_one_who_asked_is_told_where_the_bot_is_no_member(urls, slack, url):
    urls.keep("command:1", url)

    assert urls.tell("command:1", "I found *no* files.")

    (call,) = slack.responses
    assert call.args == {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": "I found *no* files.",
    }
    assert "Authorization" not in slack.exchanges("slack.respond")[0].headers


def test_what_was_not_kept_cannot_be_answered(urls, slack, url):
    urls.keep("command:1", url)

    assert not urls.tell("command:2", "x")
    assert slack.responses == []


def test_after_five_answers_it_is_over(urls, url):
    urls.keep("command:1", url)

    told = [urls.tell("command:1", str(number)) for number in range(6)]

    assert told == [True] * 5 + [False]


def test_after_half_an_hour_slack_is_not_even_asked(urls, slack, url, timer):
    urls.keep("command:1", url)

    timer.now = 1799.0
    assert urls.tell("command:1", "x")
    timer.now = 1800.0
    assert not urls.tell("command:1", "x")

    assert len(slack.exchanges("slack.respond")) == 1


@pytest.mark.parametrize("url", [
    "",
    "None",
    "https://",
    "https://evil.example/commands/T1/1/x",
    "https://hooks.slack.com.evil.example/x",
    "https://evil.example\\.slack.com/x",
    "https://u:p@hooks.slack.com/x",
    "http://hooks.slack.com/x",
    "https://hooks.slack.com:8443/x",
    "http://127.0.0.1:1/x",
    "http://[::1",
    "file:///etc/passwd",
])  # fmt: skip
def test_only_slacks_own_addresses_are_kept(urls, url):
    urls.keep("command:1", url)

    assert len(urls._urls) == 0
    assert not urls.tell("command:1", "x")


def test_a_press_is_answered_by_its_own_url_in_its_thread(urls, slack, url):
    assert urls.tell_at(url, "Only you can see this.", thread_ts="1.1")

    (call,) = slack.responses
    assert call.args == {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": "Only you can see this.",
        "thread_ts": "1.1",
    }
    assert urls.tell_at(url, "again")
    assert "thread_ts" not in slack.responses[1].args


def test_a_press_is_answered_at_slacks_own_addresses_only(urls):
    with Server("elsewhere") as elsewhere:
        assert not urls.tell_at(f"{elsewhere.origin}/actions/T1/1/x", "x")
        assert elsewhere.exchanges() == []
    assert not urls.tell_at("", "x")


def test_slacks_host_is_kept(urls):
    urls.keep("command:1", "https://hooks.slack.com/commands/T1/1/x")

    assert len(urls._urls) == 1


def test_it_is_not_led_elsewhere(urls, slack, url):
    with Server("elsewhere") as elsewhere:
        away = answer(307, b"", {"Location": f"{elsewhere.origin}/take"})
        slack.fail(Fault("slack.respond", away))
        urls.keep("command:1", url)

        assert not urls.tell("command:1", "x")
        assert elsewhere.exchanges() == []


@pytest.mark.parametrize(
    "action",
    [
        cut,
        answer(500, b""),
        answer(404, b""),
        answer(307, b"", {"Location": "http://[x"}),
    ],
)
def test_what_fails_is_told(urls, slack, url, action):
    slack.fail(Fault("slack.respond", action))
    urls.keep("command:1", url)

    assert not urls.tell("command:1", "x")


def test_many_commands_at_once_are_all_kept(urls):
    def keep(first):
        for number in range(first, 4000, 8):
            urls.keep(f"command:{number}", "https://hooks.slack.com/x")

    threads = [threading.Thread(target=keep, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(urls._urls) == 4000


def test_answers_at_once_are_no_news_for_the_log(urls, slack, caplog):
    all_at_once, told = threading.Barrier(3), []

    def hold(request):
        all_at_once.wait(10)

    def tell(url):
        told.append(urls.tell_at(url, "x"))

    slack.fail(Fault("slack.respond", hold, times=3))
    issue = slack._desk.response_urls.issue
    known = [issue("commands", Place("UANNA", "CRANDOM")) for _ in range(3)]
    threads = [threading.Thread(target=tell, args=(url,)) for url in known]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told == [True] * 3
    assert [each for each in caplog.records if each.levelname == "WARNING"] == []


@pytest.fixture
def question(slack):
    """A message that Anna alone sees, and the URL that its button would give."""
    message = Message("CSECRET", slack.state.next_ts(), user="UBOT", text="May I?")
    slack.state.add_ephemeral(message, "UANNA")
    place = Place("UANNA", "CSECRET", message)
    return message, slack._desk.response_urls.issue("actions", place)


def test_a_message_is_replaced_by_what_its_press_came_to(urls, slack, question):
    message, url = question

    assert urls.replace(url, "Thanks.")

    assert message.text == "Thanks."
    assert "Authorization" not in slack.exchanges("slack.respond")[0].headers


@pytest.mark.parametrize("url", ["", "https://evil.example/x", "http://127.0.0.1:1/x"])
def test_nothing_is_replaced_at_others_than_slack(urls, slack, url):
    assert not urls.replace(url, "x")


@pytest.mark.parametrize("action", [cut, answer(500, b""), answer(404, b"")])
def test_what_is_not_replaced_is_told(urls, slack, question, action):
    slack.fail(Fault("slack.respond", action))

    assert not urls.replace(question[1], "x")


# --- an address that came just now --------------------------------------------


def test_who_acted_just_now_is_told_by_the_address_that_came_along(urls, slack, url):
    assert urls.tell_at(url, "I could not open the form.")

    (call,) = slack.responses
    assert call.args == {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": "I could not open the form.",
    }
    assert len(urls._urls) == 0


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://hooks.slack.com.evil.example/x",
        "https://u:p@hooks.slack.com/x",
        "http://hooks.slack.com/x",
        "http://[::1",
        "https://hooks.slack.com\ud800/x",
    ],
)
def test_only_slacks_own_addresses_are_written_to(urls, url):
    assert not urls.tell_at(url, "x")


def test_another_server_hears_nothing(urls):
    with Server("elsewhere") as elsewhere:
        assert not urls.tell_at(f"{elsewhere.origin}/actions/1", "x")
        assert elsewhere.exchanges() == []


@pytest.mark.parametrize("action", [cut, answer(500, b""), answer(404, b"")])
def test_that_an_address_just_now_fails_is_told(urls, slack, url, action):
    slack.fail(Fault("slack.respond", action))

    assert not urls.tell_at(url, "x")
