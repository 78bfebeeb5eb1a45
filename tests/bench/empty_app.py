"""An app that does nothing, on Bolt and on the bot's server: what is least to be paid.

    python -m tests.bench.empty_app SIGNING_SECRET

Prints the address at which it takes events.
"""

import sys
import threading

from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

from bot.entrypoints.web import HttpServer


def build(secret):
    """Build the app; it calls nobody, either."""
    app = App(
        name="empty",
        signing_secret=secret,
        authorize=lambda enterprise_id, team_id: AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-empty"
        ),
        token_verification_enabled=False,
        process_before_response=True,
    )
    app.event("message")(lambda: None)
    return SlackRequestHandler(app, path="/slack/events")


def main():
    server = HttpServer(build(sys.argv[1]), host="127.0.0.1", port=0)
    server.start()
    print(f"{server.url}/slack/events", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
