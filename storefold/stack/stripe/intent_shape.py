"""What a payment intent accepts and how it looks, as data and pure functions.

In: parameters, or an intent. Out: checked values, Stripe's messages, Stripe's JSON.
"""

from typing import Any

from storefold.stack.stripe.cards import Decline
from storefold.stack.stripe.errors import (
    DOCS,
    StripeError,
    unexpected_state,
    unknown_parameters,
)
from storefold.stack.stripe.parameters import (
    currency_code,
    merged_metadata,
    nested,
    payable,
    positive,
)
from storefold.stack.stripe.upstream import resources

NO_METHOD = (
    "You cannot confirm this PaymentIntent because it's missing a payment method. "
    "You can either update the PaymentIntent with a payment method and then confirm "
    "it again, or confirm it again directly with a payment method or "
    "ConfirmationToken."
)

# Accepted and shown; they steer nothing here.
_DETAILS: dict[str, Any] = {
    "application_fee_amount": None,
    "automatic_payment_methods": None,
    "confirmation_method": "automatic",
    "description": None,
    "metadata": None,
    "on_behalf_of": None,
    "payment_method_options": None,
    "payment_method_types": None,
    "receipt_email": None,
    "setup_future_usage": None,
    "shipping": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "transfer_data": None,
    "transfer_group": None,
}
_CONFIRMATION_ONLY = (
    "client_secret",
    "error_on_requires_action",
    "mandate",
    "mandate_data",
    "off_session",
    "return_url",
    "use_stripe_sdk",
)
_FIXED_ONCE_PAID = ("amount", "currency", "customer", "payment_method")


def drop_confirmation_only(parameters: dict[str, Any]) -> None:
    """Forget what only matters to a browser or a bank."""
    for name in _CONFIRMATION_ONLY:
        parameters.pop(name, None)


def checked_money(amount: Any, currency: Any) -> tuple[int, str]:
    """Amount and currency as Stripe would charge them."""
    code = currency_code(currency)
    return payable(amount, code), code


def checked_details(described: dict[str, Any]) -> dict[str, Any]:
    """Every descriptive attribute with its value or default."""
    unknown = [name for name in described if name not in _DETAILS]
    if unknown:
        raise unknown_parameters(unknown)
    details = {**_DETAILS, **described}
    details["metadata"] = merged_metadata({}, details["metadata"])
    automatic = details["automatic_payment_methods"]
    if automatic is not None:
        details["automatic_payment_methods"] = {
            name: resources.try_convert_to_bool(value)
            for name, value in nested("automatic_payment_methods", automatic).items()
        }
    details["payment_method_types"] = details["payment_method_types"] or ["card"]
    details["payment_method_options"] = details["payment_method_options"] or {}
    return details


def updates(intent: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """The attributes that an update sets, checked against the intent's status."""
    changes = dict(changes)
    allowed = {*_DETAILS, *_FIXED_ONCE_PAID, "capture_method"}
    unknown = [name for name in changes if name not in allowed]
    if unknown:
        raise unknown_parameters(unknown)
    final = intent.status in ("succeeded", "canceled", "processing", "requires_capture")
    for name in _FIXED_ONCE_PAID:
        if name in changes and final:
            message = f"This PaymentIntent's {name} could not be updated because it has a status of {intent.status}."
            raise unexpected_state(message, intent._export())
    if "metadata" in changes:
        changes["metadata"] = merged_metadata(intent.metadata, changes["metadata"])
    if "amount" in changes or "currency" in changes:
        changes["amount"], changes["currency"] = checked_money(
            changes.get("amount", intent.amount),
            changes.get("currency", intent.currency),
        )
    if "customer" in changes:
        resources.Customer._api_retrieve(changes["customer"])
    if "payment_method" in changes:
        method = resources.PaymentMethod._api_retrieve(changes["payment_method"])
        changes["payment_method"] = method.id
    return changes


def check_capture(authorised: int, amount: Any) -> None:
    """Refuse to capture more than was authorised."""
    if positive("amount_to_capture", amount) > authorised:
        message = "The requested capture amount is greater than the authorized amount."
        raise StripeError(400, message, code="amount_too_large", param="amount_to_capture")


def cannot(verb: str, participle: str, status: str, allowed: tuple[str, ...]) -> str:
    """Stripe's sentence for a move that the status forbids."""
    start = f"You cannot {verb} this PaymentIntent because it"
    if verb == "capture":
        start = "This PaymentIntent could not be captured because it"
    return (
        f"{start} has a status of {status}. Only a PaymentIntent with one of the "
        f"following statuses may be {participle}: {', '.join(allowed)}."
    )


def cannot_confirm(status: str) -> str:
    """Stripe's sentence for a confirmation that comes too late."""
    if status == "succeeded":
        return (
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
        )
    allowed = ("requires_payment_method", "requires_confirmation", "requires_action")
    return cannot("confirm", "confirmed", status, allowed)


def payment_error(charge: Any, decline: Decline) -> dict[str, Any]:
    """`last_payment_error` after a decline."""
    error = {
        "charge": charge.id,
        "code": decline.code,
        "doc_url": DOCS + decline.code.replace("_", "-"),
        "message": decline.message,
        "payment_method": charge._method(),
        "type": "card_error",
    }
    if decline.decline_code is not None:
        error["decline_code"] = decline.decline_code
    return error


def authentication_failure() -> dict[str, Any]:
    """`last_payment_error` after a failed 3D Secure challenge."""
    code = "payment_intent_authentication_failure"
    return {
        "code": code,
        "doc_url": DOCS + code.replace("_", "-"),
        "message": "The provided PaymentMethod has failed authentication. You can "
        "provide payment_method_data or a new PaymentMethod to attempt to fulfill "
        "this PaymentIntent again.",
        "type": "card_error",
    }


def exported(intent: Any) -> dict[str, Any]:
    """The intent as Stripe's API shows it: related objects by id."""
    charge = intent.latest_charge
    status = intent.status
    return {
        "amount": intent.amount,
        "amount_capturable": intent.amount if status == "requires_capture" else 0,
        "amount_details": {"tip": {}},
        "amount_received": charge._amount_captured if status == "succeeded" else 0,
        "application": None,
        "canceled_at": intent._canceled_at,
        "cancellation_reason": intent._cancellation_reason,
        "capture_method": intent.capture_method,
        "client_secret": intent.client_secret,
        "created": intent.created,
        "currency": intent.currency,
        "customer": intent.customer,
        "id": intent.id,
        "invoice": intent.invoice,
        "last_payment_error": intent.last_payment_error,
        "latest_charge": None if charge is None else charge.id,
        "livemode": False,
        "next_action": intent.next_action,
        "object": "payment_intent",
        "payment_method": intent.payment_method,
        "processing": None,
        "review": None,
        "source": None,
        "status": status,
        **{name: getattr(intent, name) for name in _DETAILS},
    }
