"""What has to be delivered where, on disk.

In: endpoints and events. Out: a delivery per event and subscribed endpoint, queued in the
same commit as the change that caused the event, so that no crash separates the two.
"""

import json
from dataclasses import dataclass
from typing import Any

from storefold.stack.stripe.database import Database

_SAVE_ENDPOINT = "INSERT OR REPLACE INTO endpoints VALUES (?, ?, ?, ?)"
_SAVE_DELIVERY = """
INSERT INTO deliveries (event, endpoint, attempts, last_status, state)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (event, endpoint) DO UPDATE SET
    attempts = excluded.attempts,
    last_status = excluded.last_status,
    state = excluded.state
"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events go. `events` None means every type."""

    id: str
    url: str
    secret: str
    events: list[str] | None = None

    def wants(self, event_type: str) -> bool:
        """Whether it subscribed to this type."""
        return self.events is None or event_type in self.events or "*" in self.events


@dataclass(slots=True)
class Delivery:
    """One event on its way to one endpoint."""

    event: str
    endpoint: str
    attempts: int = 0
    last_status: int | None = None  # of the last answer; None: none came
    state: str = "pending"  # pending, delivered, abandoned


class Outbox:
    """Endpoints and deliveries, in memory and in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.endpoints = {
            row[0]: Endpoint(row[0], row[1], row[2], row[3] and json.loads(row[3]))
            for row in database.rows("SELECT * FROM endpoints")
        }
        found = database.rows("SELECT event, endpoint, attempts, last_status, state FROM deliveries ORDER BY position")
        self.deliveries = {(row[0], row[1]): Delivery(*row) for row in found}

    def subscribe(self, endpoint: Endpoint) -> None:
        """Add an endpoint, or replace the one with its id."""
        self.endpoints[endpoint.id] = endpoint
        events = None if endpoint.events is None else json.dumps(endpoint.events)
        self._database.queue(_SAVE_ENDPOINT, endpoint.id, endpoint.url, endpoint.secret, events)

    def unsubscribe(self, endpoint_id: str) -> None:
        """Forget an endpoint and what was on its way to it."""
        self.endpoints.pop(endpoint_id, None)
        self._database.queue("DELETE FROM endpoints WHERE id = ?", endpoint_id)
        self._database.queue(
            "DELETE FROM deliveries WHERE endpoint = ? AND state = 'pending'",
            endpoint_id,
        )
        for key, delivery in list(self.deliveries.items()):
            if key[1] == endpoint_id and delivery.state == "pending":
                del self.deliveries[key]

    def add(self, event: Any) -> list[Delivery]:
        """One delivery for each endpoint that wants the event."""
        added = [Delivery(event.id, endpoint.id) for endpoint in self.endpoints.values() if endpoint.wants(event.type)]
        event.pending_webhooks = len(added)
        for delivery in added:
            self.save(delivery)
        return added

    def save(self, delivery: Delivery) -> None:
        """Keep it with the next commit."""
        self.deliveries[delivery.event, delivery.endpoint] = delivery
        self._database.queue(
            _SAVE_DELIVERY,
            delivery.event,
            delivery.endpoint,
            delivery.attempts,
            delivery.last_status,
            delivery.state,
        )

    def pending(self) -> list[Delivery]:
        """What is still to be delivered, oldest first."""
        return [one for one in self.deliveries.values() if one.state == "pending"]

    def forget_all(self) -> None:
        """Drop every delivery; endpoints stay."""
        self.deliveries.clear()
        self._database.queue("DELETE FROM deliveries")
