"""The job queue's connections to the ledger's PostgreSQL."""

import logging
from typing import Any

import psycopg
from procrastinate import SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from psycopg.conninfo import conninfo_to_dict

# By itself it tells of every job, and of what is away every time.
logging.getLogger("procrastinate").setLevel(logging.ERROR)
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether it is more than that the database is away, which is told here."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, ConnectorException | psycopg.Error)


# These would tell it again for each worker, with a traceback.
for name in ("utils", "worker", "worker.worker"):
    logging.getLogger(f"procrastinate.{name}").addFilter(_is_news)

#: Slack waits for three seconds until what it sent is stored and handed over.
_WAIT_SECONDS = 2.0


def build_parameters(url: str, *, longest: float) -> dict[str, Any]:
    """Return what a pool of connections to *url* is opened with.

    No call takes longer than so many seconds.
    """
    given = conninfo_to_dict(url).get("options") or ""
    limit = f"{longest * 1000:.0f}"
    options = (
        f"{given} -c statement_timeout={limit}"
        # Whoever is frozen while it holds a lock is thrown out.
        " -c idle_in_transaction_session_timeout=5000"
    )
    return {
        "conninfo": url,
        "timeout": _WAIT_SECONDS,
        "kwargs": {
            "application_name": "loadmaster jobs",
            "connect_timeout": 2,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            "options": options.lstrip(),
        },
    }


def open_handover(url: str) -> tuple[JobManager, SyncPsycopgConnector]:
    """Return what hands over from any thread, and its connections, to be closed."""
    connector = SyncPsycopgConnector(
        min_size=0, max_size=4, **build_parameters(url, longest=_WAIT_SECONDS)
    )
    connector.open()
    return JobManager(connector), connector
