"""How the log is written: one line for each record, as text or as JSON."""

import json
import logging
import sys

from bot.config import LogFormat


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        line = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up_logs(level: str, log_format: LogFormat) -> None:
    """Write Loadmaster's records to stderr, and of the libraries' what is serious.

    At DEBUG those would write whole messages, and requests with their secrets.
    """
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    handler.setFormatter(_JsonFormatter() if log_format is LogFormat.JSON else text)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("bot").setLevel(level)
    # It tells of each request that has to wait for the one before.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
