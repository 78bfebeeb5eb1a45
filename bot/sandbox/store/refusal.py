"""How the store says no: S3's error document."""

from xml.sax.saxutils import escape

from bot.sandbox.message import Response


class Refused(Exception):
    """The store refuses a request."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


def denied(message: str = "") -> Refused:
    """Build the refusal for a signature or policy that does not allow the request."""
    return Refused(403, "AccessDenied", message)


def invalid(message: str = "") -> Refused:
    """Build the refusal for a request that is malformed."""
    return Refused(400, "InvalidArgument", message)


def refusal_response(refused: Refused, bucket: str) -> Response:
    """Build the answer; most of radosgw's have an empty message (observed, 16.2.15)."""
    document = (
        '<?xml version="1.0" encoding="UTF-8"?><Error>'
        f"<Code>{refused.code}</Code><Message>{escape(refused.message)}</Message>"
        f"<BucketName>{escape(bucket)}</BucketName>"
        "<RequestId>tx000</RequestId><HostId>sandbox</HostId></Error>"
    )
    headers = {"Content-Type": "application/xml"}
    return Response(refused.status, headers, document.encode())
