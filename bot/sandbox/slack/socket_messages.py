"""What the server itself says on a Socket Mode connection.

Source: docs.slack.dev/apis/events-api/using-socket-mode (connection, disconnect).
"""

import contextlib
import json
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection

from bot.sandbox.slack.workspace import APP_ID


def say(connection: ServerConnection, message: dict[str, Any]) -> None:
    """Send *message* unless the connection is gone."""
    with contextlib.suppress(ConnectionClosed):
        connection.send(json.dumps(message))


def hello(count: int) -> dict[str, Any]:
    """Build what a client hears first; it is connection number *count*."""
    return {
        "type": "hello",
        "num_connections": count,
        "connection_info": {"app_id": APP_ID},
        "debug_info": {
            "host": "applink-1",
            "build_number": 1,
            "approximate_connection_time": 18060,
        },
    }


def farewell(reason: str) -> dict[str, Any]:
    """Build the request to reconnect."""
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
