"""Carries out a batch of commands: decides them, appends what they wrote, and starts again when somebody
else was faster.

What enters: jobs. What leaves: each job's outcome; it answers nobody, see `replies.py`. `batch.py` decides
one after another in memory, `append.py` meets the log. Used by the bus's thread alone.
"""

import logging
from collections.abc import Callable
from typing import Any

import psycopg
from eventsourcing.persistence import IntegrityError, OperationalError

from write_side.append import Appender
from write_side.batch import Batch, Cache, Job, fold
from write_side.event_store import PostgresLog
from write_side.refusals import IdempotencyKeyReused, OutcomeUnknown, Overloaded, TooLarge, Unavailable
from write_side.replies import passes, refuse, replay
from write_side.work import Missing, Work

log = logging.getLogger(__name__)

ATTEMPTS = 5  # of a whole batch after conflicts, before its commands go one by one
ATTEMPTS_ALONE = 20


class Writer:
    """The one who appends, with the aggregates in memory that commands read most."""

    def __init__(
        self,
        log: PostgresLog,
        authorise: Callable[[Any, Work], None],
        vet: Callable[[Work], None],
        clock: Callable[[], str],
        cache_size: int,
    ) -> None:
        self._appender = Appender(log)
        self._authorise = authorise
        self._vet = vet
        self._clock = clock
        self._cache = Cache(cache_size)

    def carry_out(self, jobs: list[Job]) -> None:
        """Gives every job its outcome: an answer, a refusal, or the fault that it ended in."""
        jobs = [job for job in jobs if passes(job)]
        if not jobs:
            return
        for _ in range(ATTEMPTS):
            if self._attempt(jobs):
                return
        self._one_by_one(jobs)

    def _one_by_one(self, jobs: list[Job]) -> None:
        for job in jobs:
            if passes(job) and not any(self._attempt([job]) for _ in range(ATTEMPTS_ALONE)):
                refuse([job], Overloaded("too many rivals for the same streams; try again"))

    def _attempt(self, jobs: list[Job]) -> bool:
        """One try at the whole batch. False: somebody else was faster, decide again."""
        batch = Batch(self._cache, self._clock(), self._authorise, self._vet)
        try:
            if self._appender.shared:
                self._catch_up()
            self._decide(batch, self._unanswered(batch, jobs))
            before = self._append(batch)
        except IntegrityError:
            return False  # the appender expects rivals now, so the next try catches up first
        except OperationalError as error:
            self.forget()
            log.warning("the event store: %s", error)
            refuse(jobs, Unavailable("the event store does not answer"))
            return True
        except OutcomeUnknown as unknown:
            self.forget()
            refuse(jobs, unknown)
            return True
        except psycopg.Error as error:
            self.forget()
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
            job.outcome = replay(job, request, answer, position)
        return rest

    def _repeat(self, batch: Batch, job: Job) -> None:
        first = batch.keys.get(job.key) if job.key is not None else None
        if first is not None and first is not job:
            same = first.request == job.request
            job.outcome = first.outcome if same else IdempotencyKeyReused()

    def _refused_by_database(self, jobs: list[Job], error: psycopg.Error) -> None:
        """A full disk refuses everybody; a value the database cannot hold must fail alone."""
        if (error.sqlstate or "")[:2] in ("53", "57", "58"):
            refuse(jobs, Unavailable(f"the event store takes no writes: {error}"))
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

    def forget(self) -> None:
        """After a fault nothing in memory is trusted: all of it is in the log."""
        self._cache.clear()
        self._appender.forget()
