"""Does something where something else takes long, and nothing where it does not."""

import contextlib
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def after(seconds: float, act: Callable[[], None]) -> Iterator[None]:
    """Call *act*, on a thread of its own, once the block has taken *seconds*.

    When the block is left, *act* is over, or will not begin.
    """
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
