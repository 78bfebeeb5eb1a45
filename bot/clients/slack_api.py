"""Slack's Web API, as far as it is needed: values out, or a typed error."""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry import ConnectionErrorRetryHandler
from slack_sdk.http_retry.builtin_handlers import ServerErrorRetryHandler
from slack_sdk.web import SlackResponse

from bot.clients.http import retry_after
from bot.domain.files import SharedFile, parse_file
from bot.errors import (
    FileDeleted,
    FileInvisible,
    MalformedEvent,
    SlackRejected,
    SlackScopeMissing,
    SlackThrottled,
    SlackTokenRefused,
    SlackUnavailable,
)

#: Marks the bot's replies, with what they answer in `event_payload`.
REPLY_EVENT = "loadmaster_reply"

_SECONDS = 15
# History and replies may be limited to 15 messages a call (docs.slack.dev/changelog,
# 2025-05-29).
_REPLIES_PER_PAGE = 15

_TOKEN_ERRORS = frozenset(
    {
        "account_inactive",
        "ekm_access_denied",
        "invalid_auth",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
_PASSING_ERRORS = frozenset(
    {
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
_THROTTLED_ERRORS = frozenset({"ratelimited", "rate_limited"})
#: For an answer that is no JSON, the SDK puts the answer in this place.
_ERROR = re.compile(r"[a-z][a-z0-9_]{0,79}", re.ASCII)

# The SDK's own lines at DEBUG hold whole messages.
_logger = logging.getLogger("slack_sdk.quiet")
_logger.setLevel(logging.CRITICAL)


class SlackApi:
    """Calls Slack with the bot token.

    Reading is tried once more at once by the SDK; posting is not, because a message
    might be there already. What is throttled waits in the runner and not here, where
    it would hold a thread.
    """

    def __init__(self, *, token: str, api_url: str) -> None:
        def client(*handlers: Any) -> WebClient:
            return WebClient(
                token=token,
                base_url=api_url,
                timeout=_SECONDS,
                retry_handlers=list(handlers),
                logger=_logger,
            )

        self._reader = client(
            ConnectionErrorRetryHandler(max_retry_count=1),
            ServerErrorRetryHandler(max_retry_count=1),
        )
        self._writer = client()

    def get_file(self, file_id: str) -> SharedFile:
        """Return what files.info tells about a file.

        Raises:
            FileDeleted: it is gone.
            FileInvisible: the bot may not see it.
        """
        try:
            answer = _call(self._reader.files_info, file=file_id)
            return parse_file(answer.get("file"))
        except SlackRejected as problem:
            if problem.error in ("file_deleted", "file_not_found"):
                raise FileDeleted from problem
            if problem.error in ("access_denied", "not_visible"):
                raise FileInvisible from problem
            raise
        except MalformedEvent as error:
            raise SlackUnavailable from error

    def post_reply(
        self, *, channel_id: str, thread_ts: str, text: str, marker: str
    ) -> str:
        """Post *text* in the thread and return the message's ts.

        *marker* is what `find_reply` finds the message by.

        Raises:
            SlackUnavailable: whether it was posted is not known.
        """
        answer = _call(
            self._writer.chat_postMessage,
            channel=channel_id,
            thread_ts=thread_ts,
            text=text,
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": REPLY_EVENT, "event_payload": {"share": marker}},
        )
        return str(answer.get("ts"))

    def edit_reply(self, *, channel_id: str, ts: str, text: str) -> None:
        """Replace the text of a message of the bot's."""
        _call(self._writer.chat_update, channel=channel_id, ts=ts, text=text)

    def find_reply(
        self, *, channel_id: str, thread_ts: str, after: str, marker: str
    ) -> str | None:
        """Return the ts of the bot's reply with *marker*; None where it has none.

        *after* is the ts of the message that it answers.
        """
        own_id = str(_call(self._reader.auth_test).get("user_id"))
        cursor = ""
        while True:
            answer = _call(
                self._reader.conversations_replies,
                channel=channel_id,
                ts=thread_ts,
                oldest=after,
                limit=_REPLIES_PER_PAGE,
                include_all_metadata=True,
                cursor=cursor,
            )
            for message in _messages(answer):
                if message.get("user") == own_id and _marker(message) == marker:
                    return str(message.get("ts"))
            cursor = _next_cursor(answer)
            if not cursor:
                return None


def _call(method: Callable[..., SlackResponse], **kwargs: Any) -> Mapping[str, Any]:
    try:
        data = method(**kwargs).data
    except SlackApiError as error:
        _raise_for(error.response)
        raise SlackUnavailable from error
    # The SDK stumbles over JSON that is no object with an AttributeError.
    except (
        SlackClientError,
        HTTPException,
        OSError,
        ValueError,
        AttributeError,
    ) as error:
        raise SlackUnavailable from error
    if not isinstance(data, Mapping):
        raise SlackUnavailable
    return data


def _raise_for(response: SlackResponse) -> None:
    data = response.data if isinstance(response.data, Mapping) else {}
    error = str(data.get("error", ""))
    headers = {name.lower(): value for name, value in response.headers.items()}
    wait = retry_after(headers.get("retry-after"))
    if response.status_code == 429 or error in _THROTTLED_ERRORS:
        raise SlackThrottled(retry_after=wait or 1.0)
    if response.status_code >= 500 or error in _PASSING_ERRORS:
        raise SlackUnavailable(retry_after=wait)
    if error in _TOKEN_ERRORS:
        raise SlackTokenRefused(error)
    if error == "missing_scope":
        raise SlackScopeMissing(str(data.get("needed", "")))
    if response.status_code == 200 and _ERROR.fullmatch(error):
        raise SlackRejected(error)


def _messages(answer: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    messages = answer.get("messages")
    if not isinstance(messages, list):
        raise SlackUnavailable
    return [each for each in messages if isinstance(each, Mapping)]


def _marker(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != REPLY_EVENT:
        return None
    payload = metadata.get("event_payload")
    return payload.get("share") if isinstance(payload, Mapping) else None


def _next_cursor(answer: Mapping[str, Any]) -> str:
    metadata = answer.get("response_metadata")
    cursor = metadata.get("next_cursor") if isinstance(metadata, Mapping) else ""
    return cursor if isinstance(cursor, str) else ""
