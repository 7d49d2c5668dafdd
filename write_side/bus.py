"""The bus: one writer thread per process that carries out whatever commands are waiting.

What enters: commands with their actor, from any thread or event loop. What leaves: `Accepted`, or
the refusal as an exception; always after the commit, for a refusal may rest on what a batch-mate
wrote. This module takes commands in and makes batches of them; `writer.py` carries a batch out and
`replies.py` answers.

Nobody waits for a batch to fill: while one is being committed the next one gathers by itself.
"""

import asyncio
import itertools
import logging
import queue
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import psycopg
from eventsourcing.persistence import OperationalError

from write_side.batch import Accepted, Job, Lane
from write_side.event_store import PostgresLog
from write_side.messages import ANONYMOUS, Actor, Command
from write_side.refusals import Overloaded, Refusal, Unavailable
from write_side.replies import answer, refuse
from write_side.work import HANDLERS, Work
from write_side.writer import Writer

log = logging.getLogger(__name__)

MAX_BATCH = 500  # commands; past this a batch takes longer than it saves
MAX_WAITING = 20_000


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A client's key within its scope (principal and route), so that keys of two clients never meet."""

    scope: str
    key: str

    def digest(self) -> bytes:
        return sha256(f"{self.scope}\x00{self.key}".encode()).digest()


class Bus:
    """Carries out commands against the log.

    `authorise(command, work)` refuses what the actor may not do, `vet(work)` what no command may record;
    `fingerprint` makes 32 bytes of a request that is kept under an Idempotency-Key, and must be keyed: a request may
    hold a password or an address. `services` is handed to the `prepare` and `after` steps of handlers; `clock` gives
    the time as ISO text; `new_id` a fresh id.
    """

    def __init__(
        self,
        log: PostgresLog,
        *,
        authorise: Callable[[Any, Work], None],
        vet: Callable[[Work], None] = lambda _work: None,
        fingerprint: Callable[[str], bytes],
        new_id: Callable[[], int],
        clock: Callable[[], str],
        services: Any = None,
        cache_size: int = 100_000,
        max_batch: int = MAX_BATCH,
    ) -> None:
        self._writer = Writer(log, authorise, vet, clock, cache_size)
        self._fingerprint = fingerprint
        self._new_id = new_id
        self._services = services
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
        preparation (hashing, sealing) runs right here, on the caller's thread. What a command has to be
        done after the commit (`Registration.after`) is left to the event's effect."""
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
        accepted = self.submit(command, actor, key).result()
        self._follow_up(command, accepted)
        return accepted

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
        accepted = await future
        if HANDLERS[type(command)].after is not None:
            await loop.run_in_executor(None, self._follow_up, command, accepted)
        return accepted

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
            log.warning("preparing %s: %s", type(command).__name__, error)
            return Unavailable("the event store does not answer")

    def _follow_up(self, command: Command, accepted: Accepted) -> None:
        """The command is carried out whatever becomes of this: the event's effect sees to it as well."""
        after = HANDLERS[type(command)].after
        if after is None:
            return
        try:
            after(accepted.result, self._services)
        except (OperationalError, psycopg.Error) as error:
            log.warning("what follows %s is left to a worker: %s", command.command_name(), error)

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
            job.request = self._fingerprint(_request(command))
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
                    self._writer.carry_out(jobs)
                except BaseException as fault:
                    # The thread must outlive any fault, and no caller may wait for ever.
                    log.exception("a batch failed")
                    self._writer.forget()
                    refuse(jobs, fault)
                answer(jobs)


def _request(command: Command) -> str:
    body = command.model_dump_json(context={"secrets": True})
    return f"{command.command_name()}\x00{body}"
