"""Who is in which channel, and what that changes; links."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackServer


@pytest.fixture
def slack():
    with SlackServer() as server:
        server.scopes.update({"channels:read", "groups:read", "im:write", "users:read"})
        yield server


@pytest.fixture
def client(slack):
    return WebClient(slack.bot_token, base_url=slack.api_url)


def error_of(call, **arguments):
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response["error"]


def test_the_bot_hears_of_a_channel_from_its_invitation_on(slack, client):
    slack.subscriptions.add("member_joined_channel")
    slack.post("before", channel="CHIDDEN")

    delivery = slack.invite_bot("CHIDDEN", inviter="UBEN")
    slack.post("after", channel="CHIDDEN")

    event = delivery.event
    assert (event["user"], event["inviter"]) == ("UBOT", "UBEN")
    assert (event["channel"], event["channel_type"]) == ("CHIDDEN", "G")
    assert slack.deliveries[-1].event["text"] == "after"
    history = client.conversations_history(channel="CHIDDEN")["messages"]
    assert [each["text"] for each in history] == ["after", "before"]


def test_a_bot_taken_out_hears_that_and_then_nothing(slack, client):
    slack.subscriptions.update({"channel_left", "group_left"})

    public, private = slack.remove_bot("CGENERAL"), slack.remove_bot("CSECRET")
    slack.post("unheard")

    assert (public.event["type"], private.event["type"]) == (
        "channel_left",
        "group_left",
    )
    assert len(slack.deliveries) == 2
    post = client.chat_postMessage
    assert error_of(post, channel="CGENERAL", text="x") == "not_in_channel"
    assert error_of(post, channel="CSECRET", text="x") == "channel_not_found"
    read = client.conversations_history
    assert error_of(read, channel="CGENERAL") == "not_in_channel"
    assert error_of(read, channel="CSECRET") == "channel_not_found"


def test_people_come_and_go(slack, client):
    slack.subscriptions.update({"member_joined_channel", "member_left_channel"})

    slack.remove("UGUEST", "CGENERAL")
    left = client.conversations_members(channel="CGENERAL")["members"]
    slack.invite("UGUEST", "CGENERAL")
    joined = client.conversations_members(channel="CGENERAL")["members"]

    assert (left, set(joined) - set(left)) == (["UANNA", "UBEN", "UBOT"], {"UGUEST"})
    kinds = [each.event["type"] for each in slack.deliveries]
    assert kinds == ["member_left_channel", "member_joined_channel"]


def test_members_come_in_pages_and_private_channels_hide_theirs(client):
    pages = client.conversations_members(channel="CGENERAL", limit=3)

    assert [page["members"] for page in pages] == [
        ["UANNA", "UBEN", "UBOT"],
        ["UGUEST"],
    ]
    error = error_of(client.conversations_members, channel="CHIDDEN")
    assert error == "channel_not_found"


def test_direct_messages_are_opened_once(slack, client):
    known = client.conversations_open(users=["UANNA"])["channel"]["id"]
    made = client.conversations_open(users="UBEN")["channel"]["id"]
    again = client.conversations_open(users="UBEN")["channel"]["id"]

    assert (known, made) == ("DANNA", again)
    assert client.conversations_open(channel=made)["channel"]["id"] == made
    assert client.chat_postMessage(channel="UBEN", text="hi")["channel"] == made
    assert slack.deliveries[-1].event["channel_type"] == "im"


def test_direct_messages_with_nobody_cannot_be_opened(slack, client):
    slack.state.users["UBEN"].deleted = True

    assert error_of(client.conversations_open, users="U0") == "user_not_found"
    assert error_of(client.conversations_open, users="UBEN") == "user_disabled"
    assert error_of(client.conversations_open, users="") == "users_list_not_supplied"
    slack.scopes.remove("im:write")
    assert error_of(client.conversations_open, users="UANNA") == "missing_scope"


def test_a_look_up_tells_guests_strangers_and_those_who_left(slack, client):
    slack.state.users["UBEN"].deleted = True

    def shown(user):
        found = client.users_info(user=user)["user"]
        names = ("is_restricted", "is_stranger", "deleted", "team_id")
        return tuple(found.get(name) for name in names)

    assert shown("UANNA") == (False, False, False, "T1")
    assert shown("UGUEST") == (True, False, False, "T1")
    assert shown("USTRANGER") == (False, True, False, "T2")
    assert shown("UBEN") == (None, None, True, "T1")


def test_the_history_may_be_limited_to_fifteen_messages(slack, client):
    for number in range(16):
        slack.post(str(number))
    slack.conversations.most_messages = 15

    answer = client.conversations_history(channel="CGENERAL", limit=200)

    assert (len(answer["messages"]), answer["has_more"]) == (15, True)


def test_links_to_messages_and_files_are_the_same_everywhere(slack, client):
    file = slack.add_file(name="Bericht März.pdf")
    parent = slack.share([file], text="see WEB-12")
    reply = slack.post("b", thread_ts=parent.ts)

    ts = reply.ts.replace(".", "")
    assert slack.link(reply) == (
        f"https://acme.slack.com/archives/CGENERAL/p{ts}"
        f"?thread_ts={parent.ts}&cid=CGENERAL"
    )
    found = client.chat_getPermalink(channel="CGENERAL", message_ts=reply.ts)
    assert found["permalink"] == slack.link(reply)
    assert slack.link(file) == (
        f"https://acme.slack.com/files/UANNA/{file.id}/bericht_m%C3%A4rz.pdf"
    )
    assert client.files_info(file=file.id)["file"]["permalink"] == slack.link(file)
