"""Refresh tokens: opaque ids that a surface wraps in its own token, revocable one by one, and good no longer than
their session. A surface that rotates gives each of them once: whoever presents one gets its successor."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from write_side.event_store import PostgresLog

# A client whose answer was lost asks again with the token it has; who comes later than this has stolen it, or the
# client was stolen from (RFC 9700 4.14.2).
GRACE: Final = timedelta(seconds=10)

OPEN_SESSION: Final = "INSERT INTO sessions (session_id, person_id, surface, remember) VALUES (%s, %s, %s, %s)"
FIRST_TOKEN: Final = """INSERT INTO refresh_tokens (token_hash, family, person_id, surface, expires_at)
    VALUES (%s, %s, %s, %s, now() + make_interval(secs => %s))"""
END_SESSION: Final = "UPDATE sessions SET ended_at = now() WHERE session_id = %s AND ended_at IS NULL"
END_SESSIONS: Final = "UPDATE sessions SET ended_at = now() WHERE person_id = %s AND ended_at IS NULL"
# Long after it expired a token's signature says so itself, and nobody asks here.
FORGET_EXPIRED: Final = "DELETE FROM refresh_tokens WHERE person_id = %s AND expires_at < now() - interval '1 day'"
FORGET_SESSIONS: Final = """DELETE FROM sessions WHERE person_id = %s
    AND NOT EXISTS (SELECT FROM refresh_tokens WHERE family = session_id)"""

_ROTATE: Final = """WITH old AS (
        UPDATE refresh_tokens t SET revoked_at = now(), rotated_at = now() FROM sessions s
        WHERE t.token_hash = %(old)s AND t.surface = %(surface)s AND t.person_id = %(person)s
            AND t.revoked_at IS NULL AND t.expires_at > now()
            AND s.session_id = t.family AND s.ended_at IS NULL
        RETURNING t.family
    ), session AS (
        UPDATE sessions SET remember = coalesce(%(remember)s, remember) FROM old WHERE session_id = old.family
        RETURNING session_id, remember
    ), issued AS (
        INSERT INTO refresh_tokens (token_hash, family, person_id, surface, expires_at)
        SELECT %(new)s, session_id, %(person)s, %(surface)s,
            now() + make_interval(secs => CASE WHEN remember THEN %(long)s ELSE %(short)s END) FROM session
    ) SELECT session_id, remember FROM session"""


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A token that is still good."""

    person_id: int
    family: int
    surface: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Successor:
    """What a token was rotated into. `remember`: as the session has it now."""

    token_id: str
    remember: bool


@dataclass(frozen=True, slots=True)
class Reused:
    """The token was rotated long ago: its session is to be ended."""

    session_id: int


class RefreshTokens:
    """Issues, finds, rotates and revokes. Raises the library's OperationalError when the store is away."""

    def __init__(self, log: PostgresLog) -> None:
        self._log = log

    def issue(self, person_id: int, surface: str, lifetime: timedelta, family: int) -> str:
        """The first token of a new session, `family`; its id, 256 random bits."""
        token_id = new_token_id()
        with self._log.connection() as conn, conn.transaction():
            conn.execute(OPEN_SESSION, (family, person_id, surface, False))
            seconds = lifetime.total_seconds()
            conn.execute(FIRST_TOKEN, (digest(token_id), family, person_id, surface, seconds))
        return token_id

    def find(self, token_id: str, surface: str) -> RefreshToken | None:
        """The token, unless it is unknown, expired, revoked, another surface's or its session is over."""
        with self._log.connection() as conn:
            row = conn.execute(
                """SELECT t.person_id, family, t.surface, expires_at FROM refresh_tokens t
                JOIN sessions s ON s.session_id = t.family AND s.ended_at IS NULL
                WHERE token_hash = %s AND t.surface = %s AND revoked_at IS NULL AND expires_at > now()""",
                (digest(token_id), surface),
            ).fetchone()
        return RefreshToken(*row) if row else None

    def rotate(
        self, token_id: str, person_id: int, surface: str, short: int, long: int, remember: bool | None = None
    ) -> Successor | Reused | None:
        """The token's successor, for one caller: the token is good no more. None as for `find`, and for who comes
        second within the grace. `short`, `long`: seconds that the successor lives; `remember` None: as before."""
        fresh = new_token_id()
        values = {"old": digest(token_id), "new": digest(fresh), "surface": surface, "person": person_id}
        with self._log.connection() as conn:
            row = conn.execute(_ROTATE, values | {"short": short, "long": long, "remember": remember}).fetchone()
            if row is not None:
                return Successor(fresh, row[1])
            row = conn.execute(
                """SELECT family FROM refresh_tokens WHERE token_hash = %s AND surface = %s
                AND rotated_at < now() - %s""",
                (digest(token_id), surface, GRACE),
            ).fetchone()
        return Reused(row[0]) if row else None

    def revoke(self, token_id: str, person_id: int) -> bool:
        """Ends one token of this person. False when it was none of theirs or ended already."""
        with self._log.connection() as conn:
            done = conn.execute(
                """UPDATE refresh_tokens SET revoked_at = now()
                WHERE token_hash = %s AND person_id = %s AND revoked_at IS NULL""",
                (digest(token_id), person_id),
            )
        return done.rowcount == 1


def new_token_id() -> str:
    return secrets.token_urlsafe(32)


def digest(token_id: str) -> bytes:
    return sha256(token_id.encode(errors="surrogatepass")).digest()
