"""The effects that were asked for and not seen to be done: rows of the table `effects`.

The table is a list of what to look at, the log says what is true: a row too many costs a look.
Functions take a connection because the dispatcher's must be the one that holds its lock.
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
import psycopg

from write_side.processes.effects import Effect, Kind

Connection = psycopg.Connection[tuple[Any, ...]]

LEASE: Final = 20.0  # seconds that a task has before somebody else may try; longer than Stripe's timeouts
LONGEST: Final = 3600.0  # seconds between two tries, whatever came before


class Open(msgspec.Struct, frozen=True):
    """An effect with the event that asked for it: `position`, and the correlation id it carries."""

    effect: Effect
    position: int
    correlation: str | None = None


def add(conn: Connection, opened: Iterable[Open]) -> None:
    """Writes effects down; those that are there already stay as they are. One that is to be done at
    once falls due when its task should have been done."""
    rows = [
        (o.effect.id, o.effect.kind, o.effect.subject, o.effect.number, o.position, o.correlation,
         o.effect.after or LEASE)
        for o in opened
    ]  # fmt: skip
    if rows:
        conn.cursor().executemany(
            """INSERT INTO effects (id, kind, subject, number, position, correlation, due)
            VALUES (%s, %s, %s, %s, %s, %s, now() + make_interval(secs => %s)) ON CONFLICT DO NOTHING""",
            rows,
        )


def take_overdue(conn: Connection, limit: int = 100, *, everything: bool = False) -> list[Open]:
    """Effects that are due (or all), each for one caller: it is due again after a lease that doubles
    from try to try."""
    rows = conn.execute(
        """UPDATE effects SET tries = tries + 1,
            due = now() + make_interval(secs => least(%s * power(2, least(tries, 20)), %s))
        WHERE id IN (SELECT id FROM effects WHERE due <= now() OR %s ORDER BY due LIMIT %s FOR UPDATE SKIP LOCKED)
        RETURNING kind, subject, number, position, correlation""",
        (LEASE, LONGEST, everything, limit),
    )
    return [Open(Effect(Kind(kind), subject, number), at, tied) for kind, subject, number, at, tied in rows]


def postpone(conn: Connection, effect: Effect, base: float, longest: float) -> None:
    """Exponential backoff with jitter: due again after half to one and a half of `base`·2^tries
    seconds (at most of `longest`), so that what failed together does not come back together."""
    conn.execute(
        """UPDATE effects SET
            due = now() + make_interval(secs => least(%s * power(2, least(tries, 30)), %s) * (0.5 + random()))
        WHERE id = %s""",
        (base, longest, effect.id),
    )


def strike_out(conn: Connection, effect: Effect) -> None:
    """The effect is done, or will never have to be."""
    conn.execute("DELETE FROM effects WHERE id = %s", (effect.id,))
