"""Stored pictures that nobody refers to any more: the tasks that delete them.

What enters: an effect, that is ids and the position of an event. What leaves: nothing; the object is gone, and the
effect is struck out. Deleting twice is no error, so a task may run twice, late, or beside itself.
"""

import logging
from typing import Final

from workers import open_effects
from workers.object_storage import ObjectStorage
from workers.open_effects import Open
from write_side.account.events import ProfilePictureRemoved
from write_side.catalog.product.events import ImageRemoved
from write_side.codecs import decode
from write_side.event_store import PostgresLog
from write_side.media import StorageAway, person_prefix

log = logging.getLogger(__name__)

STORAGE_AWAY: Final = (1.0, 3600.0)  # seconds: first and longest pause


class Pictures:
    """`storage` None: the shop has none. `carry_out` raises what Postgres raises: the effect stays open and is tried
    again."""

    def __init__(self, event_log: PostgresLog, storage: ObjectStorage | None) -> None:
        self._log = event_log
        self._storage = storage

    def carry_out(self, open_: Open) -> None:
        """Deletes the object of the event that the effect is about."""
        key = self._key(open_.position)
        try:
            if key is not None:
                self._there().delete(key)
        except StorageAway as away:
            log.warning("%s waits, the storage does not answer: %s", open_.effect.id, away)
            with self._log.connection() as conn:
                open_effects.postpone(conn, open_.effect, *STORAGE_AWAY)
            return
        with self._log.connection() as conn:
            open_effects.strike_out(conn, open_.effect)

    def erase_person(self, person_id: int) -> int:
        """Deletes every picture that a person had of themselves, those in no record included; how many. May be
        repeated. Raises StorageAway, also while the storage is switched off: what is in it is not gone then."""
        return self._there().delete_prefix(person_prefix(person_id))

    def _there(self) -> ObjectStorage:
        if self._storage is None:
            raise StorageAway("the storage is switched off")
        return self._storage

    def _key(self, position: int) -> str | None:
        [(_, _, _, topic, state)], _ = self._log.read(position - 1, 1)
        event, _ = decode(topic, bytes(state))
        return event.key if isinstance(event, ImageRemoved | ProfilePictureRemoved) else None
