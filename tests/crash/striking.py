"""Strikes the bot at one of its calls: kills it, or does something else."""

import threading

from bot.clients import plane_writes, slack_calls
from bot.sandbox.wire import ConnectionCut, Fault

#: In so many seconds all that a killed bot began has come to something, or never will.
LATEST = max(plane_writes.LATEST_SECONDS, slack_calls.LATEST_SECONDS)


def strike(world, operation, phase, action=None):
    """Kill the bot, or have *action* happen, at the next *operation*.

    Return an event that says that it did; the call's answer is cut off.
    """
    struck = threading.Event()

    def act(request):
        (action or world.bot.kill)()
        struck.set()
        raise ConnectionCut

    server_of(world, operation).fail(Fault(operation, act, phase))
    return struck


def server_of(world, operation):
    """Return the emulator that answers *operation*."""
    servers = {
        "plane": world.plane,
        "slack": world.slack,
        "storage": world.store.server,
    }
    return servers[operation.partition(".")[0]]


def start_later(world, seconds=LATEST):
    """Start a bot *seconds* after the last one was killed, as the ledger has it."""
    world.grow_older(seconds)
    world.start_bot()
