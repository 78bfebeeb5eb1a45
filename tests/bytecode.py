"""Keeps what is compiled, from its import on: workers and bots find it done.

Where nothing compiled is to be kept, each of them would compile everything anew.
"""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
