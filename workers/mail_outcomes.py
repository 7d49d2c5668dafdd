"""What became of each mail, for good: rows of the table `mails`.

`effects` says what is open. A dispatcher that died before its checkpoint opens an effect again that was
carried out meanwhile; a mail, unlike a payment, has left no event by which that could be seen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from hashlib import blake2b

from workers.open_effects import Connection, Open, strike_out


class Outcome(StrEnum):
    SENT = "sent"
    REFUSED = "refused"  # by the mail server, for good
    NEEDLESS = "needless"  # nobody to write to any more, or nothing to say
    EXPIRED = "expired"  # no mail server took it while it was news


@contextmanager
def alone(conn: Connection, open_: Open) -> Iterator[bool]:
    """Whether nobody else is at this effect now. Held by the connection: who dies lets go of it."""
    digest = blake2b(open_.effect.id.encode(), digest_size=8).digest()
    key = int.from_bytes(digest, "big", signed=True)
    row = conn.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
    got = row == (True,)
    try:
        yield got
    finally:
        if got and not conn.closed:
            conn.execute("SELECT pg_advisory_unlock(%s)", (key,))


def known(conn: Connection, open_: Open) -> bool:
    return conn.execute("SELECT FROM mails WHERE id = %s", (open_.effect.id,)).fetchone() is not None


def settle(conn: Connection, open_: Open, outcome: Outcome, reply: str | None = None) -> None:
    """Records the outcome and strikes the effect out, both or neither."""
    with conn.transaction():
        conn.execute(
            "INSERT INTO mails (id, position, outcome, reply) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (open_.effect.id, open_.position, outcome, reply),
        )
        strike_out(conn, open_.effect)
