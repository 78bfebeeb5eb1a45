"""Faults on purpose: what goes wrong at an emulator, at which call, and when."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.message import ConnectionCut, Request, Response

Phase = Literal["before", "after"]
Action = Callable[[Request], Response | None]


@dataclass(slots=True)
class Fault:
    """What goes wrong at *operation*: its *action* runs before or after the effect.

    The action may return an answer to send instead, raise `ConnectionCut`, wait, or do
    something else (kill a process) and return None. It runs for *times* requests, after
    letting *skip* pass. After means: after the effect, before the answer is sent.
    """

    operation: str
    action: Action
    phase: Phase = "before"
    times: int = 1
    skip: int = 0


def cut(request: Request) -> Response | None:
    """Reset the connection."""
    raise ConnectionCut(request.operation)


def answer(
    status: int, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Action:
    """Make an action that answers with this instead."""
    return lambda request: Response(status, headers or {}, body)


class Faults:
    """The armed faults of one server."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []
        self._lock = threading.Lock()

    def arm(self, fault: Fault) -> Fault:
        """Let *fault* wait for its operation, behind those armed before it."""
        with self._lock:
            self._armed.append(fault)
        return fault

    def clear(self) -> None:
        """Disarm every fault."""
        with self._lock:
            self._armed.clear()

    def strike(self, request: Request, phase: Phase) -> Response | None:
        """Run the action of the fault that is due at *request*, if there is one."""
        fault = self._take(request.operation, phase)
        return fault.action(request) if fault else None

    def _take(self, operation: str, phase: Phase) -> Fault | None:
        with self._lock:
            for fault in self._armed:
                if fault.operation != operation or fault.phase != phase:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.times:
                    fault.times -= 1
                    return fault
        return None
