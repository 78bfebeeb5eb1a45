"""One Retry-After of Slack's holds all threads back from what it was about."""

import pytest

from bot import errors
from bot.clients.slack_api import SlackApi
from bot.clients.slack_clients import build_reader, build_writer
from bot.clients.slack_limits import SlackLimits
from bot.sandbox.wire import Fault, answer


@pytest.fixture
def paced(slack, clock):
    limits = SlackLimits(clock=clock)
    known = {"token": slack.bot_token, "api_url": slack.api_url, "limits": limits}
    return SlackApi(reader=build_reader(**known), writer=build_writer(**known))


def post(api, channel_id="CGENERAL"):
    return api.post_reply(
        channel_id=channel_id, thread_ts=None, text="done", blocks=[], marker="x"
    )


def edit(api, ts):
    api.edit_reply(channel_id="CGENERAL", ts=ts, text="and done", blocks=[])


def throttle(slack, method, seconds=30):
    headers = {"Retry-After": str(seconds)}
    slack.fail(Fault(f"slack.{method}", answer(429, b"", headers)))


def test_after_one_refusal_no_edit_is_sent_before_its_time(paced, slack, clock):
    first, second = post(paced), post(paced)
    throttle(slack, "chat.update")
    with pytest.raises(errors.SlackThrottled):
        edit(paced, first)

    clock.now += 29
    with pytest.raises(errors.SlackThrottled) as caught:
        edit(paced, second)
    assert caught.value.retry_after == 1
    assert len(slack.exchanges("slack.chat.update")) == 1

    clock.now += 1
    edit(paced, second)


def test_other_methods_and_other_channels_posts_go_on(paced, slack):
    throttle(slack, "chat.postMessage")
    with pytest.raises(errors.SlackThrottled):
        post(paced)

    assert post(paced, "CSECRET")
    assert paced.get_file(slack.add_file().id)
    with pytest.raises(errors.SlackThrottled):
        post(paced)
    assert len(slack.exchanges("slack.chat.postMessage")) == 2


def test_of_two_refusals_the_longer_counts(clock):
    limits = SlackLimits(clock=clock)
    limits.push_back("chat.update", 30)
    limits.push_back("chat.update", 5)

    clock.now += 6
    with pytest.raises(errors.SlackThrottled) as caught:
        limits.check("chat.update")

    assert caught.value.retry_after == 24
