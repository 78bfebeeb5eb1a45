"""AWS Signature Version 4 for presigned POSTs and GETs, as boto3 makes it. No I/O."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, and the key pair that may sign for it."""

    name: str = "uploads"
    region: str = "us-east-1"
    access_key: str = "planetestaccess"
    secret_key: str = field(default="planetestsecret", repr=False)

    def credential(self, day: str) -> str:
        """Return the credential scope of *day* (YYYYMMDD)."""
        return f"{self.access_key}/{day}/{self.region}/s3/aws4_request"

    def sign(self, text: str, day: str) -> str:
        """Return the signature of *text* with *day*'s key, in hexadecimal."""
        key = f"AWS4{self.secret_key}".encode()
        for part in (day, self.region, "s3", "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex()


def presign_post(
    bucket: Bucket, *, key: str, content_type: str, size: Any, now: float, ttl: float
) -> dict[str, str]:
    """Build the form fields that let a client post one object.

    The conditions are those that Plane asks boto3 for, with boto3's own behind them
    (apps/api/plane/settings/storage.py, `generate_presigned_post`; observed, Plane CE
    1.3.1). *size* goes into the policy as it is.
    """
    stamp = _stamp(now)
    signed = {
        "x-amz-algorithm": ALGORITHM,
        "x-amz-credential": bucket.credential(stamp[:8]),
        "x-amz-date": stamp,
    }
    conditions: list[Any] = [
        {"bucket": bucket.name},
        ["content-length-range", 1, size],
        {"Content-Type": content_type},
        {"key": key},
        {"bucket": bucket.name},
        {"key": key},
        *({name: value} for name, value in signed.items()),
    ]
    expiration = datetime.fromtimestamp(now + ttl, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    document = json.dumps({"expiration": expiration, "conditions": conditions})
    policy = base64.b64encode(document.encode()).decode()
    return {
        "Content-Type": content_type,
        "key": key,
        **signed,
        "policy": policy,
        "x-amz-signature": bucket.sign(policy, stamp[:8]),
    }


def presign_get(
    bucket: Bucket, *, base: str, key: str, disposition: str, now: float, ttl: int
) -> str:
    """Build a URL below *base* (the bucket's URL) from which the object may be read."""
    stamp = _stamp(now)
    query = {
        "response-content-disposition": disposition,
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": bucket.credential(stamp[:8]),
        "X-Amz-Date": stamp,
        "X-Amz-Expires": str(ttl),
        "X-Amz-SignedHeaders": "host",
    }
    origin, _, path = base.partition("://")[2].partition("/")
    target = f"/{path}/{quote(key)}"
    signature = sign_get(bucket, target=target, host=origin, query=query)
    query["X-Amz-Signature"] = signature
    return f"{base}/{quote(key)}?{urlencode(query, quote_via=quote, safe='')}"


def sign_get(
    bucket: Bucket, *, target: str, host: str, query: Mapping[str, str]
) -> str:
    """Return the signature of a presigned GET of *target* (a quoted path)."""
    unsigned = sorted(
        (quote(name, safe=""), quote(value, safe=""))
        for name, value in query.items()
        if name != "X-Amz-Signature"
    )
    canonical = "\n".join(
        (
            "GET",
            target,
            "&".join(f"{name}={value}" for name, value in unsigned),
            f"host:{host}\n",
            "host",
            "UNSIGNED-PAYLOAD",
        )
    )
    stamp = query.get("X-Amz-Date", "")
    scope = bucket.credential(stamp[:8]).partition("/")[2]
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return bucket.sign(f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}", stamp[:8])


def _stamp(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
