"""Fuzzes the body of a presigned POST: two other parsers read back what went in."""

import io
from email import message_from_bytes, policy

from multipart import MultipartParser, parse_options_header

from bot.clients.storage import PresignedForm
from tests.fuzz.draws import Draws

SEEDS = [
    b"",
    b"\x00\x02\x00\x03key\x00\x05value\x00\x04x-id\x00\x02\r\nsome bytes\r\n--",
    b'\x00\x01\x00\x04"\r\n;\x00\x08\xc3\xa4\xe2\x82\xac\x00--boundary\r\n\r\n',
    b"\x00\x03" + b"\x00\x05name=" * 6 + b"\r\n--",
    bytes(range(256)),
]


def target(data):
    """Build a body and read it back: every field and every byte, in order."""
    draws = Draws(data)
    fields = [(draws.text(40), draws.text(200)) for _ in range(draws.number(6))]
    if any("\ud800" <= c <= "\udfff" for pair in fields for t in pair for c in t):
        return  # Plane's answer is JSON in UTF-8: it has none of these
    file = draws.rest()
    cut = len(file) // 3
    told = []
    form = PresignedForm(
        fields, [file[:cut], file[cut:]], size=len(file), progress=told.append
    )

    body = b"".join(form)

    assert len(body) == len(form)
    assert form.is_sent
    assert told[-1:] == [len(file)]
    wanted = [(read_back(name), value.encode()) for name, value in fields]
    wanted.append(("file", file))
    assert list(by_multipart(body, form.content_type)) == wanted
    values = [value for _, value in wanted]
    assert list(by_email(body, form.content_type)) == values


def read_back(name):
    """Return a field's name as it is read from what HTML's forms write for it.

    Source: html.spec.whatwg.org/multipage/form-control-infrastructure.html
    (multipart/form-data encoding algorithm): a quote and the ends of lines are escaped,
    and a percent sign is not.
    """
    return name.replace("%0D", "\r").replace("%0A", "\n").replace("%22", '"')


def by_multipart(body, content_type):
    _, options = parse_options_header(content_type)
    parser = MultipartParser(io.BytesIO(body), options["boundary"], strict=True)
    for part in parser:
        yield part.name, part.raw


def by_email(body, content_type):
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = message_from_bytes(head + body, policy=policy.HTTP)
    for part in message.iter_parts():
        yield part.get_payload(decode=True)
