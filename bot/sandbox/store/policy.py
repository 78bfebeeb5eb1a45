"""The presigned POST policy: is this form what was signed? No I/O.

Follows what radosgw 16.2.15 was seen to do with Plane's policies.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sandbox.signing import Bucket
from bot.sandbox.store.refusal import Refused, denied, invalid

#: Fields that need no condition: they are the policy, or outside it.
_FREE = frozenset({"policy", "x-amz-signature"})


@dataclass(frozen=True, slots=True)
class Grant:
    """What a checked form may store."""

    key: str
    content_type: str
    smallest: float
    largest: float

    def check_largest(self, size: int) -> None:
        """Refuse more bytes than were signed for."""
        if size > self.largest:
            raise Refused(400, "EntityTooLarge")

    def check_smallest(self, size: int) -> None:
        """Refuse fewer bytes than were signed for."""
        if size < self.smallest:
            raise Refused(400, "EntityTooSmall")


def check_form(fields: Mapping[str, str], bucket: Bucket, now: float) -> Grant:
    """Check the *fields* before the file (names in lower case).

    Raises:
        Refused: with the status and code radosgw answers with.
    """
    if "key" not in fields:
        raise invalid("Key not specified")
    policy = _read_policy(fields, bucket)
    expires = datetime.fromisoformat(str(policy["expiration"]))
    if expires.timestamp() < now:
        raise denied("Policy expired")
    smallest, largest = _check_conditions(policy["conditions"], fields, bucket)
    return Grant(fields["key"], fields.get("content-type", ""), smallest, largest)


def _read_policy(fields: Mapping[str, str], bucket: Bucket) -> dict[str, Any]:
    if "policy" not in fields:
        raise denied()
    for name in ("x-amz-algorithm", "x-amz-credential", "x-amz-signature"):
        if name not in fields:
            raise invalid("Missing aws4 signature")
    day = fields.get("x-amz-date", "")[:8]
    expected = bucket.sign(fields["policy"], day)
    signature = fields["x-amz-signature"].encode()
    if fields["x-amz-credential"] != bucket.credential(day):
        raise denied()
    if not hmac.compare_digest(expected.encode(), signature):
        raise denied()
    try:
        policy = json.loads(base64.b64decode(fields["policy"]))
    except (binascii.Error, ValueError) as exc:
        raise invalid("Could not decode policy") from exc
    return policy if isinstance(policy, dict) else {}


def _check_conditions(
    conditions: list[Any], fields: Mapping[str, str], bucket: Bucket
) -> tuple[float, float]:
    values = {**fields, "bucket": bucket.name}
    smallest, largest = 0.0, float("inf")
    met = {"bucket"}
    for condition in conditions:
        if isinstance(condition, dict):
            met |= {_check_equal(*pair, values) for pair in condition.items()}
        elif condition[0] == "content-length-range":
            smallest, largest = _read_range(condition)
    for name in fields:
        if name not in met and name not in _FREE:
            raise denied(f"Policy missing condition: {name}")
    return smallest, largest


def _check_equal(name: str, expected: Any, values: Mapping[str, str]) -> str:
    actual = values.get(name.lower())
    if actual is None:
        raise denied(f"Policy check failed, variable not found: {name}")
    if actual != expected or not _comparable(actual):
        raise denied(f"Policy check failed, variable not met condition: {name}")
    return name.lower()


def _comparable(value: str) -> bool:
    # Emoji in a key: boto3 writes them into the policy as a pair of \ud83d\ude00
    # escapes, and radosgw then finds the condition not met (observed, 16.2.15).
    return all(ord(character) <= 0xFFFF for character in value)


def _read_range(condition: list[Any]) -> tuple[float, float]:
    # A size of 5000.7 or true is signed by Plane as it came (observed, Plane CE 1.3.1).
    if any(type(limit) is not int for limit in condition[1:]):
        raise Refused(400, "InvalidArgument", "Bad content-length-range param")
    return condition[1], condition[2]
