"""Who owns unique names (a SKU, the hash of an e-mail address): one question for any number of them."""

from collections.abc import Iterable

from write_side.event_store import PostgresLog


def owners(log: PostgresLog, kind: str, values: Iterable[str]) -> dict[str, int]:
    """The owners of those names that are taken. Raises the library's OperationalError."""
    query = "SELECT value, owner FROM names WHERE kind = %s AND value = ANY (%s)"
    with log.connection() as conn:
        return {value: int(owner) for value, owner in conn.execute(query, (kind, list(values)))}
