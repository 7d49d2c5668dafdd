"""Mails: the tasks, and what becomes of them.

What enters: an effect, that is ids and the position of an event. What leaves: a mail, and a row that says so.
Addresses are opened at the last moment, so somebody who was erased meanwhile gets none. A mail that is handed
over while its worker dies is sent again, for the worker cannot know: with the same Message-ID.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from workers import mail_outcomes, open_effects
from workers.mail_outcomes import Outcome
from workers.mail_smtp import MailRefused, MailServerAway, Smtp
from workers.mail_text import compose
from workers.open_effects import Connection, Open
from workers.streams import load
from write_side.account.events import PasswordResetRequested, RoleGranted
from write_side.account.state import ACCOUNT, Account
from write_side.catalog.product.state import PRODUCT
from write_side.codecs import decode
from write_side.event_store import PostgresLog
from write_side.fields import decimal_text
from write_side.messages import Event, Metadata
from write_side.order.events import OrderPaid, OrderShipped
from write_side.order.state import ORDER
from write_side.personal_data import Vault
from write_side.policies import PRODUCTS
from write_side.processes.effects import Effect, Kind
from write_side.secrets.one_time_tokens import LOG_IN, VERIFY_EMAIL, OneTimeTokens
from write_side.secrets.password_resets import LIFETIME as RESET_GOOD
from write_side.secrets.password_resets import PasswordResets
from write_side.stock.events import StockFellLow
from write_side.values import CURRENCY

log = logging.getLogger(__name__)

SERVER_AWAY: Final = (1.0, 3600.0)  # seconds: first and longest pause
NEWS: Final = 5 * 24 * 3600  # seconds that a mail is tried; as long as mail servers try (RFC 5321 4.5.4.1)
ASKED_FOR: Final = 3600  # the same of a mail that somebody sits waiting for
LINK_GOOD: Final = timedelta(hours=72)
LOGIN_LINK_GOOD: Final = timedelta(hours=1)
VERIFY_PATH: Final = "/api/v1/auth/verify-email/"
RESET_PATH: Final = "/reset-password-confirm/"
STAFF: Final = frozenset({"admin", "superadmin"})


@dataclass(frozen=True, slots=True)
class MailSettings:
    """`base_url`: where people reach the API, for links. `senders`: of mails that a surface's clients asked for, by
    surface. `login_page`: where a link that signs in once leads."""

    sender: str
    base_url: str
    senders: Mapping[str, str] = field(default_factory=dict)
    login_page: str = "http://localhost:5173/one-time-login/"


class Letter(NamedTuple):
    """To whom, and what the template wants to know."""

    person_id: int
    facts: dict[str, object]


class Mails:
    """Carries out the effects that are mails. `carry_out` raises what Postgres raises: the effect stays open
    and is tried again."""

    def __init__(self, event_log: PostgresLog, vault: Vault, smtp: Smtp, settings: MailSettings) -> None:
        self._log = event_log
        self._vault = vault
        self._smtp = smtp
        self._settings = settings
        self._tokens = OneTimeTokens(event_log)
        self._resets = PasswordResets(event_log)
        self._letters: dict[Kind, Callable[[Effect, Event], Letter | None]] = {
            Kind.MAIL_VERIFICATION: self._verification,
            Kind.MAIL_PASSWORD_RESET: self._password_reset,
            Kind.MAIL_LOGIN_LINK: self._login_link,
            Kind.MAIL_PAYMENT: self._order,
            Kind.MAIL_CANCELLATION: self._order,
            Kind.MAIL_SHIPPING: self._order,
            Kind.MAIL_DELIVERY: self._order,
            Kind.MAIL_LOW_STOCK: self._low_stock,
            Kind.MAIL_RESTOCK: self._low_stock,
        }

    def carry_out(self, open_: Open) -> None:
        """Sends what is left to send of the effect."""
        told: list[Open] = []
        with self._log.connection() as conn, mail_outcomes.alone(conn, open_) as alone:
            if not alone:
                return  # whoever is at it settles it, or dies and leaves it overdue
            if mail_outcomes.known(conn, open_):
                open_effects.strike_out(conn, open_.effect)
            elif open_.effect.kind is Kind.ALERT_LOW_STOCK:
                told = self._fan_out(conn, open_)
            else:
                self._send(conn, open_)
        for one in told:
            self.carry_out(one)

    def _send(self, conn: Connection, open_: Open) -> None:
        event, meta = self._event(open_.position)
        letter = self._letters[open_.effect.kind](open_.effect, event)
        recipient = self._address(letter.person_id) if letter is not None else None
        if letter is None or recipient is None:
            mail_outcomes.settle(conn, open_, Outcome.NEEDLESS)
            return
        try:
            sender = self._settings.senders.get(meta.surface or "", self._settings.sender)
            self._smtp.send(compose(open_.effect, sender, recipient, **letter.facts))
        except MailRefused as refused:
            log.error("%s: the mail server refuses it: %s", open_.effect.id, refused)
            mail_outcomes.settle(conn, open_, Outcome.REFUSED, str(refused))
        except MailServerAway as away:
            news = ASKED_FOR if open_.effect.kind is Kind.MAIL_PASSWORD_RESET else NEWS
            if time.time() - datetime.fromisoformat(meta.at).timestamp() > news:
                log.error("%s is no news any more, nobody took it: %s", open_.effect.id, away)
                mail_outcomes.settle(conn, open_, Outcome.EXPIRED, str(away))
            else:
                log.warning("%s waits, no mail server takes it: %s", open_.effect.id, away)
                open_effects.postpone(conn, open_.effect, *SERVER_AWAY)
        else:
            mail_outcomes.settle(conn, open_, Outcome.SENT)

    def _fan_out(self, conn: Connection, alert: Open) -> list[Open]:
        """A mail each, so that one address that is refused concerns nobody else and nobody reads the others'."""
        product = load(self._log, PRODUCT, alert.effect.subject).state
        people, kind = {product.seller_id} - {None}, Kind.MAIL_RESTOCK
        if PRODUCTS[product.policy].alerts_staff:
            people, kind = people | set(self._administrators(conn)), Kind.MAIL_LOW_STOCK
        mails = [
            Open(Effect(kind, person, alert.position), alert.position, alert.correlation)
            for person in sorted(filter(None, people))
        ]
        open_effects.add(conn, mails)
        mail_outcomes.settle(conn, alert, Outcome.SENT if mails else Outcome.NEEDLESS)
        return mails

    def _administrators(self, conn: Connection) -> Iterator[int]:
        # The topic is written out so that the planner finds its index, see migrations/0005_mails.sql.
        rows = conn.execute("SELECT topic, state FROM events WHERE topic = 'account.role-granted' ORDER BY position")
        events = [decode(topic, bytes(state))[0] for topic, state in rows]
        ever = {event.person_id for event in events if isinstance(event, RoleGranted) and event.role in STAFF}
        for person_id in ever:
            account = self._account(person_id)
            if account.active and account.roles & STAFF:
                yield person_id

    def _verification(self, effect: Effect, _event: Event) -> Letter | None:
        account = self._account(effect.subject)
        if account.verified or not account.active:
            return None
        token = self._tokens.issue(effect.subject, VERIFY_EMAIL, LINK_GOOD)
        link = f"{self._settings.base_url}{VERIFY_PATH}?token={token}"
        return Letter(effect.subject, {"link": link, "hours": int(LINK_GOOD.total_seconds() // 3600)})

    def _password_reset(self, effect: Effect, event: Event) -> Letter | None:
        if not isinstance(event, PasswordResetRequested):
            raise TypeError(f"{effect.id} is about {event!r}")
        if not self._account(effect.subject).active:
            return None
        token = self._resets.issue(effect.subject, event.number)
        if token is None:
            return None  # there is a newer request, whose mail has the link
        expires = datetime.now(UTC) + RESET_GOOD
        facts: dict[str, object] = {
            "link": f"{self._settings.base_url}{RESET_PATH}{token}/",
            "minutes": int(RESET_GOOD.total_seconds() // 60),
            "expires": f"{expires:%Y-%m-%d %H:%M:%S} UTC",
        }
        return Letter(effect.subject, facts)

    def _login_link(self, effect: Effect, _event: Event) -> Letter | None:
        if not self._account(effect.subject).active:
            return None
        token = self._tokens.issue(effect.subject, LOG_IN, LOGIN_LINK_GOOD)
        link = f"{self._settings.login_page}?uid={effect.subject}&token={token}"
        return Letter(effect.subject, {"link": link, "minutes": int(LOGIN_LINK_GOOD.total_seconds() // 60)})

    def _order(self, effect: Effect, event: Event) -> Letter | None:
        order = load(self._log, ORDER, effect.subject).state
        facts: dict[str, object] = {"order_number": order.number}
        match event:
            case OrderPaid():
                facts |= {"amount": decimal_text(event.amount), "currency": CURRENCY}
            case OrderShipped():
                number, carrier = event.tracking_number, event.carrier
                facts |= {"tracking_number": number or "not known yet", "carrier": carrier or "not named"}
        return Letter(order.person_id, facts) if order.person_id else None

    def _low_stock(self, effect: Effect, event: Event) -> Letter | None:
        if not isinstance(event, StockFellLow):
            raise TypeError(f"{effect.id} is about {event!r}")
        account = self._account(effect.subject)
        if not account.active:
            return None  # of who was erased there is no name to open either
        product = load(self._log, PRODUCT, event.product_id).state
        facts: dict[str, object] = {"product_name": product.name, "sku": product.sku}
        if effect.kind is Kind.MAIL_RESTOCK:
            facts["first_name"] = (self._vault.open(account.first_name) if account.first_name else None) or ""
        return Letter(effect.subject, facts | {"available": event.available, "threshold": event.threshold})

    def _event(self, position: int) -> tuple[Event, Metadata]:
        [(_, _, _, topic, state)], _ = self._log.read(position - 1, 1)
        return decode(topic, bytes(state))

    def _address(self, person_id: int) -> str | None:
        """None for people of past business, who gave none, and for those who were erased."""
        sealed = self._account(person_id).email
        # A key that was kept from an earlier mail may have been destroyed since, by another process.
        self._vault.forget(person_id)
        return self._vault.open(sealed) if sealed else None

    def _account(self, person_id: int) -> Account:
        return load(self._log, ACCOUNT, person_id).state
