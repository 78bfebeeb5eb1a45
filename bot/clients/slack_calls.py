"""What Slack's Web API answers: the one place where its errors become ours."""

import re
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.clients.http import retry_after
from bot.errors import (
    Problem,
    SlackRejected,
    SlackScopeMissing,
    SlackThrottled,
    SlackTokenRefused,
    SlackUnavailable,
)

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

#: What was cut off may take effect for so many seconds more,
_CUT_SECONDS = 5.0
#: and so long after Slack did not answer in time: it is slow today.
_SLOW_SECONDS = 30.0
_GATEWAYS = {502: _CUT_SECONDS, 504: _SLOW_SECONDS}
#: Whoever made a call and was killed before the answer, cut it off. So many seconds
#: after that nothing comes of it any more, unless Slack is slow in that very moment,
#: too.
LATEST_SECONDS = 10.0


def call(method: Callable[..., SlackResponse], **kwargs: Any) -> Mapping[str, Any]:
    """Call a method of the SDK's client and return Slack's answer.

    Raises:
        Problem: Slack did not do it, or whether it did is not known.
    """
    return call_with_headers(method, **kwargs)[0]


def call_with_headers(
    method: Callable[..., SlackResponse], **kwargs: Any
) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Do the same, and return the answer's headers, too; their names in lower case.

    Raises:
        Problem: Slack did not do it, or whether it did is not known.
    """
    try:
        response = method(**kwargs)
        data = response.data
    except SlackApiError as error:
        raise _read_problem(error.response) from error
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
    return data, _headers(response)


def _read_problem(response: SlackResponse) -> Problem:
    """Return what an answer that is an error means."""
    data = response.data if isinstance(response.data, Mapping) else {}
    error = str(data.get("error", ""))
    throttle = find_throttle(response)
    if throttle is not None:
        return SlackThrottled(retry_after=throttle)
    if response.status_code >= 500 or error in _PASSING_ERRORS:
        return SlackUnavailable(retry_after=_wait(response))
    if error in _TOKEN_ERRORS:
        return SlackTokenRefused(error)
    if error == "missing_scope":
        return SlackScopeMissing(str(data.get("needed", "")))
    if response.status_code == 200 and _ERROR.fullmatch(error):
        return SlackRejected(error)
    return SlackUnavailable()


def unclear_seconds(problem: SlackUnavailable) -> float:
    """Return for how long the failed call may take effect still.

    An answer of Slack's own ends it, whatever became of it: `internal_error` may come
    after the effect (docs.slack.dev/reference/methods/chat.postMessage).
    """
    cause = problem.__cause__
    if isinstance(cause, SlackApiError):
        return _GATEWAYS.get(cause.response.status_code, 0.0)
    reason = getattr(cause, "reason", cause)  # urllib wraps some of them
    return _SLOW_SECONDS if isinstance(reason, TimeoutError) else _CUT_SECONDS


def find_throttle(response: SlackResponse) -> float | None:
    """Return how long Slack wants to be left alone; None where it does not."""
    data = response.data if isinstance(response.data, Mapping) else {}
    if response.status_code == 429 or str(data.get("error")) in _THROTTLED_ERRORS:
        return _wait(response) or 1.0
    return None


def _wait(response: SlackResponse) -> float | None:
    return retry_after(_headers(response).get("retry-after"))


def _headers(response: SlackResponse) -> Mapping[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def read_messages(answer: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the messages of an answer.

    Raises:
        SlackUnavailable: it has none, so it is not Slack's.
    """
    messages = answer.get("messages")
    if not isinstance(messages, list):
        raise SlackUnavailable
    return [each for each in messages if isinstance(each, Mapping)]


def next_cursor(answer: Mapping[str, Any]) -> str:
    """Return the cursor of an answer's next page; "" on the last one."""
    metadata = answer.get("response_metadata")
    cursor = metadata.get("next_cursor") if isinstance(metadata, Mapping) else ""
    return cursor if isinstance(cursor, str) else ""
