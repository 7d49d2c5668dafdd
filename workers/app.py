"""The Celery application: one task per kind of effect, over any broker.

In: a broker's address and a function that builds the parts of a process. Out: an app that sends tasks
(the dispatcher's use of it) and that runs them (`storefold worker`).

Workers use threads. Their work is waiting, for Stripe and for Postgres, and the bus has one writer
thread per process which turns whatever its callers want recorded at once into one append: threads share
it, prefork's children would each have a bus, a cache and connections of their own and rivals in each
other. What prefork offers instead, killing a task that hangs, every call here has a timeout for. The
parts are built when the first task needs them, in whichever process that is: a pool that forks would
otherwise inherit a bus without its thread.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from celery import Celery
from celery.signals import worker_ready, worker_shutdown

from workers.erasure import Erasures
from workers.mail import Mails
from workers.open_effects import Open
from workers.payments import Parts, Payments
from workers.pictures import Pictures
from workers.presence import Presence
from write_side.processes.effects import Effect, Kind

CONCURRENCY: Final = 8
VISIBILITY: Final = 60  # seconds after which Redis hands an unacknowledged task out again; longer than any task


@dataclass(frozen=True, slots=True)
class Hands:
    """Who carries out what, in a worker's process; `parts` are closed with it."""

    parts: Parts
    payments: Payments
    mails: Mails
    pictures: Pictures
    erasures: Erasures

    def carry_out(self, open_: Open) -> None:
        hand: Mails | Pictures | Erasures | Payments
        match _of(open_.effect.kind):
            case "mails":
                hand = self.mails
            case "pictures":
                hand = self.pictures
            case "persons":
                hand = self.erasures
            case _:
                hand = self.payments
        hand.carry_out(open_)

    def close(self) -> None:
        """The bus carries out what it was given before it stops."""
        self.parts.bus.close()
        self.parts.log.close()
        self.parts.vault.close()


def build_app(broker_url: str, build_hands: Callable[[], Hands] | None = None) -> Celery:
    """Connects to nothing yet. Without `build_hands` it only sends."""
    app = Celery("storefold", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_acks_late=True,  # a task whose worker died is handed out again ...
        task_reject_on_worker_lost=True,  # ... at once, where the pool can tell
        task_default_queue="storefold",
        task_ignore_result=True,  # results are events
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,  # what a dying worker holds, others wait for
        worker_pool="threads",
        worker_concurrency=CONCURRENCY,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,  # they finish; a repeat does nothing
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=3,
        # The dispatcher would rather hear at once that the broker is away: it tries again itself.
        task_publish_retry=False,
    )
    if broker_url.startswith("redis"):
        app.conf.broker_transport_options = {
            "visibility_timeout": VISIBILITY,
            "socket_connect_timeout": 3,
            "socket_timeout": 30,
            "health_check_interval": 10,
        }
    if build_hands is not None:
        _add_tasks(app, build_hands)
    return app


def sender(app: Celery) -> Callable[[Open], None]:
    """Enqueues an effect's task. The task's id is the effect's; it carries ids alone.

    Raises kombu's OperationalError when the broker is away.
    """

    def send(open_: Open) -> None:
        effect = open_.effect
        arguments = {
            "subject": effect.subject,
            "number": effect.number,
            "position": open_.position,
            "correlation": open_.correlation,
        }
        app.send_task(_task_name(effect.kind), kwargs=arguments, task_id=effect.id)

    return send


def run_worker(app: Celery, dsn: str, concurrency: int) -> None:
    """Runs a worker in the foreground until SIGTERM, when it finishes the tasks it has begun. `dsn`: the
    log's, where it shows that it is there."""
    presence = Presence(dsn)
    worker_ready.connect(lambda **_: presence.start(), weak=False)
    worker_shutdown.connect(lambda **_: presence.end(), weak=False)
    # Its name has the pid in it: two of one name on a machine would answer for each other.
    name = f"storefold-{os.getpid()}@%h"
    options = ["--loglevel", "INFO", "--hostname", name, "--concurrency", str(concurrency)]
    app.worker_main(["worker", *options, "--without-gossip", "--without-mingle"])


def _of(kind: Kind) -> str:
    """Whose work an effect is."""
    if kind is Kind.ERASE_PERSON:
        return "persons"
    return "mails" if kind.is_mail else "pictures" if kind.is_picture else "payments"


def _task_name(kind: Kind) -> str:
    return f"{_of(kind)}.{kind}"


def _add_tasks(app: Celery, build_hands: Callable[[], Hands]) -> None:
    lazily = _Lazily(build_hands)
    for kind in Kind:
        _add_task(app, kind, lazily)
    worker_shutdown.connect(lazily.close, weak=False)


def _add_task(app: Celery, kind: Kind, lazily: "_Lazily") -> None:
    @app.task(name=_task_name(kind))
    def carry_out(subject: int, number: int, position: int, correlation: str | None) -> None:
        lazily.get().carry_out(Open(Effect(kind, subject, number), position, correlation))


class _Lazily:
    """A process's hands, built once, when first asked for."""

    def __init__(self, build: Callable[[], Hands]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._hands: Hands | None = None

    def get(self) -> Hands:
        with self._lock:
            if self._hands is None:
                self._hands = self._build()
            return self._hands

    def close(self, **_: object) -> None:
        with self._lock:
            if self._hands is not None:
                self._hands.close()
                self._hands = None
