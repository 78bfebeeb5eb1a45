"""The Bolt app: which listener hears what."""

import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult

from bot.config import AttachSettings
from bot.errors import LedgerUnavailable
from bot.listeners import (
    actions,
    commands,
    consents,
    forms,
    home,
    messages,
    reactions,
)
from bot.listeners.intake import Intake
from bot.work.forming import FormDesk
from bot.work.item_menu import ItemMenu

logger = logging.getLogger(__name__)

_LAZY_THREADS = 20
#: What taking apart a body of another shape ends in.
MALFORMED = (AttributeError, LookupError, TypeError, ValueError)

# Bolt's own lines at DEBUG hold whole messages.
_logger = logging.getLogger("slack_bolt.quiet")
_logger.setLevel(logging.ERROR)


def build_app(
    intake: Intake,
    desk: FormDesk,
    menu: ItemMenu,
    homes: home.Homes,
    *,
    bot_token: str,
    attach: AttachSettings,
) -> App:
    """Build the app. Nothing here or in a listener calls Slack before it answers.

    Requests have been verified before they get here (bot.entrypoints.web). A listener
    is done before the answer goes out, so that a failure to store is one to Slack.
    """
    app = App(
        name="loadmaster",  # else Bolt reads the whole stack's sources for a name
        logger=_logger,
        authorize=_authorize_with(bot_token),
        process_before_response=True,
        # For what runs after the answer: a slow Slack may hold one for a while, and a
        # form has three seconds to open.
        listener_executor=ThreadPoolExecutor(_LAZY_THREADS, "lazy"),
        request_verification_enabled=False,
        token_verification_enabled=False,
        ignoring_self_events_enabled=False,  # parse_share knows bots' messages
    )
    app.error(_answer_error)
    app.use(_note_limit)
    messages.register(app, intake, attach_on_share=attach.on_share)
    reactions.register(app, intake, emoji=attach.emoji)
    commands.register(app, intake, desk, command=attach.command, emoji=attach.emoji)
    actions.register(app, intake, homes)
    consents.register(app, intake, private=attach.private)
    forms.register(app, intake, desk, menu, external_users=attach.external_users)
    home.register(app, homes)
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


def _note_limit(
    body: Mapping[str, Any], next_: Callable[[], BoltResponse]
) -> BoltResponse:
    """Answer `app_rate_limited`, which has no event for a listener to hear."""
    if body.get("type") != "app_rate_limited":
        return next_()
    logger.warning("app_rate_limited: Slack holds events of this minute back")
    return BoltResponse(status=200)


def _answer_error(error: Exception) -> BoltResponse | None:
    """Refuse what cannot be taken apart; any other error is one to Slack, too."""
    if not isinstance(error, LedgerUnavailable):  # which the ledger has logged
        logger.error("A request failed", exc_info=error)
    # Bolt takes for granted what Slack sends (slack_bolt/request/payload_utils.py).
    return BoltResponse(status=400) if isinstance(error, MALFORMED) else None


def _take_note() -> None:
    """Answer 200."""
