"""What becomes of commands: their outcome, and how it reaches whoever waits for it.

What enters: jobs of a batch. What leaves: a resolved future for each, after the commit.
"""

import asyncio
import logging
from collections import defaultdict
from concurrent.futures import Future

import msgspec

from write_side.batch import Accepted, Job, StoredAnswer
from write_side.refusals import IdempotencyKeyReused

log = logging.getLogger(__name__)


def refuse(jobs: list[Job], reason: BaseException) -> None:
    """Not by a rule: they were not carried out, as far as anybody knows."""
    for job in jobs:
        job.outcome = reason
        if job.lane is not None and job.lane.broken is None:
            job.lane.broken = reason


def passes(job: Job) -> bool:
    """Whether nothing before it in its lane failed."""
    if job.lane is None or job.lane.broken is None:
        return True
    job.outcome = job.lane.broken
    return False


def replay(job: Job, request: bytes, answer: bytes, position: int) -> Accepted | BaseException:
    """What a repeated command is answered with: what its first run was, if it is the same command."""
    if request != job.request:
        return IdempotencyKeyReused()
    stored = msgspec.json.decode(answer, type=StoredAnswer)
    return Accepted(position=position, events=stored.events, result=stored.result)


def answer(jobs: list[Job]) -> None:
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
