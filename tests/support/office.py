"""What the log asks to be mailed, and what came of it."""

from storefold.bootstrap import WriteSide
from support.shop import Shop
from workers import open_effects
from workers.mail import Mails, MailSettings
from workers.mail_smtp import Smtp
from workers.open_effects import Open
from write_side.codecs import decode
from write_side.processes.effects import effect_of

SENDER = "Storefold <no-reply@shop.test>"
BASE = "http://shop.test:8000"


class Office:
    """What the log asks to be mailed, as a dispatcher finds it, and the rows about it."""

    def __init__(self, shop: Shop) -> None:
        self._log = shop.write_side.log

    def wanted(self, kind: str = "") -> list[Open]:
        """Every effect that is a mail, in order; of one kind."""
        rows, _ = self._log.read(0, 1_000_000)
        found = []
        for position, _stream, _version, topic, state in rows:
            event, meta = decode(topic, state)
            effect = effect_of(event, position, meta)
            if effect is not None and effect.kind.is_mail and kind in effect.kind:
                found.append(Open(effect, position))
        return found

    def write_down(self, kind: str = "") -> list[Open]:
        """The dispatcher's rows, and the effects in them."""
        opened = self.wanted(kind)
        with self._log.connection() as conn:
            open_effects.add(conn, opened)
        return opened

    def open_rows(self) -> dict[str, float]:
        """In how many seconds each open mail is due."""
        with self._log.connection() as conn:
            rows = conn.execute("SELECT id, extract(epoch FROM due - now()) FROM effects WHERE kind ~ '^(mail|alert)-'")
            return {str(name): float(seconds) for name, seconds in rows}

    def outcomes(self) -> dict[str, tuple[str, str | None]]:
        with self._log.connection() as conn:
            return {row[0]: (row[1], row[2]) for row in conn.execute("SELECT id, outcome, reply FROM mails")}


def mails_to(write_side: WriteSide, url: str) -> Mails:
    return Mails(write_side.log, write_side.vault, Smtp(url, timeout=2), MailSettings(SENDER, BASE))
