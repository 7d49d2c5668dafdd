"""What Stripe says in, the command that records it out.

Commands are the same whether a webhook brought the news or somebody asked. They are sent as a
service (`Actor(service=…)`); each takes effect once, however often, late and in whatever order it
comes, see `payment/decide.py` and `payment/handlers.py`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from write_side.fields import decimal_text
from write_side.identifiers import parse_id, to_uuid
from write_side.messages import Command
from write_side.payment.commands import (
    RecordPaymentFailure,
    RecordPaymentIntent,
    RecordPaymentSuccess,
    RecordRefund,
)

News = Mapping[str, Any]
"""JSON of Stripe's as Python reads it: an event, an intent or a charge."""


def command_for(event: News) -> Command | None:
    """The command for a verified webhook event; None: nothing that concerns an order of ours.

    Sending it raises a refusal of kind NotFound (`WrongIntent`) where the payment is none of ours;
    a webhook answers 2xx all the same, for Stripe would only repeat it.

    Raises pydantic's ValidationError, KeyError or TypeError for an event that is not in Stripe's shape.
    """
    read = _READERS.get(event["type"])
    return read(_mapping(event["data"]["object"]), event.get("id")) if read is not None else None


def outcome_of(intent: News, event_id: str | None = None) -> Command | None:
    """The command for an intent that was paid; None while it is not (or not any more)."""
    if intent["status"] != "succeeded":
        return None
    return _success(intent, event_id)


def metadata_for(order_id: int) -> dict[str, str]:
    """What an intent carries so that news of it finds its order: the id as clients of Stripe's
    dashboard know it from the store's own API."""
    return {"order_id": str(to_uuid("order", order_id))}


def _created(intent: News, _event_id: str | None) -> Command | None:
    order_id = _order_id(intent)
    return None if order_id is None else RecordPaymentIntent(order_id=order_id, intent_id=intent["id"])


def _success(intent: News, event_id: str | None) -> Command:
    # amount_received is what was captured; an intent that is not expanded that far has the amount, if any.
    amount = intent.get("amount_received") or intent.get("amount")
    return RecordPaymentSuccess.model_validate(
        {
            "order_id": _order_id(intent),
            "intent_id": intent["id"],
            "amount": _money(amount),
            "charge_id": _id(intent.get("latest_charge")),
            "event_id": event_id,
        }
    )


def _failure(intent: News, event_id: str | None) -> Command:
    error = _mapping(intent.get("last_payment_error") or {})
    return RecordPaymentFailure(
        order_id=_order_id(intent),
        intent_id=intent["id"],
        reason=error.get("message") or error.get("code") or "The payment failed.",
        event_id=event_id,
    )


def refund_of(charge: News, event_id: str | None = None, number: int | None = None) -> Command | None:
    """The command for a charge's refunded total; `number` where it is the answer to a request."""
    if charge.get("payment_intent") is None:
        return None
    refunds = _mapping(charge.get("refunds") or {}).get("data") or []
    return RecordRefund.model_validate(
        {
            "order_id": _order_id(charge),
            "intent_id": _id(charge["payment_intent"]),
            "refunded_total": _money(charge.get("amount_refunded")),
            # Stripe leaves the refunds out unless asked; the charge leads to them.
            "refund_id": refunds[0]["id"] if refunds else charge.get("id") or _id(charge["payment_intent"]),
            "number": number,
            "captured": _money(charge.get("amount_captured", charge.get("amount"))),
            "charge_id": charge.get("id"),
            "event_id": event_id,
        }
    )


_READERS: Final[dict[str, Callable[[News, str | None], Command | None]]] = {
    "payment_intent.created": _created,
    "payment_intent.succeeded": _success,
    "payment_intent.payment_failed": _failure,
    "charge.refunded": refund_of,
}


def _order_id(thing: News) -> int | None:
    """Whose order it is; None where that was not said, or not by us."""
    try:
        return parse_id(_mapping(thing.get("metadata") or {}).get("order_id"))
    except ValueError:
        return None


def _money(amount: int | None) -> str | None:
    return None if amount is None else decimal_text(amount)


def _mapping(thing: Any) -> News:
    if not isinstance(thing, Mapping):
        raise TypeError("not in Stripe's shape")
    return thing


def _id(thing: Any) -> str | None:
    """An object's id, whether Stripe expanded it or not."""
    found: str | None = thing["id"] if isinstance(thing, Mapping) else thing
    return found
