"""Take the bytes of a file that a person drops on the page, in constant memory."""

import hashlib
import uuid
from pathlib import Path

from bot.sandbox.local_file import LocalFile
from bot.sandbox.message import Request

_PIECE = 256 * 1024
#: Slack's own limit (slack.com/help/articles/201330736).
LARGEST = 1024**3


class TooLarge(Exception):
    """More bytes than Slack takes."""


def receive(request: Request, folder: Path) -> LocalFile:
    """Store the body of *request* in *folder*.

    Raises:
        TooLarge: it has more than 1 GB.
        ConnectionCut: it is not whole.
    """
    if (request.length or 0) > LARGEST:
        raise TooLarge
    path, digest, size = folder / uuid.uuid4().hex, hashlib.sha256(), 0
    with path.open("wb") as file:
        while piece := request.stream.read(min(_PIECE, LARGEST)):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
    return LocalFile(path, size, digest.hexdigest())
