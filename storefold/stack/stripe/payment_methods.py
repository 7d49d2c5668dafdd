"""Payment methods and tokens: the cards of `cards.py` as objects.

In: card numbers, `pm_card_...`, `tok_...`. Out: localstripe payment methods that carry a
brand and know how a charge on them ends. localstripe itself knows three test names, takes
16 digits only, and lets the cards that Stripe declines pay.
"""

import datetime
from typing import Any

from storefold.stack.stripe import cards
from storefold.stack.stripe.errors import (
    StripeError,
    bad_parameter,
    card_error,
    unknown_parameters,
)
from storefold.stack.stripe.lookup import filtered_page
from storefold.stack.stripe.parameters import required, whole_number
from storefold.stack.stripe.upstream import resources

_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))

_THEIRS = resources.PaymentMethod  # before `assembly.py` puts ours in its place


class Token(resources.Token):  # type: ignore[misc]
    """`tok_visa` and its like, made on first use as Stripe does."""

    @classmethod
    def _api_retrieve(cls, id: str) -> Any:
        number = cards.number_behind(id)
        if number is None:
            return super()._api_retrieve(id)
        return cls(card=_fresh(number))


class PaymentMethod(resources.PaymentMethod):  # type: ignore[misc]
    """A card in Stripe's shape; other types stay localstripe's."""

    def __init__(self, type: Any = None, card: Any = None, **rest: Any) -> None:
        if type != "card":
            super().__init__(type=type, **rest)
            return
        billing, metadata = (
            rest.pop("billing_details", None),
            rest.pop("metadata", None),
        )
        rest.pop("allow_redisplay", None)
        if rest:
            raise unknown_parameters(list(rest))
        number, month, year = _checked(required("card", card))
        resources.StripeObject.__init__(self)
        self._card_number = number
        self.type = "card"
        self.billing_details = {
            "address": dict(_NO_ADDRESS),
            "email": None,
            "name": None,
            "phone": None,
        } | (billing or {})
        self.card = {
            "brand": cards.brand_of(number),
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "unchecked",
            },
            "country": "US",
            "exp_month": month,
            "exp_year": year,
            "fingerprint": resources.fingerprint(number),
            "funding": "credit",
            "last4": number[-4:],
            "three_d_secure_usage": {"supported": True},
        }
        self.customer = None
        self.metadata = metadata or {}

    @classmethod
    def _try_get_canonical_test_article(cls, id: str) -> Any:
        # Called by localstripe wherever an id is looked up.
        number = cards.number_behind(id) if id.startswith("pm_card_") else None
        return None if number is None else cls(type="card", card=_fresh(number))

    @classmethod
    def _api_attach(cls, id: str, customer: Any = None, **rest: Any) -> Any:
        method = cls._api_retrieve(id)
        if method._attaching_is_declined():
            raise card_error(decline_of(method) or cards.Decline())
        return super()._api_attach(method.id, customer=customer, **rest)

    @classmethod
    def _api_list_all(cls, url: str, **query: Any) -> Any:
        return filtered_page(cls, url, ("customer", "type"), query)

    # localstripe also calls these two with a `Card` for self.
    def _charging_is_declined(self: Any) -> bool:
        if self.type == "card":
            return decline_of(self) is not None
        return bool(_THEIRS._charging_is_declined(self))

    def _attaching_is_declined(self: Any) -> bool:
        if self.type != "card" or self._card_number in cards.DECLINES_ONLY_CHARGES:
            return False
        return decline_of(self) is not None


def decline_of(method: Any) -> cards.Decline | None:
    """How the issuer refuses a charge on this card; None when it pays."""
    return cards.DECLINES.get(getattr(method, "_card_number", ""))


def _fresh(number: str) -> dict[str, Any]:
    year = datetime.datetime.now(datetime.UTC).year + 5
    cvc = "1234" if cards.brand_of(number) == "amex" else "123"
    return {"number": number, "exp_month": 12, "exp_year": year, "cvc": cvc}


def _checked(card: dict[str, Any]) -> tuple[str, int, int]:
    if "token" in card:
        saved = Token._api_retrieve(card["token"]).card
        return saved._card_number, saved.exp_month, saved.exp_year
    number = str(required("card[number]", card.get("number"))).replace(" ", "")
    month = whole_number("card[exp_month]", required("exp_month", card.get("exp_month")))
    year = whole_number("card[exp_year]", required("exp_year", card.get("exp_year")))
    if not cards.is_well_formed(number):
        raise _refused("number", "Your card number is incorrect.", "incorrect_number")
    if not 1 <= month <= 12:
        message = "Your card's expiration month is invalid."
        raise _refused("exp_month", message, "invalid_expiry_month")
    year += 2000 if 0 < year < 100 else 0
    if not datetime.datetime.now(datetime.UTC).year <= year < 2100:
        message = "Your card's expiration year is invalid."
        raise _refused("exp_year", message, "invalid_expiry_year")
    cvc = card.get("cvc")
    if cvc is not None and not (str(cvc).isdigit() and len(str(cvc)) in (3, 4)):
        message = "Your card's security code is invalid."
        raise _refused("cvc", message, "invalid_cvc")
    unknown = sorted(set(card) - {"number", "exp_month", "exp_year", "cvc"})
    if unknown:
        name = f"card[{unknown[0]}]"
        message = f"Received unknown parameter: {name}"
        raise bad_parameter(name, message, "parameter_unknown")
    return number, month, year


def _refused(param: str, message: str, code: str) -> StripeError:
    return StripeError(402, message, kind="card_error", code=code, param=param)
