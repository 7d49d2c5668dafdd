"""Stored pictures that no command took: their upload's process died, or a client uploaded and thought better of it.

Every key that a record holds is a unique name, claimed in the record's own transaction, so one look there tells.
"""

import logging
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from workers.object_storage import ObjectStorage
from write_side.event_store import PostgresLog
from write_side.media import PEOPLE, PRODUCTS

log = logging.getLogger(__name__)

DAY: Final = 24 * 3600
LOOK: Final = 500  # keys per query


def sweep(event_log: PostgresLog, storage: ObjectStorage, older_than: float = DAY) -> int:
    """Deletes what was stored more than `older_than` seconds ago and belongs to no record; how many. A command that
    comes for its upload later than that finds no picture. Raises StorageAway and what Postgres raises; may be
    repeated, and cut short."""
    before = datetime.now(UTC) - timedelta(seconds=older_than)
    deleted = 0
    for folder in (PRODUCTS, PEOPLE):
        found = storage.keys(f"{folder}/")
        while page := list(islice(found, LOOK)):
            old = [key for key, at in page if at <= before]
            for key in sorted(set(old) - _taken(event_log, old)):
                log.info("nobody refers to %s: deleted", key)
                storage.delete(key)
                deleted += 1
    return deleted


def _taken(event_log: PostgresLog, keys: list[str]) -> set[str]:
    with event_log.connection() as conn:
        rows = conn.execute("SELECT value FROM names WHERE kind = 'media' AND value = ANY (%s)", (keys,))
        return {str(value) for (value,) in rows}
