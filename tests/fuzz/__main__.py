"""The fuzzer: `python -m tests.fuzz TARGET [-runs=100000] [-max_total_time=300]`.

What follows the target's name is libFuzzer's. It ends with the number of inputs tried;
what goes wrong is shown and kept in a file, which given as an argument is tried again.
"""

import importlib
import logging
import sys
import tempfile
from pathlib import Path

import atheris

TARGETS = ("requests", "parsers", "multipart_forms", "names")


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"Which target? {', '.join(TARGETS)}")
    logging.disable(logging.CRITICAL)
    with atheris.instrument_imports(include=["bot"]):
        module = importlib.import_module(f"tests.fuzz.{sys.argv[1]}")
    with tempfile.TemporaryDirectory(prefix="seeds-") as folder:
        for number, seed in enumerate(module.SEEDS):
            Path(folder, str(number)).write_bytes(seed)
        own = any(not each.startswith("-") for each in sys.argv[2:])
        corpus = [] if own else [folder]
        atheris.Setup([sys.argv[0], *sys.argv[2:], *corpus], module.target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
