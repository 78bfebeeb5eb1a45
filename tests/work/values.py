"""Shares and what they refer to, as values for the ledger."""

from bot.domain.files import SharedFile
from bot.domain.references import WorkItemKey
from bot.domain.shares import Share
from bot.work.ledger.parts import Resolution

PROJECT = "0b0e2a52-7d3c-4b0c-9a51-2f4f8c1f0a01"


class Clock:
    """Stands still until told."""

    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now


def item_id(number):
    """Return the id of the work item WEB-*number*."""
    return f"0b0e2a52-7d3c-4b0c-9a51-{number:012}"


def make_file(file_id="F1", **fields):
    """Make a file as Slack would announce it."""
    url = f"https://files.slack.com/files-pri/T1-{file_id}/x.pdf"
    known = {"name": f"{file_id}.pdf", "mode": "hosted", "size": 12, "url": url}
    return SharedFile(file_id, **{"filetype": "pdf", **known, **fields})


def make_share(*files, ts="1700000000.000100", keys=("WEB-1",), **fields):
    """Make a share of these files (ids or files) with these keys."""
    known = {
        "team_id": "T1",
        "channel_id": "C1",
        "thread_ts": ts,
        "user_id": "U1",
        "is_private": False,
        "is_external": False,
    }
    return Share(
        **{**known, **fields},
        message_ts=ts,
        references=tuple(_key(key) for key in keys),
        files=tuple(
            make_file(each) if isinstance(each, str) else each
            for each in files or ("F1",)
        ),
    )


def _key(text):
    identifier, _, number = text.partition("-")
    return WorkItemKey(identifier, int(number))


def found(key, number=None):
    """Resolve *key* to a work item, by default to the one of its number."""
    reference = _key(key)
    number = reference.sequence_id if number is None else number
    return Resolution(reference, key, PROJECT, item_id(number))
