"""What a command's module is given to add its commands to."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Argparse keeps the class to itself; type checkers know it.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Commands = object
