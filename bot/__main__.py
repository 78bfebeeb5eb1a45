"""Lets `python -m bot` be the command `loadmaster`."""

import sys

from bot.entrypoints.cli import main

sys.exit(main())
