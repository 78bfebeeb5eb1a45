"""A line between the bot and a server that can be cut, or go silent, and come back."""

import contextlib
import socket
import threading

_PIECE = 65536


class Line:
    """Passes connections on to *origin*; `url` is what the bot is told instead."""

    def __init__(self, origin):
        host, _, port = origin.rpartition("//")[2].partition(":")
        self._target = host, int(port)
        self._open = set()
        self._silent = threading.Event()
        self._lost = threading.Event()
        self._listening = self._listen(0)
        self._port = self._listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.cut()

    def cut(self):
        """Refuse connections, and end those that there are."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._hang_up()

    def mend(self):
        """Connect again, at the same port."""
        self._listening = self._listen(self._port)

    def fall_silent(self):
        """Take connections, and what they say, and answer nothing."""
        self._silent.set()
        self._hang_up()

    def swallow(self):
        """Pass nothing on of the connections that there are, not even their ends.

        As a NAT that forgot them. Those made from now on are well.
        """
        lost, self._lost = self._lost, threading.Event()
        lost.set()

    def speak_again(self):
        """End what was silent; what comes now is passed on."""
        self._silent.clear()
        self._hang_up()

    def _listen(self, port):
        listening = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()
        return listening

    def _hang_up(self):
        while self._open:
            each = self._open.pop()
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)  # wakes who waits for it
            each.close()

    def _accept(self, listening):
        with contextlib.suppress(OSError):
            while True:
                near, _ = listening.accept()
                self._open.add(near)
                if not self._silent.is_set():
                    self._connect(near)

    def _connect(self, near):
        far = socket.create_connection(self._target)
        self._open.add(far)
        for ends in ((near, far), (far, near)):
            ends = (*ends, self._lost)
            threading.Thread(target=_pass_on, args=ends, daemon=True).start()


def _pass_on(source, sink, lost):
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            if not lost.is_set():
                sink.sendall(piece)
        if not lost.is_set():
            sink.shutdown(socket.SHUT_WR)
