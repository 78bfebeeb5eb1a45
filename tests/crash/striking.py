"""Strikes the bot at one of its calls: kills it, or does something else."""

import threading

from bot.sandbox.wire import ConnectionCut, Fault


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
