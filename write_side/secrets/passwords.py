"""Password hashes: argon2id for new ones; a bcrypt hash brought from elsewhere still verifies."""

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from write_side.event_store import PostgresLog

# OWASP's second choice, 19 MiB and two passes: every byte of the password counts, and a login
# costs tens of milliseconds.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Verified when there is no account, so that an unknown e-mail takes as long as a wrong password.
_DECOY = _hasher.hash("no account has this password")


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits the hash. None (no account) takes as long and fits nothing."""
    try:
        if stored is not None and stored.startswith("$2"):
            return bcrypt.checkpw(password.encode()[:72], stored.encode())
        return _hasher.verify(stored or _DECOY, password) and bool(stored)
    except (VerificationError, InvalidHashError, ValueError):
        return False  # bcrypt's word for a hash that is none is ValueError


class Credentials:
    """Reads password hashes. They are written in the append of the event that announces them."""

    def __init__(self, log: PostgresLog) -> None:
        self._log = log

    def check(self, person_id: int, password: str) -> bool:
        with self._log.connection() as conn:
            row = conn.execute("SELECT password_hash FROM credentials WHERE person_id = %s", (person_id,)).fetchone()
        return verify_password(row[0] if row else None, password)
