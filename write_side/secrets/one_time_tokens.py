"""Tokens that are good once and for a while: the links in mails."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Final

from write_side.event_store import PostgresLog

VERIFY_EMAIL: Final = "verify-email"
LOG_IN: Final = "log-in"
GOOGLE_SIGN_IN: Final = "google-sign-in"
NOBODY_YET: Final = 0
"""Whose a token is that was issued before it is known whom it lets in."""


class OneTimeTokens:
    """Issues and redeems. Raises the library's OperationalError when the store is away."""

    def __init__(self, log: PostgresLog) -> None:
        self._log = log

    def issue(self, person_id: int, purpose: str, lifetime: timedelta) -> str:
        """A new token, 256 random bits. Earlier ones stay good until they expire: which of several mails
        somebody opens is not known."""
        token = secrets.token_urlsafe(32)
        with self._log.connection() as conn:
            conn.execute(
                "DELETE FROM one_time_tokens WHERE person_id = %s AND purpose = %s AND expires_at <= now()",
                (person_id, purpose),
            )
            conn.execute(
                """INSERT INTO one_time_tokens (token_hash, purpose, person_id, expires_at)
                VALUES (%s, %s, %s, now() + %s)""",
                (_digest(token), purpose, person_id, lifetime),
            )
        return token

    def find(self, token: str, purpose: str) -> int | None:
        """Whose the token is; None for one that is unknown, expired, used or for something else."""
        with self._log.connection() as conn:
            row = conn.execute(
                """SELECT person_id FROM one_time_tokens
                WHERE token_hash = %s AND purpose = %s AND used_at IS NULL AND expires_at > now()""",
                (_digest(token), purpose),
            ).fetchone()
        return int(row[0]) if row else None

    def redeem(self, token: str, purpose: str, person_id: int | None = None) -> int | None:
        """As `find`, for one caller: whoever comes later finds none. `person_id`: whose it must be; for anybody else's
        it is not used up."""
        with self._log.connection() as conn:
            row = conn.execute(
                """UPDATE one_time_tokens SET used_at = now()
                WHERE token_hash = %s AND purpose = %s AND used_at IS NULL AND expires_at > now()
                AND person_id = coalesce(%s::bigint, person_id)
                RETURNING person_id""",
                (_digest(token), purpose, person_id),
            ).fetchone()
        return int(row[0]) if row else None


def _digest(token: str) -> bytes:
    return sha256(token.encode(errors="surrogatepass")).digest()
