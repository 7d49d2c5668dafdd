"""Links for a new password: one per person, the newest, good for minutes and once.

The request opens a place in its own append, the worker that writes the mail puts the token's hash there. That it is
used once is decided on the account's stream (`account/resetting.py`), whose append also clears the place.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from write_side.event_store import PostgresLog
from write_side.secrets.refresh_tokens import digest

LIFETIME: Final = timedelta(minutes=5)

OPEN: Final = """INSERT INTO password_resets (person_id, number) VALUES (%s, %s) ON CONFLICT (person_id)
    DO UPDATE SET number = excluded.number, token_hash = NULL, expires_at = NULL"""
CLOSE: Final = "DELETE FROM password_resets WHERE person_id = %s"


@dataclass(frozen=True, slots=True)
class Reset:
    """Whose link it is, and which of theirs."""

    person_id: int
    number: int
    expired: bool


class PasswordResets:
    """Raises the library's OperationalError when the store is away."""

    def __init__(self, log: PostgresLog) -> None:
        self._log = log

    def issue(self, person_id: int, number: int) -> str | None:
        """A token for this request, a random UUID; None when the request is not the newest any more."""
        token = str(uuid.uuid4())
        with self._log.connection() as conn:
            found = conn.execute(
                """UPDATE password_resets SET token_hash = %s, expires_at = now() + %s
                WHERE person_id = %s AND number = %s""",
                (digest(token), LIFETIME, person_id, number),
            )
        return token if found.rowcount else None

    def find(self, token: str) -> Reset | None:
        """What the token is for; an expired one is found once, and then forgotten."""
        with self._log.connection() as conn:
            row = conn.execute(
                "SELECT person_id, number, expires_at <= now() FROM password_resets WHERE token_hash = %s",
                (digest(token),),
            ).fetchone()
            if row is not None and row[2]:
                conn.execute(
                    "DELETE FROM password_resets WHERE token_hash = %s AND expires_at <= now()", (digest(token),)
                )
        return Reset(*row) if row else None
