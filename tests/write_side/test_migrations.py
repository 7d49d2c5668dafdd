"""Migrations: each file once, whoever starts at the same time, and the data stays."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
from support.databases import Databases, drop_databases
from support.events import stored
from support.rivals import await_lock

from storefold.migrate import migrate_databases
from storefold.stack import Endpoints
from write_side import migrate
from write_side.database import Database
from write_side.event_store import PostgresLog

FILES = sorted(path.name for path in (Path(migrate.__file__).parent / "migrations").rglob("*.sql"))


def test_a_second_run_applies_nothing_and_keeps_what_is_there(databases: Databases) -> None:
    log = PostgresLog(Database(databases.dsn))
    log.insert_events([stored("a-1", 1)])
    assert migrate_databases(databases.settings()) == []
    assert log.head() == 1
    log.close()


def test_starters_at_the_same_time_apply_each_file_once(endpoints: Endpoints) -> None:
    fresh = Databases.named(endpoints, "test_migrations")
    with psycopg.connect(endpoints.postgres_owner_dsn, autocommit=True) as server:
        for name in (fresh.name, f"{fresh.name}_keys"):
            server.execute(f"CREATE DATABASE {name}")
    try:
        with ThreadPoolExecutor(4) as pool:
            applied = list(pool.map(migrate_databases, [fresh.settings()] * 4))
        assert sorted(name for names in applied for name in names) == FILES
    finally:
        drop_databases(endpoints, fresh.name)


def test_somebody_who_changes_the_same_role_elsewhere_does_no_harm(databases: Databases) -> None:
    """The rival has changed the role and not committed: Postgres fails whoever waits for it."""
    with psycopg.connect(databases.keys_owner_dsn) as rival, ThreadPoolExecutor(1) as pool:
        rival.execute("ALTER ROLE storefold_app LOGIN")
        migrating = pool.submit(migrate_databases, databases.settings())
        await_lock(databases, "ALTER ROLE%")
        rival.commit()
        assert migrating.result(20) == []
