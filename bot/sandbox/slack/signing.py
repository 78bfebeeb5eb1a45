"""Sign requests as Slack does.

Source: docs.slack.dev/authentication/verifying-requests-from-slack.
"""

import hashlib
import hmac


def sign(secret: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Build the two headers that prove a request is from Slack (version v0)."""
    base = f"v0:{timestamp}:".encode() + body
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": f"v0={digest}",
    }
