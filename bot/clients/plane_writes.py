"""Calls that change something in Plane: how late one may come true, answered or not.

Plane looks for an external id or a URL before it inserts, and no unique index stands
behind that (plane/api/views/issue.py). What it is at still it does not find: it would
make the same beside it. And of two changes of one thing the one that comes true last
stays, whichever was called for first.
"""

from collections.abc import Callable, Mapping
from typing import Any

import requests
from requests import Response

from bot.clients.plane_calls import PlaneCalls
from bot.errors import PlaneUnavailable

#: What was cut off may take effect for so many seconds more,
_CUT_SECONDS = 2.0
#: and so long after Plane, or a gateway waiting for it, has run out of time.
_SLOW_SECONDS = 30.0
_GATEWAYS = {502: _CUT_SECONDS, 504: _SLOW_SECONDS}
#: Whoever sent one and was killed before the answer, cut it off. So many seconds
#: after the sending nothing comes of it any more, unless Plane is slow in that very
#: moment, too: longer waits would hold up every file that a kill meets here.
LATEST_SECONDS = 15.0


def post(
    calls: PlaneCalls,
    path: str,
    body: Mapping[str, object],
    *,
    sending: Callable[[], None],
) -> Response:
    """Post *body* to *path* of the workspace; as `send` does."""
    return send(calls, "POST", path, sending=sending, json=body)


def send(
    calls: PlaneCalls,
    method: str,
    path: str,
    *,
    sending: Callable[[], None],
    **kwargs: Any,
) -> Response:
    """Call *path* of the workspace; call *sending* just before it leaves.

    Raises:
        PlaneUnavailable: whether it was done is not known, nor before its *retry_after*
            is over.
        PlaneThrottled: it was not done.
        PlaneKeyRefused: Plane does not take the key.
    """
    try:
        response = calls.call(method, path, sending=sending, **kwargs)
    except PlaneUnavailable as problem:
        is_slow = isinstance(problem.__cause__, requests.ReadTimeout)
        wait = _SLOW_SECONDS if is_slow else _CUT_SECONDS
        raise PlaneUnavailable(retry_after=wait) from problem
    if wait := _GATEWAYS.get(response.status_code, 0.0):
        raise PlaneUnavailable(retry_after=wait)
    return response
