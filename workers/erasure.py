"""Erasing a person: what is left to do once it stands in the log that they are gone.

What enters: the person's id. What leaves: no key of theirs anywhere, so that nothing sealed for them opens
again, and nothing of theirs outside of the log. Whoever carried the command out has destroyed the key already,
unless they died first; every step may be done twice.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from workers import open_effects
from workers.open_effects import Open
from workers.streams import load
from workers.stripe_gateway import StripeAway
from write_side.account.state import ACCOUNT
from write_side.event_store import PostgresLog
from write_side.media import StorageAway
from write_side.personal_data import Vault

log = logging.getLogger(__name__)

AWAY: Final = (1.0, 600.0)  # seconds: first and longest pause while something does not answer


class Erasures:
    """`also`: further steps, each called with the person's id; one that raises StorageAway or StripeAway is
    tried again, after all the others. `carry_out` raises what Postgres raises: the effect stays open."""

    def __init__(self, event_log: PostgresLog, vault: Vault, also: Sequence[Callable[[int], object]] = ()) -> None:
        self._log = event_log
        self._vault = vault
        self._also = also

    def carry_out(self, open_: Open) -> None:
        """Does what is left to do of the effect."""
        person_id = open_.effect.subject
        # Nothing is as final as this: the log is asked, and not whoever sent the task.
        if load(self._log, ACCOUNT, person_id).state.erased:
            self._vault.destroy(person_id)
            done = [self._done(step, open_) for step in self._also]  # one that waits holds up no other
            if not all(done):
                with self._log.connection() as conn:
                    open_effects.postpone(conn, open_.effect, *AWAY)
                return
        else:
            log.error("%s: the log knows of no such thing", open_.effect.id)
        with self._log.connection() as conn:
            open_effects.strike_out(conn, open_.effect)

    def _done(self, step: Callable[[int], object], open_: Open) -> bool:
        try:
            step(open_.effect.subject)
        except (StorageAway, StripeAway) as reason:
            log.warning("%s waits: %s", open_.effect.id, reason)
            return False
        return True
