"""The prompt at which a person goes on trying each way into the bot."""

from bot.sandbox.prompt.loop import Prompt

__all__ = ["Prompt"]
