"""Signatures of webhooks that are our own to define: `t=<Unix time>,v1=<hex>[,v1=<hex>]`, where each v1 is
HMAC-SHA256 of `<t>.<raw body>` under the shared secret. Several let a sender change its secret."""

import hmac
from hashlib import sha256

TOLERANCE = 300  # seconds that a signature is good for, either way


class BadSignature(Exception):
    """It is missing, malformed, too old, too new, or of another body or secret."""


def verify(raw: bytes, header: str, secret: str, now: float) -> None:
    """Raises BadSignature. `now` is Unix time in seconds."""
    parts = [part.partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name.strip() == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit()) or len(times[0]) > 12:
        raise BadSignature
    if abs(now - int(times[0])) > TOLERANCE:
        raise BadSignature
    expected = sign(raw, int(times[0]), secret)
    given = [value.strip().encode() for name, _, value in parts if name.strip() == "v1"]
    # All of them: how long it takes tells nothing of which one fits.
    if not sum([hmac.compare_digest(expected.encode(), value) for value in given]):
        raise BadSignature


def sign(raw: bytes, at: int, secret: str) -> str:
    """The hex digest for a body that is sent at Unix time `at`."""
    return hmac.new(secret.encode(), str(at).encode() + b"." + raw, sha256).hexdigest()
