"""Charges: one attempt to move money.

In: a payment method and an amount. Out: a charge that succeeded, was declined for the
card's documented reason (or a test's), or waits for capture; events `charge.*`.
"""

from collections.abc import Callable
from typing import Any

from storefold.stack.stripe.cards import Decline
from storefold.stack.stripe.context import ordered_decline
from storefold.stack.stripe.errors import card_error
from storefold.stack.stripe.events import emit
from storefold.stack.stripe.lookup import expanded, filtered_page
from storefold.stack.stripe.parameters import merged_metadata
from storefold.stack.stripe.payment_methods import decline_of
from storefold.stack.stripe.upstream import resources

Callback = Callable[[], None]


class Charge(resources.Charge):  # type: ignore[misc]
    """Localstripe's charge with reasons, captured and refunded amounts, and events."""

    metadata: dict[str, str]

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        method = resources.PaymentMethod._api_retrieve(self.payment_method)
        self._decline: Decline | None = ordered_decline.get() or decline_of(method)
        if self._decline is not None:
            self._authorized = False
        self._refund_ids: list[str] = []
        self._amount_captured = 0

    @classmethod
    def _api_create(cls, source: Any = None, **parameters: Any) -> Any:
        if isinstance(source, str) and source.startswith("tok_"):
            source = resources.Token._api_retrieve(source).card.id
        return super()._api_create(source=source, **parameters)

    @classmethod
    def _api_list_all(cls, url: str, **query: Any) -> Any:
        return filtered_page(cls, url, ("customer", "payment_intent"), query)

    def _update(self, **changes: Any) -> None:
        """An empty value takes a key away, as Stripe documents; localstripe would keep it."""
        metadata = changes.pop("metadata", None)
        super()._update(**changes)
        self.metadata = merged_metadata(self.metadata, metadata)

    def _initialize_charge(
        self,
        on_success: Callback | None = None,
        on_failure_now: Callback | None = None,
        on_failure_later: Callback | None = None,
    ) -> None:
        def succeeded() -> None:
            self._amount_captured = self.amount
            emit("charge.succeeded", self)
            if on_success is not None:
                on_success()

        if self.payment_intent is not None:
            # What a charge.* webhook is recognised by; copied once, as Stripe does.
            intent = resources.PaymentIntent._api_retrieve(self.payment_intent)
            self.metadata = dict(intent.metadata)
            self.description = intent.description
            self.receipt_email = intent.receipt_email
        super()._initialize_charge(succeeded, on_failure_now, on_failure_later)
        if self._authorized and not self.captured:
            emit("charge.succeeded", self)

    def _capture(self, amount: Any, on_success: Callback | None = None) -> None:
        taken = self.amount if amount is None else int(amount)

        def captured() -> None:
            self._amount_captured = taken
            emit("charge.captured", self)
            if on_success is not None:
                on_success()

        super()._capture(taken, captured)

    def _set_auth_failure(self) -> None:
        super()._set_auth_failure()
        decline = self._decline or Decline()
        self.failure_code = decline.code
        self.failure_message = decline.message
        emit("charge.failed", self)

    def _raise_failure(self) -> None:
        intent = None
        if self.payment_intent is not None:
            intent = resources.PaymentIntent._api_retrieve(self.payment_intent)
        raise card_error(
            self._decline or Decline(),
            charge=self.id,
            payment_intent=None if intent is None else intent._export(),
            payment_method=self._method(),
        )

    def _method(self) -> dict[str, Any]:
        method = resources.PaymentMethod._api_retrieve(self.payment_method)
        exported: dict[str, Any] = method._export()
        return exported

    @property
    def refunds(self) -> Any:
        found = resources.List(f"/v1/charges/{self.id}/refunds")
        found._list = [resources.Refund._api_retrieve(one) for one in reversed(self._refund_ids)]
        return found

    def _export(self, expand: Any = None) -> dict[str, Any]:
        body: dict[str, Any] = super()._export()
        if not any(str(path).partition(".")[0] == "refunds" for path in expand or []):
            # Since API 2022-11-15 a charge carries its refunds only when asked.
            del body["refunds"]
        method = self._method()
        body |= {
            "amount_captured": self._amount_captured,
            "billing_details": method.get("billing_details"),
            "disputed": False,
            "outcome": self._outcome(),
            "payment_method_details": {
                "type": method["type"],
                method["type"]: method.get(method["type"]),
            },
        }
        return expanded(body, expand)

    def _outcome(self) -> dict[str, Any] | None:
        if self.status == "pending":
            return None
        if self.status == "failed":
            decline = self._decline or Decline()
            return {
                "network_status": "declined_by_network",
                "reason": decline.decline_code or decline.code,
                "seller_message": "The bank did not return any further details.",
                "type": "issuer_declined",
            }
        return {
            "network_status": "approved_by_network",
            "reason": None,
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
