"""Events, in Stripe's shape.

In: an object that changed. Out: an `evt_...` object with a snapshot of it, handed to the
webhook outbox in the same commit as the change.
"""

import copy
from typing import Any

from storefold.stack.stripe.context import cause
from storefold.stack.stripe.upstream import resources

API_VERSION = "2026-10-28.endive"  # what stripe-python 16.1 speaks


class Event(resources.Event):  # type: ignore[misc]
    """Localstripe's event with the fields that it leaves out."""

    data: dict[str, Any]

    def __init__(self, kind: str, data: Any, previous: dict[str, Any] | None = None) -> None:
        super().__init__(kind, data)
        # The snapshot shares its nested dicts with the live object.
        self.data = copy.deepcopy(self.data)
        if previous is not None:
            self.data["previous_attributes"] = previous
        self.api_version = API_VERSION
        behind = cause.get()
        self.request = {
            "id": behind.request_id if behind else None,
            "idempotency_key": behind.idempotency_key if behind else None,
        }
        self.pending_webhooks = 0


def emit(kind: str, data: Any, previous: dict[str, Any] | None = None) -> None:
    """Record an event and let it be delivered."""
    resources.schedule_webhook(resources.Event(kind, data, previous))
