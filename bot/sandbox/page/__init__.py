"""The sandbox in a browser: a small Slack, a small Plane, and the bot between them."""

from bot.sandbox.page.server import PageServer

__all__ = ["PageServer"]
