"""A stateful Slack and a stateful Plane on loopback, to try and to test the bot.

Nothing in this package imports anything of the bot's other packages.
"""
