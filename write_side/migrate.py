"""Brings a database to the current schema: numbered SQL files, each once, in order.

What enters: an owner's connection string and the application's role and password.
What leaves: the names of the files that were applied. Safe to run from several processes at once.
"""

from pathlib import Path

import psycopg
from psycopg import sql

_FOLDER = Path(__file__).parent / "migrations"
ATTEMPTS = 20
_LOCK = 0x53544F52  # advisory lock: "STOR"


def migrate(owner_dsn: str, app_role: str, app_password: str) -> list[str]:
    """Applies what is missing in `migrations/*.sql` to the log's database."""
    return _apply(owner_dsn, _FOLDER, app_role, app_password)


def migrate_keys(owner_dsn: str, app_role: str, app_password: str) -> list[str]:
    """Applies what is missing in `migrations/keys/*.sql` to the key database."""
    return _apply(owner_dsn, _FOLDER / "keys", app_role, app_password)


def _apply(owner_dsn: str, folder: Path, app_role: str, app_password: str) -> list[str]:
    applied = []
    with psycopg.connect(owner_dsn, autocommit=True) as conn:
        # Held until the connection closes: two starters apply each file once.
        conn.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        _ensure_role(conn, app_role, app_password)
        conn.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations "
            "(name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        known = {row[0] for row in conn.execute("SELECT name FROM schema_migrations")}
        for path in sorted(folder.glob("*.sql")):
            if path.name in known:
                continue
            with conn.transaction():
                role = sql.Identifier(app_role).as_string(conn)
                conn.execute(path.read_text().replace("{app_role}", role).encode())
                conn.execute("INSERT INTO schema_migrations (name) VALUES (%s)", (path.name,))
            applied.append(path.name)
    return applied


def _ensure_role(conn: psycopg.Connection, role: str, password: str) -> None:
    """Roles belong to the whole server and the lock to one database: somebody who migrates another one
    may be doing the same, which Postgres answers with an internal error or a duplicate."""
    for attempt in range(ATTEMPTS):
        exists = conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        verb = "ALTER" if exists else "CREATE"
        try:
            conn.execute(sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), password))
        except (psycopg.errors.InternalError_, psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return
