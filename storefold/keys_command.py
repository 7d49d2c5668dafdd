"""`storefold destroy-keys`: what has to be done after a backup of the key database was restored."""

from storefold.bootstrap import build_vault
from storefold.settings import Settings
from write_side.account.events import AccountErased
from write_side.codecs import decode
from write_side.database import Database
from write_side.event_store import PostgresLog


def destroy_again(settings: Settings) -> int:
    """Destroys the keys of everybody whom the log knows as erased; how many had one. Raises psycopg's errors, and the
    library's OperationalError."""
    log, vault = PostgresLog(Database(settings.postgres_dsn)), build_vault(settings)
    try:
        # The topic is written out so that the planner finds its index, see migrations/0008_erasures.sql.
        with log.connection() as conn:
            rows = conn.execute("SELECT state FROM events WHERE topic = 'account.erased' ORDER BY position").fetchall()
        events = [decode(AccountErased.TOPIC, bytes(state))[0] for (state,) in rows]
        return sum(vault.destroy(event.person_id) for event in events if isinstance(event, AccountErased))
    finally:
        vault.close()
        log.close()
