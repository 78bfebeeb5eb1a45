"""Connections to storage that can hear a refusal while they still send."""

import ssl
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class _AttentiveConnection(HTTPSConnection):
    """A connection whose early closing by the other side is told as over plain TCP.

    urllib3 then reads the answer that came before it (urllib3/connectionpool.py,
    `except BrokenPipeError`), which is storage's reason for the refusal.
    """

    def send(self, data: Any) -> None:
        """Send *data*."""
        try:
            super().send(data)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
            raise BrokenPipeError from error


class _AttentivePool(HTTPSConnectionPool):
    ConnectionCls = _AttentiveConnection


class StorageAdapter(HTTPAdapter):
    """Uploads for *threads* threads, each body sent once."""

    def __init__(self, *, threads: int) -> None:
        super().__init__(pool_maxsize=threads, pool_connections=threads, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Set up the connection pools."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": HTTPConnectionPool,
            "https": _AttentivePool,
        }
