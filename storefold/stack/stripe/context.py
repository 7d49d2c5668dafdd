"""What the code deep inside an endpoint needs to know of the request it serves.

In: set once per request by `pipeline.py`. Out: read by events (Stripe names the request
that caused an event) and by charges (a test can order a decline). Context variables,
because localstripe's methods pass nothing of the request down.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from storefold.stack.stripe.cards import Decline


@dataclass(frozen=True, slots=True)
class Cause:
    """The request behind an event: its id and its idempotency key."""

    request_id: str
    idempotency_key: str | None


cause: ContextVar[Cause | None] = ContextVar("cause", default=None)
ordered_decline: ContextVar[Decline | None] = ContextVar("ordered_decline", default=None)
