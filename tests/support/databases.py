"""Fresh databases: the write side's two are migrated once per run, copied per worker, emptied per test."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from storefold.migrate import migrate_databases
from storefold.settings import Settings
from storefold.stack import Endpoints

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Databases:
    """A log and its keys, nobody else's. The owner may do everything, the others what is granted."""

    name: str
    dsn: str
    owner_dsn: str
    keys_dsn: str
    keys_owner_dsn: str

    @classmethod
    def named(cls, endpoints: Endpoints, name: str) -> "Databases":
        def at(dsn: str, database: str) -> str:
            return f"{dsn.rpartition('/')[0]}/{database}"

        return cls(
            name=name,
            dsn=at(endpoints.postgres_dsn, name),
            owner_dsn=at(endpoints.postgres_owner_dsn, name),
            keys_dsn=at(endpoints.keys_dsn, f"{name}_keys"),
            keys_owner_dsn=at(endpoints.keys_owner_dsn, f"{name}_keys"),
        )

    def settings(self, **others: Any) -> Settings:
        """Settings of a process that works on these databases."""
        return Settings(
            postgres_dsn=self.dsn,
            postgres_owner_dsn=self.owner_dsn,
            keys_dsn=self.keys_dsn,
            keys_owner_dsn=self.keys_owner_dsn,
            **others,
        )


def make_template(endpoints: Endpoints, template: str) -> None:
    """Makes and migrates the databases to copy; for one process per run."""
    with _server(endpoints) as server:
        for name in _pair(template):
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    migrate_databases(Databases.named(endpoints, template).settings())


@contextmanager
def fresh_databases(endpoints: Endpoints, template: str) -> Iterator[Databases]:
    """A copy for as long as the context lasts."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with _server(endpoints) as server:
        for new, old in zip(_pair(name), _pair(template), strict=True):
            server.execute(copy.format(sql.Identifier(new), sql.Identifier(old)))
    try:
        yield Databases.named(endpoints, name)
    finally:
        drop_databases(endpoints, name)


def empty(databases: Databases) -> None:
    """Both databases as they were copied, in a hundredth of the time that copying takes. Whoever is
    still connected, a process that a test has killed for instance, is thrown out first."""
    for dsn in (databases.owner_dsn, databases.keys_owner_dsn):
        with psycopg.connect(dsn, autocommit=True) as owner:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            owner.execute(f"SELECT pg_terminate_backend(pid, 5000) {others}")
            with owner.transaction():
                _empty(owner)


def _empty(owner: psycopg.Connection[Any]) -> None:
    tables = {name for (name,) in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    log = "events" in tables
    if log:
        owner.execute("ALTER TABLE events DISABLE TRIGGER events_no_change")
        owner.execute("UPDATE log_head SET position = 0")
        owner.execute("UPDATE observations_head SET position = 0")
        owner.execute("ALTER SEQUENCE ids RESTART")
    for name in tables - {"log_head", "observations_head", "schema_migrations"}:
        owner.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
    if log:
        owner.execute("ALTER TABLE events ENABLE ALWAYS TRIGGER events_no_change")


def drop_databases(endpoints: Endpoints, name: str) -> None:
    with _server(endpoints) as server:
        for database in _pair(name):
            # FORCE: a test may have left connections, in processes that it killed for instance.
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _pair(name: str) -> tuple[str, str]:
    return name, f"{name}_keys"


def _server(endpoints: Endpoints) -> psycopg.Connection[Any]:
    return psycopg.connect(endpoints.postgres_owner_dsn, autocommit=True)
