"""The test cards that Stripe documents, as data.

In: a card number, or a name such as `pm_card_visa` or `tok_chargeDeclined`.
Out: the number behind the name, its brand, and how a charge on it is declined.
Source: https://docs.stripe.com/testing; names with and without `visa_` are both in use.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decline:
    """Why an issuer says no: Stripe's error code, decline code and message."""

    code: str = "card_declined"
    decline_code: str | None = "generic_decline"
    message: str = "Your card was declined."


DECLINES: dict[str, Decline] = {
    "4000000000000002": Decline(),
    "4000000000009995": Decline(
        decline_code="insufficient_funds",
        message="Your card has insufficient funds.",
    ),
    "4000000000009987": Decline(decline_code="lost_card"),
    "4000000000009979": Decline(decline_code="stolen_card"),
    "4000000000006975": Decline(
        decline_code="card_velocity_exceeded",
        message="Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
    ),
    "4000000000000069": Decline("expired_card", None, "Your card has expired."),
    "4000000000000127": Decline("incorrect_cvc", None, "Your card's security code is incorrect."),
    "4000000000000119": Decline(
        "processing_error",
        None,
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "4100000000000019": Decline(decline_code="fraudulent"),
    "4000000000000341": Decline(),
    # Asks for 3D Secure first and is declined after it.
    "4000008260003178": Decline(
        decline_code="insufficient_funds",
        message="Your card has insufficient funds.",
    ),
    "4000008400001629": Decline(),
}

# The one declined card that can be saved to a customer: it fails when it is charged.
DECLINES_ONLY_CHARGES = frozenset({"4000000000000341", "4000008260003178", "4000008400001629"})

_NAMES: dict[str, str] = {
    "visa": "4242424242424242",
    "visa_debit": "4000056655665556",
    "mastercard": "5555555555554444",
    "mastercard_debit": "5200828282828210",
    "mastercard_prepaid": "5105105105105100",
    "amex": "378282246310005",
    "discover": "6011111111111117",
    "diners": "3056930009020004",
    "jcb": "3566002020360505",
    "unionpay": "6200000000000005",
    "us": "4242424242424242",
    "chargeCustomerFail": "4000000000000341",
    "radarBlock": "4100000000000019",
    "authenticationRequiredOnSetup": "4000002500003155",
    "authenticationRequired": "4000002760003184",
    "authenticationRequiredChargeDeclinedInsufficientFunds": "4000008260003178",
    "threeDSecure2Required": "4000000000003220",
    "threeDSecureRequired": "4000000000003063",
    "threeDSecureRequiredChargeDeclined": "4000008400001629",
}
_DECLINED_NAMES: dict[str, str] = {
    "chargeDeclined": "4000000000000002",
    "chargeDeclinedInsufficientFunds": "4000000000009995",
    "chargeDeclinedLostCard": "4000000000009987",
    "chargeDeclinedStolenCard": "4000000000009979",
    "chargeDeclinedVelocityLimitExceeded": "4000000000006975",
    "chargeDeclinedExpiredCard": "4000000000000069",
    "chargeDeclinedIncorrectCvc": "4000000000000127",
    "chargeDeclinedProcessingError": "4000000000000119",
}
_NAMES |= _DECLINED_NAMES | {f"visa_{n}": c for n, c in _DECLINED_NAMES.items()}

_BRANDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("34", "37"), "amex"),
    (("30", "36", "38"), "diners"),
    (("35",), "jcb"),
    (("60", "64", "65"), "discover"),
    (("62",), "unionpay"),
    (("22", "51", "52", "53", "54", "55"), "mastercard"),
)


def number_behind(name: str) -> str | None:
    """The card number behind `pm_card_...` or `tok_...`; None for any other id."""
    for prefix in ("pm_card_", "tok_"):
        if name.startswith(prefix):
            return _NAMES.get(name.removeprefix(prefix))
    return None


def brand_of(number: str) -> str:
    """The brand as Stripe spells it, `visa` where no other prefix matches."""
    for prefixes, brand in _BRANDS:
        if number.startswith(prefixes):
            return brand
    return "visa"


def is_well_formed(number: str) -> bool:
    """Digits of a card's length whose Luhn checksum holds."""
    if not (number.isdigit() and 12 <= len(number) <= 19):
        return False
    digits = [int(d) for d in reversed(number)]
    doubled = [sum(divmod(2 * d, 10)) for d in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
