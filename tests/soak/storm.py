"""Random faults at every call of Slack, Plane and storage; some kill the bot."""

import json
import random
import threading
from collections import Counter

from bot.sandbox.wire import ConnectionCut, Fault, answer

HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/json"}
SORRY = json.dumps({"error": "Something went wrong please try again later"}).encode()
ENDLESS = 1_000_000_000

#: Of a hundred requests, so many meet a fault before and after their effect.
BEFORE, AFTER = 8, 4
#: Of a thousand requests, so many kill the bot while kills are due.
KILLS = 2

#: Bodies that a file's download may do instead, most often once.
DOWNLOADS = (
    *("truncated", "cut", "short", "long", "unsized", "gzip", "stall"),
    *("sign_in", "sign_in_redirect", "redirect", "redirect_loop"),
    "redirect_elsewhere",
)


def html(status):
    return answer(status, b"<html><body>Bad Gateway</body></html>", HTML)


def error(status):
    return answer(status, SORRY, JSON)


def slack(error):
    return answer(200, json.dumps({"ok": False, "error": error}).encode(), JSON)


def s3(status, code, message=""):
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return answer(status, body.encode(), {"Content-Type": "application/xml"})


def limited(request):
    return answer(429, b"{}", {**JSON, "Retry-After": "1"})(request)


def cut(request):
    raise ConnectionCut


#: What a network or a gateway does. Their effect or its answer is lost.
GATEWAY = {
    "reset": cut,
    "502 html": html(502),
    "503 html": html(503),
    "504 html": html(504),
}
PASSING = {
    "plane": {
        **GATEWAY,
        "500": error(500),
        "500 html": html(500),
        "429": limited,
        "200 html": html(200),
    },
    "slack": {
        **GATEWAY,
        "500 html": html(500),
        "429": limited,
        "internal_error": slack("internal_error"),
        "fatal_error": slack("fatal_error"),
    },
    "storage": {
        "reset": cut,
        "500": s3(500, "InternalError"),
        "503": s3(503, "SlowDown"),
        "expired": s3(403, "AccessDenied", "Invalid according to Policy: expired"),
        "timeout": s3(400, "RequestTimeout"),
    },
}
#: What is told as a failure, and mended by Retry: only where nothing is undone by it.
LASTING = {
    "plane.work_item": {"403": error(403), "404": error(404)},
    "plane.create_attachment": {"400": error(400), "403": error(403), "413": html(413)},
    "storage.post": {
        "too large": s3(400, "EntityTooLarge"),
        "signature": s3(403, "SignatureDoesNotMatch"),
        "307": answer(307, b"", {"Location": "http://127.0.0.1:9/"}),
    },
}


class Storm:
    """Faults by chance, counted by what they were."""

    def __init__(self, world, seed):
        self.faults = Counter()
        self.kills = 0
        self.is_killing = True
        self._world = world
        self._chance = random.Random(f"{seed}:storm")
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._killing = threading.Lock()

    def rise(self):
        """Arm faults at every call that the emulators know."""
        world = self._world
        for server in (world.slack.wire, world.plane.server, world.store.server):
            for operation in server.operations:
                for phase, often in (("before", BEFORE), ("after", AFTER)):
                    action = self._action(operation, phase, often)
                    server.fail(Fault(operation, action, phase, times=ENDLESS))

    def calm(self):
        """End it."""
        self._over.set()
        for part in (self._world.slack, self._world.plane, self._world.store):
            part.mend()

    def spoil(self, file):
        """Let a file's next downloads go wrong, perhaps."""
        with self._lock:
            if self._chance.random() < 0.25:
                behaviour = self._chance.choice(DOWNLOADS)
                file.misbehave(behaviour, times=self._chance.choice((1, 1, 2)))
                self.faults[f"download {behaviour}"] += 1

    def _action(self, operation, phase, often):
        def act(request):
            name, action = self._draw(operation, phase, often)
            if action is None:
                return None
            with self._lock:
                self.faults[name] += 1
            return action(request)

        return act

    def _draw(self, operation, phase, often):
        with self._lock:
            if self.is_killing and self._chance.random() * 1000 < KILLS:
                return "kill", self._kill
            if self._chance.random() * 100 >= often:
                return "", None
            known = dict(self._known(operation, phase))
            name = self._chance.choice(sorted(known))
            return f"{operation.partition('.')[0]} {name}", known[name]

    def _known(self, operation, phase):
        side = operation.partition(".")[0]
        yield "slow", self._wait
        if phase == "before":
            yield from PASSING.get(side, GATEWAY).items()
            yield from LASTING.get(operation, {}).items()
            yield "hang", self._hang
        else:
            yield from GATEWAY.items()

    def _kill(self, request):
        self.kill()
        raise ConnectionCut

    def kill(self):
        """End the bot as a power cut would."""
        with self._killing:
            self.kills += self._world.bot.is_running
            self._world.bot.kill()

    def _wait(self, request):
        with self._lock:
            seconds = self._chance.uniform(0.1, 1.5)
        self._over.wait(seconds)

    def _hang(self, request):
        self._over.wait(20)
        raise ConnectionCut
