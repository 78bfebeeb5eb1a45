"""What one person sees in Slack, as JSON: messages, the modal, the Home. No I/O."""

import re
from functools import cache

import emoji as emojis

from bot.sandbox.page.people import show_conversations, show_people
from bot.sandbox.slack import File, Message, SlackServer, View
from bot.sandbox.slack.block_kit.values import first_values, nested
from bot.sandbox.slack.messages import Json
from bot.sandbox.slack.people import SLACKBOT

#: Of each conversation; nobody scrolls back further in a sandbox.
_MOST_MESSAGES = 200
#: Whose the rest of a deleted message is.
_NOBODY = {SLACKBOT: "slackbot"}
_SHORTCODE = re.compile(r":([a-z0-9_+'-]+):")


def show_slack(slack: SlackServer, user: str) -> Json:
    """Return all that *user* sees in Slack now."""
    state = slack.state
    conversations = show_conversations(slack, user)
    views = slack.views(user)
    messages = {
        each["id"]: _show_messages(slack, each["id"], user) for each in conversations
    }
    shown = {
        "people": show_people(slack),
        "conversations": conversations,
        "messages": messages,
        "modal": show_view(views[-1]) if views else None,
        "home": show_view(home) if (home := slack.home(user)) else None,
        "names": {each.id: each.name for each in state.users.values()} | _NOBODY,
        "bot": state.bot_user,
    }
    return {**shown, "emoji": _find_emoji(shown)}


def show_view(view: View) -> Json:
    """Return a modal or an App Home with what was entered so far."""
    content = view.content
    return {
        "id": view.id,
        "kind": view.kind,
        "title": view.title,
        "submit": (content.get("submit") or {}).get("text"),
        "close": (content.get("close") or {}).get("text"),
        "blocks": view.blocks,
        "values": nested(view.values),
        "errors": view.errors,
    }


def _show_messages(slack: SlackServer, channel: str, user: str) -> list[Json]:
    found = [*slack.state.messages(channel), *slack.ephemerals(user, channel)]
    found.sort(key=lambda message: message.ts)
    return [_show_message(slack, each, user) for each in found[-_MOST_MESSAGES:]]


def _show_message(slack: SlackServer, message: Message, user: str) -> Json:
    # What people write is shown by its text; the app's blocks have no rich text.
    blocks = [each for each in message.blocks if each["type"] != "rich_text"]
    return {
        "channel": message.channel_id,
        "ts": message.ts,
        "thread": message.thread_ts if message.is_reply else None,
        "user": message.user,
        "byBot": message.bot_id is not None,
        "text": message.text,
        "blocks": blocks,
        "values": nested(first_values(blocks) | message.values),
        "files": [_show_file(each) for each in message.files],
        "reactions": [
            {"name": name, "people": list(people), "mine": user in people}
            for name, people in message.reactions.items()
        ],
        "link": slack.link(message),
        "edited": message.edits > 0,
        "onlyYou": message.only_for is not None,
        "gone": message.subtype == "tombstone",
    }


def _show_file(file: File) -> Json:
    return {
        "id": file.id,
        "name": file.name or file.id,
        "size": file.size,
        "type": file.mimetype,
        "sha256": file.sha256,
        "gone": file.deleted,
    }


def _find_emoji(shown: Json) -> dict[str, str]:
    """Return the emoji for every `:name:` in what is shown, and for each reaction."""
    names = {
        reaction["name"]
        for messages in shown["messages"].values()
        for message in messages
        for reaction in message["reactions"]
    }
    names.update(
        _SHORTCODE.findall(str((shown["messages"], shown["modal"], shown["home"])))
    )
    return {name: found for name in sorted(names) if (found := _draw(name))}


@cache
def _draw(name: str) -> str:
    drawn = emojis.emojize(f":{name.partition('::')[0]}:", language="alias")
    return "" if drawn.startswith(":") else drawn
