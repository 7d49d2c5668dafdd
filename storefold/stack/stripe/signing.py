"""Stripe's webhook signature, scheme v1.

In: the endpoint's secret, the raw body, the moment of sending. Out: the value of the
`Stripe-Signature` header. Source: https://docs.stripe.com/webhooks (verify manually).
"""

import hashlib
import hmac
import time


def signature(secret: str, body: bytes, at: int | None = None) -> str:
    """`t=...,v1=...`: HMAC-SHA256 of `t`, a dot and the raw body, in hex."""
    moment = int(time.time()) if at is None else at
    signed = str(moment).encode() + b"." + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
