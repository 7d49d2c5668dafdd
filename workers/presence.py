"""Whether somebody does the work: for the start of the product and for its health.

Cheap to import and to ask, since both ask it of processes that have no other business with workers.
"""

import logging
import threading
from contextlib import closing
from typing import Final

import psycopg

from write_side.database import connect

log = logging.getLogger(__name__)

DISPATCHER_LOCK: Final = 0x53465344  # advisory lock of the one dispatcher that acts: "SFSD"
WORKER: Final = "storefold worker"  # the name of a connection that each worker holds
LOOK: Final = 2.0  # seconds between a worker's looks at its connection


class Presence(threading.Thread):
    """Holds a worker's connection while its process lives; Postgres notices when it dies."""

    def __init__(self, dsn: str) -> None:
        super().__init__(name="presence", daemon=True)
        self._dsn = dsn
        self._gone = threading.Event()

    def run(self) -> None:
        while not self._gone.is_set():
            try:
                with closing(connect(self._dsn, application_name=WORKER)) as conn:
                    while not self._gone.wait(LOOK):
                        conn.execute("SELECT")
            except psycopg.Error as error:
                log.warning("Postgres does not answer: %s", error)
                self._gone.wait(LOOK)

    def end(self) -> None:
        """Lets go of the connection."""
        self._gone.set()
        self.join()


def dispatcher_acts(dsn: str) -> bool:
    """Whether a dispatcher is at work. Raises psycopg errors when Postgres cannot be asked."""
    return _exists(
        dsn,
        """SELECT FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory'
        AND objid = %s::bigint AND granted AND datname = current_database()""",
        DISPATCHER_LOCK,
    )


def worker_present(dsn: str) -> bool:
    """Whether any worker takes tasks. Raises psycopg errors when Postgres cannot be asked."""
    query = "SELECT FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()"
    return _exists(dsn, query, WORKER)


def _exists(dsn: str, query: str, value: object) -> bool:
    with closing(connect(dsn)) as conn:
        row = conn.execute(f"SELECT EXISTS ({query})", (value,)).fetchone()
    return row == (True,)
