"""The requests seen, so that a test can prove one effect.

In: every call under /v1. Out: `GET /_calls`, in order of arrival; kept across restarts.
`executed` is true when an endpoint ran: not for a replay, a conflict or a fault before it.
"""

import dataclasses
import json
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from storefold.stack.stripe.database import Database

_KEPT = 20_000  # calls; older ones are forgotten


@dataclass(slots=True)
class Call:
    """One request; `status` is None while it runs and when it got no answer."""

    method: str
    path: str
    idempotency_key: str | None
    request_id: str
    at: float = field(default_factory=time.time)
    status: int | None = None
    executed: bool = False
    replayed: bool = False
    fault: str | None = None


class Calls:
    """A bounded log of calls."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.queue(
            "DELETE FROM calls WHERE position <= (SELECT max(position) FROM calls) - ?",
            _KEPT,
        )
        database.commit()
        rows = database.rows("SELECT call FROM calls ORDER BY position")
        self._seen = deque((Call(**json.loads(row[0])) for row in rows), maxlen=_KEPT)

    def arrived(self, call: Call) -> None:
        """Show it at once: a test may wait for a call that hangs."""
        self._seen.append(call)

    def ended(self, call: Call) -> None:
        """Keep it with the next commit."""
        self._database.queue("INSERT INTO calls (call) VALUES (?)", json.dumps(dataclasses.asdict(call)))

    def matching(self, wanted: dict[str, str]) -> list[dict[str, Any]]:
        """The calls whose named fields read like `wanted`."""
        seen = [dataclasses.asdict(call) for call in self._seen]
        return [call for call in seen if all(_text(call.get(name)) == value for name, value in wanted.items())]

    def forget_all(self) -> None:
        """Start from scratch."""
        self._seen.clear()
        self._database.queue("DELETE FROM calls")


def _text(value: Any) -> str:
    """As it stands in a query string."""
    return value if isinstance(value, str) else json.dumps(value)
