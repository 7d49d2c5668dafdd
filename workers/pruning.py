"""Forgets answers that nobody can still be waiting for: idempotency rows past their time.

What enters: how long a client may repeat a request under its key. What leaves: nothing. What may never happen twice
(an order's number, Stripe's event) is among the unique names and stays for ever; so do the keys that are named here.
"""

from collections.abc import Collection
from typing import Final

from workers.open_effects import Connection

AT_ONCE: Final = 10_000  # rows; whoever prunes has other things to do
EVERY: Final = 3600.0  # seconds


def prune_keys(conn: Connection, days: float, keep: Collection[bytes]) -> int:
    """Deletes the rows of keys that were used more than `days` ago, but those to `keep`; how many. `AT_ONCE`: there
    may be more."""
    row = conn.execute(
        "SELECT idempotency_prune(%s, %s::bytea[], %s)", (days * 86_400.0, list(keep), AT_ONCE)
    ).fetchone()
    assert row is not None
    return int(row[0])
