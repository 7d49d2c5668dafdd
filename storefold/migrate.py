"""Both databases of the write side to their current schema, from the settings."""

from psycopg.conninfo import conninfo_to_dict

from storefold.settings import Settings
from write_side.migrate import migrate, migrate_keys


def migrate_databases(settings: Settings) -> list[str]:
    """The files that were applied; none when all is current. Raises psycopg's errors."""
    role, password = _role(settings.postgres_dsn)
    applied = migrate(settings.postgres_owner_dsn, role, password)
    role, password = _role(settings.keys_dsn)
    return applied + migrate_keys(settings.keys_owner_dsn, role, password)


def _role(dsn: str) -> tuple[str, str]:
    parts = conninfo_to_dict(dsn)
    return str(parts["user"]), str(parts.get("password", ""))
