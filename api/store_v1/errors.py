"""The contract's errors: {"error": text, "code": text, "details": object or null}.

Which refusal is said how is a table. A row that needs other words for one refusal raises `Refused`.
"""

from typing import Any

import msgspec
import psycopg
from eventsourcing.persistence import OperationalError
from starlette.requests import ClientDisconnect

from api.auth import BadToken
from api.rows import errors as rows
from api.rows.errors import Errors, Said, Words
from api.rows.pages import NoSuchPage
from api.store_v1.statuses import STATUS
from api.throttling import TooMany
from api.tokens import InvalidToken
from read_side.errors import Unavailable
from write_side import refusals
from write_side.account.decide import EmailTaken, WrongPassword
from write_side.cart.decide import NoSuchCartItem, ProductNotSold
from write_side.catalog.product.decide import FewerThanVariants, NoSuchProduct, SkuTaken
from write_side.order.decide import CartIsEmpty, MoveNotAllowed, NoSuchOrder, WrongOrderStatus
from write_side.payment.decide import NotPayable, WrongIntent
from write_side.review.decide import AlreadyReviewed, NotBought
from write_side.stock.decide import InsufficientStock

Details = dict[str, Any] | None


class Error(msgspec.Struct):
    """Every refusal's body. `details` names the fields that do not fit."""

    error: str
    code: str
    details: Details = None


class Throttled(msgspec.Struct):
    """The body of 429. `retry_after`: whole seconds."""

    error: str
    code: str
    retry_after: int


class Refused(rows.Refused):
    """A refusal in the contract's own words."""

    def __init__(self, status: int, error: str, code: str, details: Details = None) -> None:
        super().__init__(status, Error(error, code, details))


_AWAY = Words(503, "Temporarily unavailable. Try again.", "unavailable")
_NOBODY = Words(401, "Authentication credentials were not provided.", "not_authenticated")
_INVALID_TOKEN = Words(401, "Token is invalid or expired", "invalid_token")

WORDS: dict[type[Exception], Words] = {
    BadToken: _INVALID_TOKEN,
    InvalidToken: _INVALID_TOKEN,
    refusals.Unauthenticated: _NOBODY,
    refusals.Forbidden: Words(403, "You do not have permission to perform this action.", "permission_denied"),
    refusals.NotFound: Words(404, "Not found", "not_found"),
    ProductNotSold: Words(404, "Product not found", "not_found"),
    NoSuchCartItem: Words(404, "Cart item not found", "not_found"),
    NoSuchOrder: Words(404, "Order not found", "not_found"),
    WrongIntent: Words(404, "Payment intent not found", "not_found"),
    refusals.Invalid: Words(400, "Invalid input", "validation_error"),
    WrongPassword: Words(400, "Invalid input", "validation_error", field="old_password"),
    EmailTaken: Words(409, "User already exists", "conflict", field="email"),
    NoSuchProduct: Words(404, "Product not found", "not_found"),
    SkuTaken: Words(409, "Product already exists", "conflict", field="sku"),
    FewerThanVariants: Words(400, "Invalid input", "validation_error", field="quantity"),
    NotBought: Words(403, "You can only review products that you have bought", "purchase_required"),
    AlreadyReviewed: Words(409, "You have already reviewed this product", "conflict"),
    MoveNotAllowed: Words(400, "{detail}", "invalid_status"),
    InsufficientStock: Words(400, "Insufficient stock", "stock_unavailable", ("requested", "available")),
    CartIsEmpty: Words(400, "Cart is empty", "cart_empty"),
    WrongOrderStatus: Words(400, "Cannot cancel order in {status} status", "invalid_status"),
    NotPayable: Words(400, "Cannot pay for order in {status} status", "invalid_status"),
    refusals.Conflict: Words(409, "{detail}", "conflict"),
    refusals.IdempotencyKeyReused: Words(409, "{detail}", "idempotency_key_reused"),
    refusals.TooLarge: Words(400, "{detail}", "validation_error"),
    refusals.Unavailable: _AWAY,
    refusals.OutcomeUnknown: Words(503, "{detail}", "outcome_unknown"),
    refusals.Overloaded: _AWAY,
    Unavailable: _AWAY,
    OperationalError: _AWAY,
    psycopg.OperationalError: _AWAY,
    TooMany: Words(429, "{detail}", "throttled"),
    NoSuchPage: Words(404, "Invalid page", "not_found"),
    ClientDisconnect: Words(400, "The body was not sent whole", "parse_error"),  # nobody is there to read it
    Exception: Words(500, "Internal server error", "server_error"),
}

_HTTP = {
    404: Words(404, "Not found", "not_found"),
    405: Words(405, "Method not allowed", "method_not_allowed"),
    408: Words(408, "The body did not arrive in time", "body_too_slow"),
    413: Words(413, "The body is too large", "body_too_large"),
    415: Words(415, "Only application/json is understood", "unsupported_media_type"),
}

_MESSAGES = {
    "missing": "This field is required.",
    "string_type": "Must be a string.",
    "string_too_short": "This field may not be blank.",
    "string_too_long": "Must have at most {max_length} characters.",
    "too_long": "Must have at most {max_length} characters.",
    "string_pattern_mismatch": "Enter a valid value.",
    "literal_error": "Must be one of {expected}.",
    "int_type": "Must be a whole number.",
    "bool_type": "Must be true or false.",
    "value_error": "{error}",
    "greater_than_equal": "Must be at least {ge}.",
    "less_than_equal": "Must be at most {le}.",
}
_FIELD_MESSAGES = {
    ("email", "value_error"): "Enter a valid email address.",
    ("email", "string_type"): "Enter a valid email address.",
    ("phone_number", "string_pattern_mismatch"): "Enter a valid phone number.",
    ("quantity", "greater_than_equal"): "Quantity must be greater than 0.",
}


def _shape(said: Said) -> Error | Throttled:
    if said.wait is not None:
        return Throttled(said.text, said.code, said.wait)
    return Error(said.text, said.code, said.fields or said.facts)


def _shapes(status: int) -> tuple[type[msgspec.Struct], ...]:
    return (Throttled,) if status == 429 else (Error,)


ERRORS = Errors(
    words=WORDS,
    http=_HTTP,
    invalid=WORDS[refusals.Invalid],
    unreadable=Words(400, "The body must be a JSON object", "parse_error"),
    messages=_MESSAGES,
    field_messages=_FIELD_MESSAGES,
    statuses=STATUS,
    shape=_shape,
    shapes=_shapes,
)
