"""How the log is written: one line for each record, as text or as JSON."""

import datetime
import json
import logging
import re
import sys
from collections.abc import Iterator

from bot.config import LogFormat
from bot.errors import Problem

#: A place in a record's format string, and the name before it: `share=%d`.
_PLACE = re.compile(r"(?:(?P<name>\w+)=)?%[-+ #0]*\d*(?:\.(?P<digits>\d+))?[a-zA-Z%]")

Field = str | int | float | None


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        time = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line: dict[str, Field] = {
            "time": time.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(dict(_read_fields(record)) | line, ensure_ascii=False)


def _read_fields(record: logging.LogRecord) -> Iterator[tuple[str, Field]]:
    """Yield what the record's message has as `name=value`, and its problem's code.

    The names are those of the format string, which is ours; what stands in a value is
    not looked into.
    """
    values = record.args if isinstance(record.args, tuple) else ()
    places = [each for each in _PLACE.finditer(str(record.msg)) if each[0] != "%%"]
    for place, value in zip(places, values, strict=False):
        if isinstance(value, Problem):
            yield "problem", value.code
        elif place["name"]:
            yield place["name"], _tidy(value, place["digits"])


def _tidy(value: object, digits: str | None) -> Field:
    if isinstance(value, float) and digits:
        return round(value, int(digits))
    return value if isinstance(value, int | float | None) else str(value)


def build_formatter(log_format: LogFormat) -> logging.Formatter:
    """Build what makes a line of a record."""
    if log_format is LogFormat.JSON:
        return _JsonFormatter()
    return logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")


def set_up_logs(level: str, log_format: LogFormat) -> None:
    """Write Loadmaster's records to stderr, and of the libraries' what is serious.

    At DEBUG those would write whole messages, and requests with their secrets.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(build_formatter(log_format))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("bot").setLevel(level)
    # It tells of each request that has to wait for the one before.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
