"""Turns problems into findings: what happened, and the exact next step.

The sentences are those that the bot says. Where one has no next step, because the bot
itself tries again, the cause of the failed connection tells what to look at.
"""

import html
import re
import socket
import ssl
from collections.abc import Iterator

from requests import JSONDecodeError

from bot.domain.amounts import show_duration
from bot.domain.outcomes import Outcome
from bot.domain.sentences import tell
from bot.entrypoints.doctor.findings import Check, Finding, fault, warning
from bot.errors import PlaneThrottled, Problem, SlackThrottled

#: The first sentence; what stands in marks of code is passed over.
_FIRST = re.compile(r"(?:`[^`]*`|[^`])*?[.](?= [A-Z]|$)")


def explain(
    check: Check, problem: Problem, *, it: str, next_step: str = "", at: str = ""
) -> Finding:
    """Return the finding that a *problem* with *it* is.

    *next_step* is what to do; where the connection failed for a reason that is known,
    it is to look at *at*, the setting with the address. Without either, the sentence
    tells.
    """
    if isinstance(problem, PlaneThrottled | SlackThrottled):
        return _throttled(check, problem, it)
    text, told = split(html.unescape(tell(Outcome.of(problem), it=it)))
    step = next_step or told or "Run `loadmaster doctor` again in a minute."
    cause, hint = find_cause(problem)
    if cause:
        text = f"{text.removesuffix('.')}: {cause}."
        step = f"Check {at}{hint}." if at else step
    return fault(check, text, step)


def split(sentences: str) -> tuple[str, str]:
    """Return the first sentence and the rest."""
    first = _FIRST.match(sentences)
    end = first.end() if first else len(sentences)
    return sentences[:end], sentences[end:].strip()


def _throttled(
    check: Check, problem: PlaneThrottled | SlackThrottled, it: str
) -> Finding:
    text = html.unescape(tell(Outcome.of(problem), it=it))
    seconds = show_duration(max(1, round(problem.retry_after or 60)))
    return warning(check, text, f"Run `loadmaster doctor` again in {seconds}.")


def find_cause(problem: BaseException) -> tuple[str, str]:
    """Return why there was no answer and what may be wrong, or nothing."""
    for error in _chain(problem):
        for kind, cause, hint in _CAUSES:
            if isinstance(error, kind):
                return cause, hint
    return "", ""


_CAUSES: tuple[tuple[type[BaseException], str, str], ...] = (
    (socket.gaierror, "its host has no address", ", its spelling, and this machine's"
     " name servers"),
    (ConnectionRefusedError, "nothing listens there", " and its port"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted", "; for one of"
     " your own authority set REQUESTS_CA_BUNDLE and SSL_CERT_FILE to that"
     " authority's certificate"),
    (ssl.SSLError, "no TLS is spoken there", ": https or http, and the port"),
    (TimeoutError, "there is no answer", ", and that this machine may connect there"),
    (JSONDecodeError, "what answers there is something else", ": is it the address of"
     " the API?"),
    (OSError, "the connection broke", ", and what stands between: proxies, firewalls"),
)  # fmt: skip


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that it came from, the innermost first.

    Requests and urllib3 keep theirs in their arguments, too.
    """
    seen: list[BaseException] = []
    left = [error]
    while left:
        each = left.pop(0)
        if each is None or each in seen:
            continue
        seen.append(each)
        inner = [each.__cause__, each.__context__, getattr(each, "reason", None)]
        left += [part for part in (*inner, *each.args) if _is_error(part)]
    yield from reversed(seen)


def _is_error(part: object) -> bool:
    return isinstance(part, BaseException)
