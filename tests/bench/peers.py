"""The far sides of a relay, in C: so fast that they do not hide what is measured."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CERTIFICATE = HERE.parent / "clients/loopback.pem"


def build_peer(folder):
    """Compile the program; return its path. Skip where that cannot be."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler (Debian: apt-get install gcc libssl-dev)")
    program = folder / "peer"
    command = [compiler, "-O2", "-o", program, HERE / "peer.c"]
    done = subprocess.run(
        [*command, "-lssl", "-lcrypto", "-lpthread"], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("peer.c cannot be compiled (Debian: apt-get install libssl-dev)")
    return program


class Peers:
    """Runs the program in its modes."""

    def __init__(self, program):
        self._program = program
        self._running = []

    def serve(self, mode, *, tls, rate=None):
        """Start a source or a sink; return its port."""
        command = [self._program, mode]
        command += ["-t", CERTIFICATE] if tls else []
        command += ["-r", str(rate)] if rate else []
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._running.append(process)
        return int(process.stdout.readline())

    def copy(self, source, sink, *, tls, size, count):
        """Copy *count* bodies in a row; return the seconds of wall and CPU."""
        command = [self._program, "copy", *(["-t"] if tls else [])]
        command += [str(each) for each in (source, sink, size, count)]
        return json.loads(subprocess.check_output(command))

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        for process in self._running:
            process.kill()
            process.communicate()
