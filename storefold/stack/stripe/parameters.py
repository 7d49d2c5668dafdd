"""Checks of request parameters, with Stripe's messages.

In: raw values of a form-encoded body (every scalar is text). Out: typed values, or a
`StripeError` that names the parameter.
"""

import re
from typing import Any

from storefold.stack.stripe.errors import bad_parameter

_MINIMUM = {"usd": 50, "eur": 50, "gbp": 30}  # Stripe's smallest charges, minor units
_MAXIMUM = 99_999_999  # eight digits, Stripe's limit on one amount


def required(param: str, value: Any) -> Any:
    """The value, refused when it is absent or empty."""
    if value is None or value == "":
        message = f"Missing required param: {param}."
        raise bad_parameter(param, message, "parameter_missing")
    return value


def nested(param: str, value: Any) -> dict[str, Any]:
    """An object: `param[name]=...` in a form."""
    if not isinstance(value, dict):
        raise bad_parameter(param, "Invalid object", "parameter_invalid_empty")
    return value


def whole_number(param: str, value: Any) -> int:
    """An integer, sent as JSON or as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    raise bad_parameter(param, f"Invalid integer: {value}", "parameter_invalid_integer")


def positive(param: str, value: Any) -> int:
    """An integer of at least 1."""
    number = whole_number(param, value)
    if number < 1:
        message = "This value must be greater than or equal to 1."
        raise bad_parameter(param, message, "parameter_invalid_integer")
    return number


def currency_code(value: Any) -> str:
    """Three letters, lower case."""
    text = str(required("currency", value)).lower()
    if not re.fullmatch(r"[a-z]{3}", text):
        raise bad_parameter("currency", f"Invalid currency: {text}.", "parameter_invalid_string_empty")
    return text


def payable(value: Any, currency: str) -> int:
    """An amount in minor units that Stripe would charge in that currency."""
    amount = positive("amount", required("amount", value))
    minimum = _MINIMUM.get(currency, 1)
    if amount < minimum:
        message = f"Amount must be at least {minimum / 100:.2f} {currency}"
        raise bad_parameter("amount", message, "amount_too_small")
    if amount > _MAXIMUM:
        message = f"Amount must be no more than {_MAXIMUM / 100:,.2f} {currency}"
        raise bad_parameter("amount", message, "amount_too_large")
    return amount


def merged_metadata(current: dict[str, str], change: Any) -> dict[str, str]:
    """Stripe's merge: named keys are set, an empty value deletes, `""` clears all."""
    if change is None:
        return current
    if change == "":
        return {}
    changed = nested("metadata", change)
    merged = {**current, **{str(k): str(v) for k, v in changed.items()}}
    merged = {key: value for key, value in merged.items() if value != ""}
    if len(merged) > 50:
        message = "Metadata can have at most 50 keys."
        raise bad_parameter("metadata", message, "metadata_too_many_keys")
    for key, value in merged.items():
        if len(key) > 40 or len(value) > 500:
            message = f"Metadata keys have at most 40 and values at most 500 characters; '{key}' is over."
            raise bad_parameter(f"metadata[{key}]", message, "parameter_invalid_string_length")
    return merged
