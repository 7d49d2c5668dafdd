"""Refunds: money back, in full or in part, never more than was taken.

In: a charge or an intent, and an amount (the rest when absent). Out: a refund that
succeeded; events `refund.created` and `charge.refunded`. localstripe refunds the whole
charge again as often as it is asked.
"""

from typing import Any

from storefold.stack.stripe.errors import (
    StripeError,
    bad_parameter,
    unknown_parameters,
)
from storefold.stack.stripe.events import emit
from storefold.stack.stripe.lookup import expanded, filtered_page
from storefold.stack.stripe.parameters import merged_metadata, positive
from storefold.stack.stripe.upstream import resources

_REASONS = ("duplicate", "fraudulent", "requested_by_customer")


class Refund(resources.Refund):  # type: ignore[misc]
    """Localstripe's refund, known to its charge."""

    metadata: dict[str, str]

    def __init__(self, charge: Any = None, **parameters: Any) -> None:
        super().__init__(charge=charge, **parameters)
        refunded = resources.Charge._api_retrieve(self.charge)
        self.payment_intent = refunded.payment_intent
        self.reason: str | None = None
        refunded._refund_ids.append(self.id)

    @classmethod
    def _api_create(
        cls,
        charge: Any = None,
        payment_intent: Any = None,
        amount: Any = None,
        reason: Any = None,
        metadata: Any = None,
        **unknown: Any,
    ) -> Any:
        if unknown:
            raise unknown_parameters(list(unknown))
        if reason is not None and reason not in _REASONS:
            message = f"Invalid reason: must be one of {', '.join(_REASONS)}"
            raise bad_parameter("reason", message, "parameter_invalid_string_empty")
        if amount is not None:
            amount = positive("amount", amount)
        refunded = _charge_to_refund(charge, payment_intent)
        rest = refunded.amount - refunded.amount_refunded
        if rest == 0:
            message = f"Charge {refunded.id} has already been refunded."
            raise StripeError(400, message, code="charge_already_refunded")
        if amount is not None and amount > rest:
            message = (
                f"Refund amount (${amount / 100:.2f}) is greater than unrefunded amount on charge (${rest / 100:.2f})"
            )
            raise StripeError(400, message, code="amount_too_large", param="amount")
        before = {
            "amount_refunded": refunded.amount_refunded,
            "refunded": refunded.refunded,
        }
        made = cls(
            charge=refunded.id,
            amount=rest if amount is None else amount,
            metadata=merged_metadata({}, metadata),
        )
        made.reason = reason
        emit("refund.created", made)
        emit("charge.refunded", refunded, before)
        return made

    @classmethod
    def _api_list_all(cls, url: str, **query: Any) -> Any:
        return filtered_page(cls, url, ("charge", "payment_intent"), query)

    def _update(self, **changes: Any) -> None:
        metadata = changes.pop("metadata", None)
        if changes:
            raise unknown_parameters(list(changes))
        self.metadata = merged_metadata(self.metadata, metadata)

    def _export(self, expand: Any = None) -> dict[str, Any]:
        body: dict[str, Any] = super()._export()
        del body["date"]
        return expanded(body, expand)


def _charge_to_refund(charge: Any, payment_intent: Any) -> Any:
    if (charge is None) == (payment_intent is None):
        message = "One of the following params should be provided for this request: "
        raise bad_parameter("charge", message + "payment_intent or charge.", "parameter_missing")
    if charge is not None:
        found = resources.Charge._api_retrieve(charge)
        whose = f"Charge ({charge})"
    else:
        found = resources.PaymentIntent._api_retrieve(payment_intent).latest_charge
        whose = f"PaymentIntent ({payment_intent})"
    if found is None or found.status != "succeeded":
        message = f"This {whose} does not have a successful charge to refund."
        raise StripeError(400, message)
    return found
