"""The event log in Postgres, as a recorder of the `eventsourcing` library.

What enters: stored events of any number of streams, with what else belongs to the same decision
(`log_append.py`). What leaves: their positions, gapless and in commit order.
`migrations/0001_log.sql` says how one append keeps its promises.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    ListenNotifySubscription,
    Notification,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    TrackingRecorder,
)
from psycopg import sql

from write_side.codecs import decode
from write_side.database import Database
from write_side.log_append import APPEND, CONFLICTS, NOTHING, Alongside, Guard, NotConnected, append_params

CHANNEL = "storefold_log"


_COLUMNS = "position, stream, version, topic, state"

Row = tuple[int, str, int, str, bytes]
"""A stored event as read from the log: position, stream, version, topic, state."""


class PostgresLog(ApplicationRecorder):
    """Appends to and reads from the log. Thread-safe: each thread has its own connection.

    Errors are the library's: IntegrityError and its kinds in `log_append.py` when the decision no longer
    stands (nothing was appended), OperationalError when the store could not be asked (the outcome of
    an append is then unknown).
    """

    decode = staticmethod(decode)

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """The thread's connection; failures of the connection become OperationalError."""
        try:
            conn = self.database.connection
        except psycopg.OperationalError as error:
            raise NotConnected(str(error)) from error
        try:
            yield conn
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if getattr(error, "sqlstate", None) in CONFLICTS:
                raise
            self.database.lost()
            raise OperationalError(str(error)) from error

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        guard: Guard | None = None,
        alongside: Alongside | None = None,
        **kwargs: Any,
    ) -> range:
        """Appends all or nothing; returns the events' positions."""
        also = alongside or NOTHING
        if not stored_events and not also:
            return range(0)
        params = append_params(stored_events, guard, also)
        try:
            with self.connection() as conn:
                before = self._append(conn, params, also.statements)
        except psycopg.Error as error:
            conflict = CONFLICTS.get(error.sqlstate or "")
            if conflict is None:
                raise
            raise conflict(str(error)) from error
        return range(before + 1, before + 1 + len(stored_events))

    def _append(
        self,
        conn: psycopg.Connection[tuple[Any, ...]],
        params: tuple[Any, ...],
        statements: list[tuple[str, tuple[Any, ...]]],
    ) -> int:
        if not statements:
            row = conn.execute(APPEND, params, prepare=True).fetchone()
        else:
            with conn.transaction():
                for statement, values in statements:
                    conn.execute(statement, values)
                row = conn.execute(APPEND, params, prepare=True).fetchone()
        assert row is not None
        return int(row[0])

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        order = "DESC" if desc else "ASC"
        query = f"""SELECT stream, version, topic, state FROM events WHERE stream = %s
            AND version > %s AND version <= %s ORDER BY version {order} LIMIT %s"""
        params = (str(originator_id), gt or 0, 2**31 - 1 if lte is None else lte, limit)
        with self.connection() as conn:
            return [StoredEvent(*row) for row in conn.execute(query, params, binary=True)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        after = (start or 0) - 1 if inclusive_of_start else (start or 0)
        query = f"""SELECT {_COLUMNS} FROM events WHERE position > %s AND position <= %s
            AND (%s::text[] IS NULL OR topic = ANY (%s)) ORDER BY position LIMIT %s"""
        wanted = list(topics) or None
        params = (after, 2**62 if stop is None else stop, wanted, wanted, limit)
        with self.connection() as conn:
            return [
                Notification(
                    id=position, originator_id=stream, originator_version=version,
                    topic=topic, state=state,
                )
                for position, stream, version, topic, state in conn.execute(
                    query, params, binary=True
                )
            ]  # fmt: skip

    def max_notification_id(self) -> int | None:
        return self.head() or None

    def head(self) -> int:
        """The position of the last event; 0 for an empty log."""
        with self.connection() as conn:
            row = conn.execute("SELECT position FROM log_head").fetchone()
        assert row is not None
        return int(row[0])

    def read(self, after: int, window: int, topics: Sequence[str] | None = None) -> tuple[list[Row], int]:
        """The events of the next `window` positions after `after`, and the position up to which the
        log was read. `topics` leaves events out; the position counts them all the same, which
        gapless positions make exact."""
        with self.connection() as conn:
            upto = min(after + window, self.head())
            if upto <= after:
                return [], after
            query = f"SELECT {_COLUMNS} FROM events WHERE position > %s AND position <= %s"
            params: tuple[Any, ...] = (after, upto)
            if topics is not None:
                query += " AND topic = ANY (%s)"
                params += (list(topics),)
            cursor = conn.execute(query + " ORDER BY position", params, binary=True)
            return cursor.fetchall(), upto

    def firsts(self, streams: Sequence[str]) -> list[Row]:
        """The event that each of these streams began with."""
        query = f"SELECT {_COLUMNS} FROM events WHERE stream = ANY (%s) AND version = 1"
        with self.connection() as conn:
            return conn.execute(query, (list(streams),), binary=True).fetchall()

    def last(self, topic: str) -> int:
        """The position of the last event of a kind; 0 for none. For kinds that have an index of their own: others
        are looked for backwards through the log."""
        query = sql.SQL("SELECT max(position) FROM events WHERE topic = {}").format(sql.Literal(topic))
        with self.connection() as conn:
            row = conn.execute(query).fetchone()
        assert row is not None
        return int(row[0] or 0)

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        return LogSubscription(self, gt=gt, topics=topics)

    def close(self) -> None:
        self.database.close()


class LogSubscription(ListenNotifySubscription[PostgresLog]):
    """The library's blocking iterator over the log, woken by LISTEN; for its ProjectionRunner."""

    def __init__(self, recorder: PostgresLog, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        super().__exit__(*args, **kwargs)
        self._listener.join()

    def _listen(self) -> None:
        try:
            with self._recorder.connection() as conn:
                conn.execute(f"LISTEN {CHANNEL}")
                # What was appended after the first look and before this was announced to nobody.
                self._has_been_notified.set()
                while not self._has_been_stopped and not self._thread_error:
                    for _ in conn.notifies(timeout=0.1, stop_after=1):
                        self._has_been_notified.set()
        except BaseException as error:
            self._thread_error = self._thread_error or error
            self.stop()
        finally:
            self._recorder.database.lost()


class Factory(InfrastructureFactory[TrackingRecorder]):
    """The library's door to this log: `PERSISTENCE_MODULE=write_side.event_store`,
    `STOREFOLD_POSTGRES_DSN`, `MAPPER_TOPIC=write_side.codecs:EventMapper`."""

    def application_recorder(self) -> ApplicationRecorder:
        return PostgresLog(Database(self.env["STOREFOLD_POSTGRES_DSN"]))

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        raise NotImplementedError(f"{purpose}: the log keeps no snapshots in a table of its own")

    def tracking_recorder(self, tracking_recorder_class: Any = None) -> TrackingRecorder:
        raise NotImplementedError("positions are kept beside the read models, see projections/")

    def process_recorder(self) -> ProcessRecorder:
        raise NotImplementedError("processes append through the bus")
