"""The Bolt app: which listener hears what."""

import logging
import re
from collections.abc import Callable

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult

from bot.listeners import messages
from bot.listeners.intake import Intake

# Bolt's own lines at DEBUG hold whole messages.
_logger = logging.getLogger("slack_bolt.quiet")
_logger.setLevel(logging.ERROR)


def build_app(intake: Intake, *, bot_token: str, attach_on_share: bool) -> App:
    """Build the app. Nothing here or in a listener calls Slack before it answers.

    Requests have been verified before they get here (bot.entrypoints.web). A listener
    is done before the answer goes out, so that a failure to store is one to Slack.
    """
    app = App(
        logger=_logger,
        authorize=_authorize_with(bot_token),
        process_before_response=True,
        request_verification_enabled=False,
        token_verification_enabled=False,
        ignoring_self_events_enabled=False,  # parse_share knows bots' messages
    )
    if attach_on_share:
        messages.register(app, intake)
    # What is subscribed to and not listened to counts as failed deliveries.
    app.event(re.compile(".*"))(_take_note)
    return app


def _authorize_with(bot_token: str) -> Callable[..., AuthorizeResult]:
    """Authorize each request by the one token, without auth.test."""

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=bot_token
        )

    return authorize


def _take_note() -> None:
    """Answer 200."""
