"""Payment intents: from the request for money to its end.

In: create, update, confirm, capture, cancel. Out: the intent and `payment_intent.*`.

    requires_payment_method ─▶ requires_confirmation ─confirm─▶ succeeded
              ▲                                         │
              └──── declined: last_payment_error ◀──────┤
                                                        └▶ requires_action, requires_capture

What is checked and shown stands in `intent_shape.py`.
"""

import time
from collections.abc import Callable
from typing import Any

from storefold.stack.stripe import intent_shape
from storefold.stack.stripe.cards import Decline
from storefold.stack.stripe.errors import (
    StripeError,
    bad_parameter,
    unexpected_state,
    unknown_parameters,
)
from storefold.stack.stripe.events import emit
from storefold.stack.stripe.lookup import expanded, filtered_page
from storefold.stack.stripe.parameters import nested, required
from storefold.stack.stripe.upstream import resources

_OPEN = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
)


class PaymentIntent(resources.PaymentIntent):  # type: ignore[misc]
    """Localstripe's intent with Stripe's parameters, statuses, errors and events."""

    next_action: dict[str, Any] | None

    def __init__(
        self,
        amount: Any = None,
        currency: Any = None,
        customer: Any = None,
        payment_method: Any = None,
        capture_method: Any = None,
        **described: Any,
    ) -> None:
        details = intent_shape.checked_details(described)
        money = intent_shape.checked_money(amount, currency)
        if payment_method is not None:
            # A name such as pm_card_visa becomes a payment method of this intent.
            payment_method = resources.PaymentMethod._api_retrieve(payment_method).id
        super().__init__(
            amount=money[0],
            currency=money[1],
            customer=customer,
            payment_method=payment_method,
            capture_method=capture_method,
        )
        for name, value in details.items():
            setattr(self, name, value)
        self._declined_with: dict[str, Any] | None = None
        self._canceled_at: int | None = None
        self._cancellation_reason: str | None = None

    @property
    def status(self) -> str:
        charge = self.latest_charge
        if self._canceled:
            return "canceled"
        if self.next_action:
            return "requires_action"
        if charge is not None and charge.status == "succeeded":
            return "succeeded" if charge.captured else "requires_capture"
        if charge is not None and charge.status == "pending":
            return "processing"
        if self.payment_method is None:
            return "requires_payment_method"
        return "requires_confirmation"

    @property
    def last_payment_error(self) -> dict[str, Any] | None:
        return self._declined_with

    @classmethod
    def _api_create(
        cls,
        confirm: Any = None,
        off_session: Any = None,
        payment_method_data: Any = None,
        **parameters: Any,
    ) -> Any:
        intent_shape.drop_confirmation_only(parameters)
        if payment_method_data is not None:
            card = nested("payment_method_data", payment_method_data)
            parameters["payment_method"] = resources.PaymentMethod(**card).id
        confirmed = resources.try_convert_to_bool(confirm) is True
        if confirmed:
            required("payment_method", parameters.get("payment_method"))
        if off_session is not None and not confirmed:
            message = "off_session can only be used when confirm is true."
            raise bad_parameter("off_session", message, "parameter_invalid_empty")
        intent = cls(**parameters)
        emit("payment_intent.created", intent)
        if confirmed:
            intent._confirm_or_refuse()
        return intent

    @classmethod
    def _api_confirm(
        cls,
        id: str,
        payment_method: Any = None,
        payment_method_data: Any = None,
        **parameters: Any,
    ) -> Any:
        intent_shape.drop_confirmation_only(parameters)
        intent = cls._api_retrieve(id)
        known = intent_shape.updates(intent, parameters)
        if intent.status not in _OPEN or intent.status == "requires_capture":
            raise unexpected_state(intent_shape.cannot_confirm(intent.status), intent._export())
        for name, value in known.items():
            setattr(intent, name, value)
        if payment_method_data is not None:
            card = nested("payment_method_data", payment_method_data)
            intent.payment_method = resources.PaymentMethod(**card).id
        elif payment_method is not None:
            method = resources.PaymentMethod._api_retrieve(payment_method)
            intent.payment_method = method.id
        intent._confirm_or_refuse()
        return intent

    @classmethod
    def _api_cancel(cls, id: str, cancellation_reason: Any = None, **unknown: Any) -> Any:
        if unknown:
            raise unknown_parameters(list(unknown))
        intent = cls._api_retrieve(id)
        if intent.status not in _OPEN:
            message = intent_shape.cannot("cancel", "canceled", intent.status, _OPEN)
            raise unexpected_state(message, intent._export())
        if intent.status == "requires_capture":
            resources.Refund(charge=intent.latest_charge.id)
            emit("charge.refunded", intent.latest_charge)
        intent.next_action = None
        intent._canceled = True
        intent._canceled_at = int(time.time())
        intent._cancellation_reason = cancellation_reason
        emit("payment_intent.canceled", intent)
        return intent

    @classmethod
    def _api_capture(cls, id: str, amount_to_capture: Any = None, **unknown: Any) -> Any:
        if unknown:
            raise unknown_parameters(list(unknown))
        intent = cls._api_retrieve(id)
        if intent.status != "requires_capture":
            message = intent_shape.cannot("capture", "captured", intent.status, ("requires_capture",))
            raise unexpected_state(message, intent._export())
        if amount_to_capture is not None:
            intent_shape.check_capture(intent.amount, amount_to_capture)
        return super()._api_capture(id, amount_to_capture)

    @classmethod
    def _api_authenticate(cls, id: str, **parameters: Any) -> Any:
        intent = super()._api_authenticate(id, **parameters)
        if intent._authentication_failed:
            intent._declined_with = intent_shape.authentication_failure()
            emit("payment_intent.payment_failed", intent)
        return intent

    @classmethod
    def _api_list_all(cls, url: str, **query: Any) -> Any:
        return filtered_page(cls, url, ("customer",), query)

    @classmethod
    def _api_delete(cls, id: str) -> Any:
        raise StripeError(405, "PaymentIntents cannot be deleted.")

    def _update(self, **changes: Any) -> None:
        for name, value in intent_shape.updates(self, changes).items():
            setattr(self, name, value)

    def _confirm_or_refuse(self) -> None:
        if self.payment_method is None:
            raise unexpected_state(intent_shape.NO_METHOD, self._export())
        self.next_action = None
        self._confirm(on_failure_now=self._report_failure)
        if self.next_action is not None:
            emit("payment_intent.requires_action", self)

    def _create_charge(self, on_failure_now: Callable[[], None]) -> None:
        def declined() -> None:
            charge = self.latest_charge
            self._declined_with = intent_shape.payment_error(charge, charge._decline or Decline())
            # Stripe takes the method off the intent: the buyer has to choose again.
            self.payment_method = None
            on_failure_now()

        self._declined_with = None
        super()._create_charge(declined)
        if self.status == "requires_capture":
            emit("payment_intent.amount_capturable_updated", self)

    def _export(self, expand: Any = None) -> dict[str, Any]:
        return expanded(intent_shape.exported(self), expand)
