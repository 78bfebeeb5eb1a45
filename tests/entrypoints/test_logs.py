"""The log for machines: each record one object, with what its message names."""

import io
import json
import logging
import re
from datetime import datetime
from pathlib import Path

import pytest

from bot.config import LogFormat
from bot.entrypoints.logs import build_formatter
from bot.errors import FileTooLarge
from tests.test_readme import README, in_code, read_table

BOT = Path(__file__).parents[2] / "bot"


@pytest.fixture
def logged():
    """How to log something and get its record as it was read again."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(build_formatter(LogFormat.JSON))
    logger = logging.Logger("bot.work.attaching")
    logger.addHandler(handler)

    def log(text, *values, **options):
        logger.info(text, *values, **options)
        (line,) = stream.getvalue().splitlines()
        return json.loads(line)

    return log


def test_a_record_has_when_where_and_what(logged):
    record = logged("Stopping")

    assert set(record) == {"time", "level", "logger", "message"}
    assert datetime.fromisoformat(record["time"]).utcoffset().total_seconds() == 0
    assert (record["level"], record["message"]) == ("INFO", "Stopping")
    assert record["logger"] == "bot.work.attaching"


def test_what_a_message_names_is_a_field(logged):
    text = "share=%d key=%s bytes=%s seconds=%.3f 100%% of %d files"
    record = logged(text, 3, "WEB-1", None, 0.12345, 7)

    fields = {"share": 3, "key": "WEB-1", "bytes": None, "seconds": 0.123}
    assert fields.items() <= record.items()
    assert record["message"] == "share=3 key=WEB-1 bytes=None seconds=0.123" + (
        " 100% of 7 files"
    )
    assert len(record) == 8


def test_a_problem_is_a_field_by_its_code(logged):
    record = logged("share=%d failed: %s", 3, FileTooLarge(2, 1))

    assert record["problem"] == "FileTooLarge"


def test_a_name_in_a_value_is_no_field(logged):
    record = logged("event=%s is malformed: %s", "Ev1", "level=CRITICAL key=WEB-9")

    assert set(record) == {"time", "level", "logger", "message", "event"}
    assert record["level"] == "INFO"


def test_no_field_takes_the_place_of_the_records_own(logged):
    assert logged("level=%s", "CRITICAL")["level"] == "INFO"


def test_a_traceback_stays_within_its_object(logged):
    record = logged("share=%d", 1, exc_info=RuntimeError("no\nluck"))

    assert record["traceback"] == "RuntimeError: no\nluck"


def test_the_fields_are_those_that_the_readme_tells():
    named = set()
    for path in BOT.rglob("*.py"):
        if "sandbox" not in path.parts:
            source = path.read_text(encoding="utf-8")
            named |= set(re.findall(r"[\" (](\w+)=%[sd.]", source))

    told = {in_code(name) for name, _ in read_table(README, "field")}
    assert named | {"problem"} == told
