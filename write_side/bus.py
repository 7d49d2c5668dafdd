"""The bus: one writer thread per process that carries out whatever commands are waiting.

What enters: commands with their actor, from any thread or event loop. What leaves: `Accepted`, or
the refusal as an exception; always after the commit, for a refusal may rest on what a batch-mate
wrote. `batch.py` decides; this module loads, appends, and repeats when somebody else was faster.

Nobody waits for a batch to fill: while one is being committed the next one gathers by itself.
"""

import asyncio
import itertools
import logging
import queue
import secrets
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
import psycopg
from eventsourcing.persistence import IntegrityError, OperationalError

from write_side.append import Appender
from write_side.batch import Accepted, Batch, Cache, Job, Lane, StoredAnswer, fold
from write_side.event_store import PostgresLog
from write_side.messages import ANONYMOUS, Actor, Command
from write_side.refusals import (
    IdempotencyKeyReused,
    OutcomeUnknown,
    Overloaded,
    Refusal,
    TooLarge,
    Unavailable,
)
from write_side.work import HANDLERS, Missing, Work

log = logging.getLogger(__name__)

MAX_BATCH = 500  # commands; past this a batch takes longer than it saves
MAX_WAITING = 20_000
ATTEMPTS = 5  # of a whole batch after conflicts, before its commands go one by one
ATTEMPTS_ALONE = 20


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A client's key within its scope (principal and route), so that keys of two clients never meet."""

    scope: str
    key: str

    def digest(self) -> bytes:
        return sha256(f"{self.scope}\x00{self.key}".encode()).digest()


class Bus:
    """Carries out commands against the log.

    `authorise(command, work)` refuses what the actor may not do; `services` is handed to the
    `prepare` step of handlers; `clock` gives the time as ISO text; `new_id` a fresh id.
    """

    def __init__(
        self,
        log: PostgresLog,
        *,
        authorise: Callable[[Any, Work], None],
        new_id: Callable[[], int],
        clock: Callable[[], str],
        services: Any = None,
        cache_size: int = 100_000,
        max_batch: int = MAX_BATCH,
    ) -> None:
        self._appender = Appender(log)
        self._authorise = authorise
        self._new_id = new_id
        self._clock = clock
        self._services = services
        self._cache = Cache(cache_size)
        self._max_batch = max_batch
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        self._name = secrets.token_hex(5)  # makes command numbers unique across processes
        self._closed = False
        self._gate = threading.Lock()  # nothing is queued behind the last call
        self._thread = threading.Thread(target=self._run, name="bus", daemon=True)
        self._thread.start()

    # -- for callers ------------------------------------------------------------------------------

    def submit(
        self,
        command: Command,
        actor: Actor = ANONYMOUS,
        key: IdempotencyKey | None = None,
        lane: Lane | None = None,
    ) -> "Future[Accepted]":
        """Puts a command in the queue; the future gives `Accepted` or raises the refusal. Slow
        preparation (hashing, sealing) runs right here, on the caller's thread."""
        future: Future[Accepted] = Future()
        self._enqueue(command, actor, key, self._prepare(command, actor), future, lane)
        return future

    def execute(
        self,
        command: Command,
        actor: Actor = ANONYMOUS,
        key: IdempotencyKey | None = None,
    ) -> Accepted:
        """Carries a command out and waits for its answer. Raises the refusal."""
        return self.submit(command, actor, key).result()

    async def send(
        self,
        command: Command,
        actor: Actor = ANONYMOUS,
        key: IdempotencyKey | None = None,
    ) -> Accepted:
        """As `execute`, for an event loop; preparation runs on a thread of the loop's pool."""
        loop = asyncio.get_running_loop()
        prepared = None
        if HANDLERS[type(command)].prepare is not None:
            prepared = await loop.run_in_executor(None, self._prepare, command, actor)
        future: asyncio.Future[Accepted] = loop.create_future()
        self._enqueue(command, actor, key, prepared, future)
        return await future

    def close(self) -> None:
        """Carries out what is waiting, then stops."""
        with self._gate:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _prepare(self, command: Command, actor: Actor) -> Any:
        """What preparation made, or the refusal it ended in: the command's turn will tell."""
        prepare = HANDLERS[type(command)].prepare
        try:
            return prepare(command, actor, self._services) if prepare is not None else None
        except Refusal as refusal:
            return refusal
        except (OperationalError, psycopg.OperationalError, psycopg.InterfaceError) as error:
            return Unavailable(str(error).partition("\n")[0])

    def _enqueue(
        self,
        command: Command,
        actor: Actor,
        key: IdempotencyKey | None,
        prepared: Any,
        reply: Any,
        lane: Lane | None = None,
    ) -> None:
        if self._queue.qsize() > MAX_WAITING:
            raise Overloaded
        job = Job(
            command=command,
            actor=actor,
            handler=HANDLERS[type(command)].handler,
            prepared=prepared,
            number=f"{self._name}-{next(self._numbers)}",
            new_id=self._new_id,
            reply=reply,
            lane=lane,
        )
        if key is not None:
            job.key = key.digest()
            job.request = _request_hash(command)
        with self._gate:
            if self._closed:
                raise Overloaded
            self._queue.put(job)

    # -- the writer thread ------------------------------------------------------------------------

    def _run(self) -> None:
        stopping = False
        while not stopping:
            jobs: list[Job] = []
            job = self._queue.get()
            while job is not None:
                jobs.append(job)
                if len(jobs) == self._max_batch or self._queue.empty():
                    break
                job = self._queue.get()
            stopping = job is None
            if jobs:
                try:
                    self._carry_out(jobs)
                except BaseException as fault:
                    # The thread must outlive any fault, and no caller may wait for ever.
                    log.exception("a batch failed")
                    self._forget()
                    _refuse(jobs, fault)
                _answer(jobs)

    def _carry_out(self, jobs: list[Job]) -> None:
        jobs = [job for job in jobs if _passes(job)]
        if not jobs:
            return
        for _ in range(ATTEMPTS):
            if self._attempt(jobs):
                return
        self._one_by_one(jobs)

    def _one_by_one(self, jobs: list[Job]) -> None:
        for job in jobs:
            if _passes(job) and not any(self._attempt([job]) for _ in range(ATTEMPTS_ALONE)):
                _refuse([job], Overloaded("too many rivals for the same streams; try again"))

    def _attempt(self, jobs: list[Job]) -> bool:
        """One try at the whole batch. False: somebody else was faster, decide again."""
        batch = Batch(self._cache, self._clock(), self._authorise)
        try:
            if self._appender.shared:
                self._catch_up()
            self._decide(batch, self._unanswered(batch, jobs))
            before = self._append(batch)
        except IntegrityError:
            return False  # the appender expects rivals now, so the next try catches up first
        except OperationalError as error:
            self._forget()
            _refuse(jobs, Unavailable(str(error).partition("\n")[0]))
            return True
        except OutcomeUnknown as unknown:
            self._forget()
            _refuse(jobs, unknown)
            return True
        except psycopg.Error as error:
            self._forget()
            self._refused_by_database(jobs, error)
            return True
        if before is None:
            return False
        batch.settle(before)
        for job in jobs:
            self._repeat(batch, job)
        return True

    def _append(self, batch: Batch) -> int | None:
        """The position before the batch's first event; None: the decisions no longer stand."""
        alongside = batch.alongside
        if batch.events or alongside:
            return self._appender.append(batch.events, batch.reads, alongside)
        # Refusals and no-ops append nothing, so nothing has checked yet what they rest on.
        return self._appender.verify(batch.reads)

    def _decide(self, batch: Batch, jobs: list[Job]) -> None:
        """Decides in the order in which they came. Behind a job that lacks something the others are only
        asked, once, what they lack themselves, so that one query brings it all; then they have their turn."""
        ready: set[int] = set()  # of those behind, who lacked nothing when asked
        while jobs:
            waiting: list[Job] = []
            streams: set[str] = set()
            names: set[tuple[str, str]] = set()
            for job in jobs:
                if job.key is not None and job.key in batch.keys:
                    continue  # the same key twice in one batch: answered with the first one's answer
                try:
                    if not waiting:
                        batch.decide(job)
                        continue
                    if id(job) not in ready:
                        batch.probe(job)
                        ready.add(id(job))
                except Missing as missing:
                    streams |= missing.streams
                    names |= missing.names
                waiting.append(job)
            if streams:
                loaded = fold(streams, self._appender.load_streams(streams))
                batch.loaded.update(loaded)
                self._cache.update(loaded)
            if names:
                batch.known.update(self._appender.load_names(names))
            jobs = waiting

    def _unanswered(self, batch: Batch, jobs: list[Job]) -> list[Job]:
        """Answers the jobs whose key is stored already; returns the others."""
        keys = [job.key for job in jobs if job.key is not None]
        if not keys:
            return jobs
        stored = self._appender.load_answers(keys)
        rest = []
        for job in jobs:
            if job.key is None or job.key not in stored:
                rest.append(job)
                continue
            request, answer, position = stored[job.key]
            job.outcome = _replay(job, request, answer, position)
        return rest

    def _repeat(self, batch: Batch, job: Job) -> None:
        first = batch.keys.get(job.key) if job.key is not None else None
        if first is not None and first is not job:
            same = first.request == job.request
            job.outcome = first.outcome if same else IdempotencyKeyReused()

    def _refused_by_database(self, jobs: list[Job], error: psycopg.Error) -> None:
        """A full disk refuses everybody; a value the database cannot hold must fail alone."""
        if (error.sqlstate or "")[:2] in ("53", "57", "58"):
            _refuse(jobs, Unavailable(f"the event store takes no writes: {error}"))
        elif len(jobs) == 1:
            log.warning("a command could not be stored: %s", error)
            jobs[0].outcome = TooLarge()
        else:
            self._one_by_one(jobs)

    def _catch_up(self) -> None:
        """Brings the cache up to date with what others appended."""
        rows = self._appender.catch_up()
        if rows is None:
            self._cache.clear()
        else:
            self._cache.follow(rows)

    def _forget(self) -> None:
        """After a fault nothing in memory is trusted: all of it is in the log."""
        self._cache.clear()
        self._appender.forget()


def _refuse(jobs: list[Job], reason: BaseException) -> None:
    """Not by a rule: they were not carried out, as far as anybody knows."""
    for job in jobs:
        job.outcome = reason
        if job.lane is not None and job.lane.broken is None:
            job.lane.broken = reason


def _passes(job: Job) -> bool:
    """Whether nothing before it in its lane failed."""
    if job.lane is None or job.lane.broken is None:
        return True
    job.outcome = job.lane.broken
    return False


def _request_hash(command: Command) -> bytes:
    body = command.model_dump_json(context={"secrets": True})
    return sha256(f"{command.command_name()}\x00{body}".encode()).digest()


def _replay(job: Job, request: bytes, answer: bytes, position: int) -> Accepted | BaseException:
    if request != job.request:
        return IdempotencyKeyReused()
    stored = msgspec.json.decode(answer, type=StoredAnswer)
    return Accepted(position=position, events=stored.events, result=stored.result)


def _answer(jobs: list[Job]) -> None:
    """Wakes the callers: one call into each event loop for the whole batch, not one per command."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = defaultdict(list)
    for job in jobs:
        if isinstance(job.reply, Future):
            if job.reply.set_running_or_notify_cancel():  # a caller who gave up has cancelled it
                _resolve(job)
        else:
            by_loop[job.reply.get_loop()].append(job)
    for loop, waiting in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve_all, waiting)
        except RuntimeError:
            log.warning("%d answers had nobody left to hear them", len(waiting))


def _resolve_all(jobs: list[Job]) -> None:
    for job in jobs:
        if not job.reply.done():  # a client that went away has cancelled its future
            _resolve(job)


def _resolve(job: Job) -> None:
    if isinstance(job.outcome, BaseException):
        job.reply.set_exception(job.outcome)
    elif job.outcome is not None:
        job.reply.set_result(job.outcome)
    else:
        job.reply.set_exception(RuntimeError("the command was left without an outcome"))
