"""Finds a person's latest message with files: in a conversation, and in its threads."""

from collections.abc import Callable, Iterator
from itertools import islice

from bot.clients.slack_conversations import SlackConversations, WrittenMessage

#: Threads whose first message is older than the time that counts are found among no
#: more than so many messages before it; and once a message with files was found, newer
#: ones are looked for in the threads of no more than so many before that.
MOST_BEFORE = 45
#: Threads are read no further than the latest of them.
MOST_THREADS = 10


def find_latest(
    conversations: SlackConversations, channel_id: str, user_id: str, *, since: float
) -> WrittenMessage | None:
    """Return the person's latest message with files since *since* (epoch seconds).

    conversations.history has no replies in threads, but tells each thread's latest one
    (docs.slack.dev/messaging/retrieving-messages).
    """

    def is_theirs(message: WrittenMessage) -> bool:
        is_new = float(message.ts) > since
        return is_new and bool(message.files) and message.user_id == user_id

    history = conversations.read_latest(channel_id, since=since)
    seen, best = _read_until(history, is_theirs)
    seen += islice(history, MOST_BEFORE)
    earlier = conversations.read_earlier(channel_id, before=since)
    seen += islice(earlier, MOST_BEFORE)
    for root in _latest_threads(seen):
        after = float(best.ts) if best else since
        if float(root.latest_reply or 0) <= after:
            break  # and so are all the others
        replies = conversations.read_replies(channel_id, root.ts, since=after)
        theirs = [each for each in replies if is_theirs(each)]
        best = max([*theirs, *([best] if best else [])], key=_time, default=None)
    return best


def _read_until(
    messages: Iterator[WrittenMessage], is_it: Callable[[WrittenMessage], bool]
) -> tuple[list[WrittenMessage], WrittenMessage | None]:
    """Return what was read, and its last one if that is the one."""
    read = []
    for message in messages:
        read.append(message)
        if is_it(message):
            return read, message
    return read, None


def _latest_threads(messages: list[WrittenMessage]) -> list[WrittenMessage]:
    roots = [each for each in messages if each.latest_reply]
    roots.sort(key=lambda root: float(root.latest_reply or 0), reverse=True)
    return roots[:MOST_THREADS]


def _time(message: WrittenMessage) -> float:
    return float(message.ts)
