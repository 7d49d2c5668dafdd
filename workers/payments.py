"""Payments' side effects: the tasks, and what each records.

What enters: ids. What leaves: a command with what Stripe answered, then the effect is struck out. Each
task looks at the log first and does nothing where the answer is there already, so it may run twice,
late, or beside itself: Stripe gets the same idempotency key, the log takes the answer once.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from workers import open_effects
from workers.open_effects import Open
from workers.streams import Stream, load
from workers.stripe_gateway import StripeAway, StripeGateway, StripeRefused
from write_side.account.state import ACCOUNT
from write_side.bus import Bus
from write_side.event_store import PostgresLog
from write_side.messages import Actor, Command
from write_side.payment.commands import (
    RecordIntentFailure,
    RecordPaymentIntent,
    RecordRefundFailure,
)
from write_side.payment.events import PaymentIntentCreated, RefundRequested
from write_side.payment.state import PAYMENT, Payment
from write_side.personal_data import Vault
from write_side.processes.effects import Effect, Kind
from write_side.processes.stripe_news import metadata_for, outcome_of, refund_of

log = logging.getLogger(__name__)

STRIPE_AWAY: Final = (0.5, 300.0)  # seconds: first and longest pause after Stripe's failures
UNPAID: Final = (60.0, 6 * 3600.0)  # seconds between looks at an intent that nobody has paid yet
WATCHED: Final = 14 * 24 * 3600  # seconds that an unpaid intent is looked after; Stripe's webhooks give up after 3 days
REASON_LENGTH: Final = 1000
CUSTOMER: Final = "customer_email"  # in the metadata of an intent


@dataclass(frozen=True, slots=True)
class Parts:
    """What a worker's process works with."""

    bus: Bus
    log: PostgresLog
    vault: Vault
    stripe: StripeGateway


class Payments:
    """Carries out effects. `carry_out` raises what the bus or Postgres raises: the effect stays open and
    is tried again."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._steps: dict[Kind, Callable[[Open], bool]] = {
            Kind.CREATE_INTENT: self._create_intent,
            Kind.REFUND: self._refund,
            Kind.CHECK_INTENT: self._check_intent,
        }

    def carry_out(self, open_: Open) -> None:
        """Does what is left to do of the effect."""
        try:
            done = self._steps[open_.effect.kind](open_)
        except StripeAway as away:
            log.warning("%s waits, Stripe does not answer: %s", open_.effect.id, away)
            self._postpone(open_.effect, *STRIPE_AWAY)
            return
        if done:
            with self._parts.log.connection() as conn:
                open_effects.strike_out(conn, open_.effect)
        else:
            self._postpone(open_.effect, *UNPAID)

    def erase_person(self, person_id: int) -> None:
        """Has Stripe forget whose payments these were. May be repeated. Raises StripeAway."""
        for order_id in self._orders_of(person_id):
            payment = self._payment(order_id)
            if payment.state.pending:
                raise StripeAway(f"an intent for order {order_id} is on its way")
            for intent_id in {event.intent_id for event in payment.events if isinstance(event, PaymentIntentCreated)}:
                try:
                    self._parts.stripe.take_metadata_away(intent_id, [CUSTOMER])
                except StripeRefused as gone:
                    log.warning("Stripe knows nothing of %s to forget: %s", intent_id, gone)

    def _create_intent(self, open_: Open) -> bool:
        order_id, attempt = open_.effect.subject, open_.effect.number
        payment = self._payment(order_id).state
        if not payment.pending or payment.attempt != attempt:
            return True
        command: Command
        try:
            intent = self._parts.stripe.create_intent(
                payment.amount,
                payment.currency,
                metadata_for(order_id) | self._customer(payment.person_id),
                key=_key(open_.effect),
            )
        except StripeRefused as refused:
            reason = str(refused)[:REASON_LENGTH]
            command = RecordIntentFailure(order_id=order_id, attempt=attempt, reason=reason)
        else:
            command = RecordPaymentIntent(order_id=order_id, intent_id=intent["id"])
        self._record(command, open_)
        return True

    def _refund(self, open_: Open) -> bool:
        number = open_.effect.number
        payment = self._payment(open_.effect.subject)
        if number not in payment.state.refunding:
            return True
        asked = next(e for e in payment.events if isinstance(e, RefundRequested) and e.number == number)
        key = _key(open_.effect)
        refused: str | None = None
        try:
            refund = self._parts.stripe.refund(asked.intent_id, asked.amount, label=key, key=key)
            if refund.get("status") in ("failed", "canceled"):
                refused = refund.get("failure_reason") or f"the refund is {refund['status']}"
        except StripeRefused as error:
            refused = str(error)
        # What Stripe has given back in all tells more than the answer: it may be an old one, and money
        # that somebody gave back in Stripe's dashboard is the usual reason for a refusal.
        charge = self._charge(asked.intent_id)
        given_back = charge is not None and charge["amount_refunded"] >= payment.state.captured
        if charge is not None:
            answers = number if refused is None or given_back else None
            self._record(refund_of(charge, number=answers), open_)
        if refused is not None and not given_back:
            log.error("%s: Stripe refuses the refund: %s", open_.effect.id, refused)
            failure = RecordRefundFailure(order_id=open_.effect.subject, number=number, reason=refused[:REASON_LENGTH])
            self._record(failure, open_)
        return True

    def _check_intent(self, open_: Open) -> bool:
        payment = self._payment(open_.effect.subject).state
        if payment.captured or payment.intent_id is None:
            return True
        try:
            intent = self._parts.stripe.intent(payment.intent_id)
        except StripeRefused as gone:
            log.error("%s: Stripe does not know the intent: %s", open_.effect.id, gone)
            return True
        self._record(outcome_of(intent), open_)
        return intent["status"] in ("succeeded", "canceled") or intent["created"] < time.time() - WATCHED

    def _charge(self, intent_id: str) -> dict[str, Any] | None:
        try:
            charge: dict[str, Any] | None = self._parts.stripe.intent(intent_id).get("latest_charge")
        except StripeRefused:
            return None
        return charge

    def _customer(self, person_id: int) -> dict[str, str]:
        """The buyer's e-mail for the shop's people at Stripe; nothing for somebody who was erased."""
        sealed = load(self._parts.log, ACCOUNT, person_id).state.email
        email = self._parts.vault.open(sealed) if sealed else None
        return {CUSTOMER: email} if email else {}

    def _orders_of(self, person_id: int) -> list[int]:
        # As the index has it, see migrations/0009_payments_of_people.sql.
        query = """SELECT DISTINCT stream FROM events
            WHERE topic = 'payment.requested' AND event_person(state) = %s ORDER BY stream"""
        with self._parts.log.connection() as conn:
            return [int(stream.rpartition("-")[2]) for (stream,) in conn.execute(query, (person_id,))]

    def _payment(self, order_id: int) -> Stream[Payment]:
        return load(self._parts.log, PAYMENT, order_id)

    def _record(self, command: Command | None, open_: Open) -> None:
        if command is not None:
            self._parts.bus.execute(
                command, Actor(service="worker", causation=open_.position, correlation=open_.correlation)
            )

    def _postpone(self, effect: Effect, base: float, longest: float) -> None:
        with self._parts.log.connection() as conn:
            open_effects.postpone(conn, effect, base, longest)


def _key(effect: Effect) -> str:
    """Stripe's idempotency key. Derived from order and attempt or refund, so that whoever tries again
    asks for the same thing."""
    return f"storefold-{effect.id}"
