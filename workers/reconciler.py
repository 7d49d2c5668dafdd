"""Finds what was asked for and has no result, and has it tried again.

Runs in the dispatcher's loop rather than as a periodic task: whatever loses tasks would lose that one
too. `storefold reconcile` runs it by hand. The task itself finds out what is true: it looks at the log,
then asks Stripe.
"""

import logging
from collections.abc import Callable

from workers import open_effects
from workers.open_effects import Connection, Open

log = logging.getLogger(__name__)


def reconcile(conn: Connection, send: Callable[[Open], None], *, everything: bool = False) -> int:
    """Enqueues every overdue effect again (`everything`: every open one); how many.

    Raises what `send` raises. All of them stay overdue then: a broker that is away is no failure of the
    effects, and must not put them off further and further.
    """
    with conn.transaction():
        overdue = open_effects.take_overdue(conn, 100_000 if everything else 100, everything=everything)
        for one in overdue:
            log.info("trying %s again", one.effect.id)
            send(one)
    return len(overdue)
