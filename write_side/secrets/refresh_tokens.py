"""Refresh tokens: opaque ids that a surface wraps in its own token, revocable one by one."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from write_side.event_store import PostgresLog


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A token that is still good."""

    person_id: int
    family: int
    surface: str
    expires_at: datetime


class RefreshTokens:
    """Issues, finds and revokes. Raises the library's OperationalError when the store is away."""

    def __init__(self, log: PostgresLog) -> None:
        self._log = log

    def issue(self, person_id: int, surface: str, lifetime: timedelta, family: int) -> str:
        """A new token's id, 256 random bits; `family` is one login."""
        token_id = secrets.token_urlsafe(32)
        with self._log.connection() as conn:
            conn.execute(
                """INSERT INTO refresh_tokens (token_hash, family, person_id, surface, expires_at)
                VALUES (%s, %s, %s, %s, %s)""",
                (_digest(token_id), family, person_id, surface, datetime.now(UTC) + lifetime),
            )
        return token_id

    def find(self, token_id: str, surface: str) -> RefreshToken | None:
        """The token, unless it is unknown, expired, revoked or another surface's."""
        with self._log.connection() as conn:
            row = conn.execute(
                """SELECT person_id, family, surface, expires_at FROM refresh_tokens
                WHERE token_hash = %s AND surface = %s AND revoked_at IS NULL AND expires_at > now()""",
                (_digest(token_id), surface),
            ).fetchone()
        return RefreshToken(*row) if row else None

    def revoke(self, token_id: str, person_id: int) -> bool:
        """Ends one token of this person. False when it was none of theirs or ended already."""
        with self._log.connection() as conn:
            done = conn.execute(
                """UPDATE refresh_tokens SET revoked_at = now()
                WHERE token_hash = %s AND person_id = %s AND revoked_at IS NULL""",
                (_digest(token_id), person_id),
            )
        return done.rowcount == 1


def _digest(token_id: str) -> bytes:
    return sha256(token_id.encode()).digest()
