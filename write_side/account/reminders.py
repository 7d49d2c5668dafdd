"""Tells people by SMS which address they registered with. Nothing happens to the account: this is no event.

What enters: a telephone number. What leaves: an SMS with a masked address, to that number alone.
"""

from collections.abc import Callable

from write_side.account.decide import NoSuchAccount
from write_side.event_store import PostgresLog
from write_side.refusals import Refusal
from write_side.secrets.sign_in import SignIn

Send = Callable[[str, str], None]
"""Recipient and text. Raises SmsNotSent."""


class SmsNotSent(Refusal):
    """The provider fails, or there are no credentials for it."""

    status = 503
    type = "sms-not-sent"
    title = "The SMS could not be sent"


class Reminders:
    """Raises the library's OperationalError when the store is away."""

    def __init__(self, log: PostgresLog, sign_in: SignIn, phone_hash: Callable[[str], str], send: Send) -> None:
        self._log = log
        self._sign_in = sign_in
        self._phone_hash = phone_hash
        self._send = send

    def remind(self, phone: str) -> None:
        """Of two people with one number whoever registered first is meant. Raises NoSuchAccount or SmsNotSent."""
        with self._log.connection() as conn:
            rows = conn.execute(
                "SELECT person_id FROM phones WHERE phone_hash = %s ORDER BY person_id", (self._phone_hash(phone),)
            ).fetchall()
        for (person_id,) in rows:
            identity = self._sign_in.identity(person_id)
            if identity is not None and identity.email:
                self._send(phone, f"Your e-mail address here is {masked(identity.email)}")
                return
        raise NoSuchAccount


def masked(email: str) -> str:
    """`jane@shop.test` → `j****@shop.test`, whatever the length: it says nothing either."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}****@{domain}"
