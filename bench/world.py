"""The real services, and databases that a benchmark has to itself."""

import itertools
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
from psycopg import sql

from bench.progress import Progress
from storefold.migrate import migrate_databases
from storefold.settings import Settings
from storefold.stack import Endpoints

_ENDS = (signal.SIGINT, signal.SIGTERM)
_TEMPLATE = "bench_template"


@dataclass(frozen=True, slots=True)
class World:
    """What a benchmark works in. Names given out are used by nobody else."""

    endpoints: Endpoints
    folder: Path
    progress: Progress
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def name(self) -> str:
        """For a database, a Redis tag, an index prefix or a service."""
        return f"bench_{next(self._numbers)}"

    @contextmanager
    def log(self) -> Iterator[Settings]:
        """Settings of an empty, migrated log, which is dropped in the end."""
        name = self.name()
        self._server("CREATE DATABASE {} TEMPLATE {}", name, _TEMPLATE)
        try:
            yield self.settings(name)
        finally:
            self._server("DROP DATABASE {} WITH (FORCE)", name)

    @contextmanager
    def empty_database(self) -> Iterator[Settings]:
        """Settings of a database with nothing in it."""
        name = self.name()
        self._server("CREATE DATABASE {}", name)
        try:
            yield self.settings(name)
        finally:
            self._server("DROP DATABASE {} WITH (FORCE)", name)

    def settings(self, database: str) -> Settings:
        """All services of the stack, and a log of that name."""
        environment = self.environment(database)
        fields = {name.removeprefix("STOREFOLD_").lower(): value for name, value in environment.items()}
        return Settings().model_copy(update=fields)

    def environment(self, database: str) -> dict[str, str]:
        """The same for processes of the product."""
        environment = self.endpoints.environ()
        for name in ("STOREFOLD_POSTGRES_DSN", "STOREFOLD_POSTGRES_OWNER_DSN"):
            environment[name] = f"{environment[name].rpartition('/')[0]}/{database}"
        return environment | {"STOREFOLD_RATE_LIMITS": "off"}

    def inherited(self, environment: dict[str, str]) -> dict[str, str]:
        """For a process that is started: the settings above, and nothing of the caller's own."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("STOREFOLD_", "STRIPE_"))}
        return {**own, **environment}

    def prepare(self) -> None:
        """Makes the template that logs are copied from: a copy takes a tenth of a second."""
        self._server("CREATE DATABASE {}", _TEMPLATE)
        migrate_databases(self.settings(_TEMPLATE))

    def _server(self, statement: Any, *names: str) -> None:
        with psycopg.connect(self.endpoints.postgres_owner_dsn, autocommit=True) as server:
            server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class NotStarted(Exception):
    """The services did not start; they have said why."""


@contextmanager
def world(progress: Progress) -> Iterator[World]:
    """Starts the services in a temporary home; stops them and removes it, also when interrupted.
    Raises NotStarted."""
    # Not an end that skips `finally`: the services and the home must go.
    for number in _ENDS:
        signal.signal(number, _interrupt)
    with tempfile.TemporaryDirectory(prefix="storefold-bench-") as folder:
        home = Path(folder) / "home"
        command = (sys.executable, "-m", "bench.services", str(home))
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as services:
            try:
                assert services.stdout is not None
                if services.stdout.readline() != "ready\n":
                    raise NotStarted
                made = World(Endpoints.of(home), Path(folder), progress)
                made.prepare()
                yield made
            finally:
                progress.end()
                assert services.stdin is not None
                services.stdin.close()
                services.wait()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in _ENDS:  # one is enough: a second would interrupt the tidying up
        signal.signal(number, lambda *_: None)
    raise KeyboardInterrupt
