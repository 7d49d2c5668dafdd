"""Stripe, through its official SDK: the few calls that the product makes.

What enters: ids, minor units and idempotency keys. What leaves: Stripe's JSON as dicts, or one of two
exceptions, for all that a caller can do is to try again or to record the refusal.
"""

import logging
from collections.abc import Callable, Collection
from typing import Any, Final, TypeVar

import stripe
from requests import Session

log = logging.getLogger(__name__)

TIMEOUT: Final = 8.0  # seconds per call; a task's lease is longer
ROUNDS: Final = 20

T = TypeVar("T")
Json = dict[str, Any]


class StripeAway(Exception):
    """No answer that says what happened: outage, overload, timeout, wrong API key. Try again later,
    with the same arguments."""


class StripeRefused(Exception):
    """Stripe will never do this. The text is Stripe's, `code` its machine-readable reason."""

    def __init__(self, reason: str, code: str | None = None) -> None:
        super().__init__(reason)
        self.code = code


class StripeGateway:
    """Thread-safe. `api_base` empty: Stripe itself."""

    def __init__(self, api_key: str, api_base: str = "", timeout: float = TIMEOUT) -> None:
        session = None
        if api_base:
            session = Session()
            session.trust_env = False  # a proxy of the environment has no business with a stand-in
        self._client = stripe.StripeClient(
            api_key,
            base_addresses={"api": api_base} if api_base else None,
            http_client=stripe.RequestsClient(timeout=timeout, session=session),
            max_network_retries=0,  # who calls decides when to try again, and for how long
        )

    def create_intent(self, amount: int, currency: str, metadata: dict[str, str], key: str) -> Json:
        """The payment intent, unconfirmed. An answer that was lost may leave a second one behind at
        Stripe, which nobody can pay: its client secret was never given to anyone."""

        def call(key: str) -> Json:
            intent = self._client.v1.payment_intents.create(
                {
                    "amount": amount,
                    "currency": currency.lower(),
                    "metadata": metadata,
                    "automatic_payment_methods": {"enabled": True},
                },
                {"idempotency_key": key},
            )
            return intent.to_dict()

        return _once(call, key, found=lambda: None)

    def refund(self, intent_id: str, amount: int, label: str, key: str) -> Json:
        """The refund over `amount` that carries `label`, made now or by an earlier call."""

        def call(key: str) -> Json:
            refund = self._client.v1.refunds.create(
                {"payment_intent": intent_id, "amount": amount, "metadata": {"refund": label}},
                {"idempotency_key": key},
            )
            return refund.to_dict()

        return _once(call, key, found=lambda: self._find_refund(intent_id, label))

    def intent(self, intent_id: str) -> Json:
        """The intent as it is now, with its latest charge. `client_secret` is for its buyer alone."""
        return _ask(
            lambda: self._client.v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]}).to_dict()
        )

    def take_metadata_away(self, intent_id: str, names: Collection[str]) -> None:
        """Of the intent and of its charge, which has a copy. Done again it changes nothing."""
        gone: dict[str, str] = dict.fromkeys(names, "")
        charge = self.intent(intent_id).get("latest_charge")
        _ask(lambda: self._client.v1.payment_intents.update(intent_id, {"metadata": gone}))
        if charge is not None:
            _ask(lambda: self._client.v1.charges.update(charge["id"], {"metadata": gone}))

    def _find_refund(self, intent_id: str, label: str) -> Json | None:
        refunds = _ask(lambda: self._client.v1.refunds.list({"payment_intent": intent_id, "limit": 100}).to_dict())
        for refund in refunds["data"]:
            if (refund.get("metadata") or {}).get("refund") == label and refund.get("status") != "failed":
                return dict(refund)
        return None


def _once(call: Callable[[str], T], key: str, found: Callable[[], T | None]) -> T:
    """The call's effect once, whatever came of earlier tries.

    Stripe keeps the first answer to a key, a 500 among them, and repeats it for a day at least: such a
    key is spent. `found` then tells whether the effect happened all the same; if not, the next key of a
    fixed series is used, the same one by everybody who tries.
    """
    for number in range(1, ROUNDS + 1):
        try:
            return _ask(lambda number=number: call(key if number == 1 else f"{key}-{number}"))  # type: ignore[misc]
        except _Spent as spent:
            log.warning("key %s (%s) will only repeat its first answer: %s", key, number, spent)
            already = found()
            if already is not None:
                return already
    raise StripeAway(f"{ROUNDS} keys in a row are spent")


class _Spent(Exception):
    """The key will bring the same failure each time, or was used for other parameters."""


def _ask(call: Callable[[], T]) -> T:
    try:
        return call()
    except stripe.IdempotencyError as error:
        raise _Spent(str(error)) from error
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        raise StripeRefused(error.user_message or str(error), error.code) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        # Ours to mend, not the buyer's fault: the payment waits until the key is right.
        log.error("Stripe does not accept the API key: %s", error)
        raise StripeAway(str(error)) from error
    except stripe.StripeError as error:
        headers = {name.lower(): value for name, value in (error.headers or {}).items()}
        if (error.http_status or 0) >= 500 and headers.get("idempotent-replayed") == "true":
            raise _Spent(str(error)) from error
        raise StripeAway(str(error) or type(error).__name__) from error
