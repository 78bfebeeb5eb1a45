"""What becomes of an operator's wish to have a request tried again. No I/O."""

from collections.abc import Mapping
from enum import StrEnum


class Retrial(StrEnum):
    """What a request by its number came to."""

    BEGUN = "begun"
    AT_WORK = "at_work"
    NOTHING_FAILED = "nothing_failed"
    UNKNOWN = "unknown"


_SENTENCES: Mapping[Retrial, str] = {
    Retrial.BEGUN: "is tried again.",
    Retrial.AT_WORK: "is at work already; what waits goes on by itself.",
    Retrial.NOTHING_FAILED: "has nothing that failed.",
    Retrial.UNKNOWN: "is not in the ledger: loadmaster status shows the numbers.",
}


def tell_retrial(share_id: int, retrial: Retrial) -> str:
    """Return the sentence for it."""
    return f"Request {share_id} {_SENTENCES[retrial]}"
