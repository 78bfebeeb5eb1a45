"""Take the bytes of a file that a person drops on the page, in constant memory."""

import hashlib
import uuid
from pathlib import Path

from bot.sandbox.local_file import LocalFile
from bot.sandbox.message import Body, Request

_PIECE = 256 * 1024
#: Slack's own limit (slack.com/help/articles/201330736).
LARGEST = 1024**3


class TooLarge(Exception):
    """More bytes than Slack takes."""


def receive(request: Request, folder: Path) -> LocalFile:
    """Store the body of *request* in *folder*; nothing of it stays if it is not whole.

    Raises:
        TooLarge: it has more than 1 GB.
        ConnectionCut: it is not whole.
    """
    if (request.length or 0) > LARGEST:
        raise TooLarge
    path = folder / uuid.uuid4().hex
    try:
        return _store(request.stream, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _store(stream: Body, path: Path) -> LocalFile:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > LARGEST:
                raise TooLarge
            file.write(piece)
            digest.update(piece)
    return LocalFile(path, size, digest.hexdigest())
