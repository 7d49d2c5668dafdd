"""Who somebody is, by e-mail and password or by a refresh token, decided on the write side: it must be
right at once, and works while the read models rebuild."""

from dataclasses import dataclass
from typing import Protocol

from write_side.account.state import ACCOUNT, Account
from write_side.codecs import decode
from write_side.event_store import PostgresLog
from write_side.secrets.passwords import verify_password
from write_side.values import Sealed


class Opener(Protocol):
    def open(self, sealed: Sealed) -> str | None: ...
    def lookup_hash(self, value: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as a login shows them."""

    person_id: int
    email: str
    first_name: str
    last_name: str
    roles: frozenset[str]
    verified: bool


class SignIn:
    """Checks who somebody is. Raises the library's OperationalError when the store is away."""

    def __init__(self, log: PostgresLog, vault: Opener) -> None:
        self._log = log
        self._vault = vault

    def with_password(self, email: str, password: str) -> Identity | None:
        """None for an unknown e-mail, a wrong password or an inactive account: same answer, same
        time for all of them."""
        with self._log.connection() as conn:
            row = conn.execute(
                """SELECT owner, password_hash FROM names JOIN credentials ON person_id = owner
                WHERE kind = 'email' AND value = %s""",
                (self._vault.lookup_hash(email.strip().lower()),),
            ).fetchone()
        if not verify_password(row[1] if row else None, password) or row is None:
            return None
        return self.identity(row[0])

    def identity(self, person_id: int) -> Identity | None:
        """The person as the log knows them now; None when there is none, or inactive."""
        account = self._account(person_id)
        if not account.active:
            return None
        return Identity(
            person_id=person_id,
            email=self._vault.open(account.email) or "",
            first_name=self._vault.open(account.first_name) or "",
            last_name=self._vault.open(account.last_name) or "",
            roles=account.roles,
            verified=account.verified,
        )

    def _account(self, person_id: int) -> Account:
        account = ACCOUNT.initial
        for stored in self._log.select_events(ACCOUNT.stream(person_id)):
            event, _ = decode(stored.topic, stored.state)
            account = ACCOUNT.evolve(account, event)
        return account
