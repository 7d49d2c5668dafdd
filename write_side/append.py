"""How the bus meets the log: what it has seen of it, loading, and an append whose answer may be lost.

Most of the time one process writes. Its append then rests on one number: the head it knows. Once
others are seen to append, the bus catches up before each batch and names every stream it read.
"""

import logging
import time
from collections.abc import Iterable

from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent

from write_side.event_store import PostgresLog, Row
from write_side.log_append import Alongside, Guard, NotConnected
from write_side.refusals import OutcomeUnknown

log = logging.getLogger(__name__)

SHARED_FOR = 5.0  # seconds after a foreign append during which others are expected to go on
FAR_BEHIND = 20_000  # events; past this an empty cache is cheaper than following
ASK_FOR = 10.0  # seconds to ask the store what became of an append whose answer was lost


class Appender:
    """The bus's side of the log. Used by the writer thread alone."""

    def __init__(self, log: PostgresLog) -> None:
        self._log = log
        self.seen = -1  # the position up to which the cache knows the log; -1: not known
        self._shared_until = 0.0

    @property
    def shared(self) -> bool:
        """Whether others have appended lately (or nothing is known yet)."""
        return self.seen < 0 or time.monotonic() < self._shared_until

    def forget(self) -> None:
        self.seen = -1

    def catch_up(self) -> list[Row] | None:
        """The events since `seen`, own ones among them; None: too many, drop the cache."""
        if self.seen < 0:
            self.seen = self._log.head()
            return None
        rows, upto = self._log.read(self.seen, FAR_BEHIND)
        if upto > self.seen:
            self._shared_until = time.monotonic() + SHARED_FOR
        self.seen = upto
        if len(rows) == FAR_BEHIND:
            self.seen = self._log.head()
            return None
        return rows

    def verify(self, reads: dict[str, int]) -> int | None:
        """The log's head when none of these streams has moved on; None when one has."""
        query = """SELECT position, EXISTS (
                SELECT FROM unnest(%s::text[], %s::int[]) AS r (stream, version)
                JOIN events e ON e.stream = r.stream AND e.version = r.version + 1
            ) FROM log_head"""
        with self._log.connection() as conn:
            row = conn.execute(query, (list(reads), list(reads.values()))).fetchone()
        assert row is not None
        if row[1]:
            self._shared_until = time.monotonic() + SHARED_FOR
            return None
        return int(row[0])

    def append(self, events: list[StoredEvent], reads: dict[str, int], alongside: Alongside) -> int:
        """Appends and returns the position before the first event.

        Raises IntegrityError when the decisions no longer stand, OperationalError when nothing can
        have happened, OutcomeUnknown when the store could not be asked.
        """
        guard = Guard(self.seen, reads if self.shared else None)
        try:
            positions = self._log.insert_events(events, guard=guard, alongside=alongside)
        except IntegrityError:
            self._shared_until = time.monotonic() + SHARED_FOR
            raise
        except NotConnected:
            raise  # nothing was sent
        except OperationalError as error:
            positions = self._settle_doubt(events, guard, alongside, error)
        before = positions.start - 1
        if events and before == self.seen:
            self.seen = positions.stop - 1
        # Otherwise others appended in between: `seen` stays, so that catching up finds them.
        return before

    def _settle_doubt(
        self,
        events: list[StoredEvent],
        guard: Guard,
        alongside: Alongside,
        error: OperationalError,
    ) -> range:
        """The connection died around the commit. The log itself tells whether the append happened:
        its first event stands at its place in its stream, byte for byte (each carries its command's
        unique number). When it does not, the same append is sent again: should the lost one still
        be on its way, only one of the two can take that place."""
        log.warning("an append's answer was lost, asking the log: %s", error)
        deadline = time.monotonic() + ASK_FOR
        sent_again = False
        while time.monotonic() < deadline:
            try:
                found = self._find(events)
                if found is not None:
                    return found
                sent_again = True
                return self._log.insert_events(events, guard=guard, alongside=alongside)
            except IntegrityError:
                found = self._find(events) if sent_again else None
                if found is None:
                    raise
                return found
            except OperationalError as still:
                error = still
                time.sleep(0.2)
        self.forget()
        raise OutcomeUnknown from error

    def _find(self, events: list[StoredEvent]) -> range | None:
        if not events:
            return None
        with self._log.connection() as conn, conn.transaction():
            # Waits for whoever is appending: afterwards the lost append has happened or has not.
            conn.execute("SELECT position FROM log_head FOR UPDATE")
            row = conn.execute(
                "SELECT position, state FROM events WHERE stream = %s AND version = %s",
                (events[0].originator_id, events[0].originator_version),
            ).fetchone()
        if row is None or bytes(row[1]) != events[0].state:
            return None
        return range(row[0], row[0] + len(events))

    def load_streams(self, streams: set[str]) -> list[tuple[str, int, str, bytes]]:
        """Every event of the streams, in each stream's order."""
        query = """SELECT stream, version, topic, state FROM events
            WHERE stream = ANY (%s) ORDER BY stream, version"""
        with self._log.connection() as conn:
            return conn.execute(query, (list(streams),), binary=True).fetchall()

    def load_names(self, names: set[tuple[str, str]]) -> dict[tuple[str, str], int | None]:
        """The owner of each name, None for a free one."""
        query = """SELECT kind, value, owner FROM names
            JOIN unnest(%s::text[], %s::text[]) AS u (k, v) ON kind = k AND value = v"""
        wanted = list(names)
        found: dict[tuple[str, str], int | None] = dict.fromkeys(wanted)
        with self._log.connection() as conn:
            params = ([kind for kind, _ in wanted], [value for _, value in wanted])
            for kind, value, owner in conn.execute(query, params):
                found[(kind, value)] = owner
        return found

    def load_answers(self, keys: Iterable[bytes]) -> dict[bytes, tuple[bytes, bytes, int]]:
        """What was answered under these idempotency keys: request hash, answer, position."""
        query = "SELECT key, request, answer, position FROM idempotency WHERE key = ANY (%s)"
        with self._log.connection() as conn:
            rows = conn.execute(query, (list(keys),), binary=True).fetchall()
        return {key: (request, answer, position) for key, request, answer, position in rows}
