"""The contract's errors: {"error": text, "code": text, "details": object or null}.

Which refusal is said how is a table. A row that needs other words for one refusal raises `Refused`.
"""

import logging
from typing import Any, NamedTuple

import msgspec
import psycopg
from eventsourcing.persistence import OperationalError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.auth import BadToken
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
from write_side.refusals import Refusal
from write_side.review.decide import AlreadyReviewed, NotBought
from write_side.stock.decide import InsufficientStock

log = logging.getLogger(__name__)

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


class Refused(Exception):
    """A refusal in the contract's own words."""

    def __init__(self, status: int, error: str, code: str, details: Details = None) -> None:
        super().__init__(error)
        self.status = status
        self.body = Error(error, code, details)


class Words(NamedTuple):
    """`error` may use what the refusal brings along. `details`: names of what of it is shown, or the
    field that it is a complaint about."""

    status: int
    error: str
    code: str
    details: tuple[str, ...] = ()
    field: str | None = None


_INVALID = "Invalid input"
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
    refusals.Invalid: Words(400, _INVALID, "validation_error"),
    WrongPassword: Words(400, _INVALID, "validation_error", field="old_password"),
    EmailTaken: Words(409, "User already exists", "conflict", field="email"),
    NoSuchProduct: Words(404, "Product not found", "not_found"),
    SkuTaken: Words(409, "Product already exists", "conflict", field="sku"),
    FewerThanVariants: Words(400, _INVALID, "validation_error", field="quantity"),
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
}

_HTTP = {
    404: ("Not found", "not_found"),
    405: ("Method not allowed", "method_not_allowed"),
    408: ("The body did not arrive in time", "body_too_slow"),
    413: ("The body is too large", "body_too_large"),
    415: ("Only application/json is understood", "unsupported_media_type"),
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
_NO_OBJECT = ("json_invalid", "model_type", "model_attributes_type")


def refuse(request: Request, error: Exception) -> Response:
    """The answer to whatever a row raised. A fault of ours is logged whole and told in one line."""
    if isinstance(error, Refused):
        return _answer(error.status, error.body)
    if isinstance(error, TooMany):
        answer = _answer(429, Throttled(str(error), "throttled", error.verdict.wait))
        answer.headers["Retry-After"] = str(error.verdict.wait)
        return answer
    if isinstance(error, ValidationError):
        return _answer(400, _invalid(error))
    if isinstance(error, HTTPException):
        said, code = _HTTP.get(error.status_code, (str(error.detail), "error"))
        answer = _answer(error.status_code, Error(said, code))
        answer.headers.update(error.headers or {})
        return answer
    if isinstance(error, ClientDisconnect):
        return _answer(400, Error("The body was not sent whole", "parse_error"))  # nobody is there to read it
    words = next((WORDS[kind] for kind in type(error).__mro__ if kind in WORDS), None)
    if words is _NOBODY and "authorization" in request.headers:
        words = _INVALID_TOKEN  # of a person who was shut out since
    if words is None:
        log.error("request %s failed", request.scope.get("storefold.request"), exc_info=error)
        return _answer(500, Error("Internal server error", "server_error"))
    return _answer(words.status, _say(words, error))


def invalid(**messages: str) -> Refused:
    """Of the named fields."""
    return Refused(400, _INVALID, "validation_error", {field: [text] for field, text in messages.items()})


def _say(words: Words, error: Exception) -> Error:
    detail, extra = str(error), {}
    if isinstance(error, Refusal):
        detail, extra = error.detail, error.extra
    status = STATUS.get(extra.get("status", ""), "")
    details: Details = {name: extra[name] for name in words.details} or None
    field = words.field or extra.get("field")
    if field is not None:
        details = {field: [detail]}
    return Error(words.error.format(detail=detail, status=status), words.code, details)


def _invalid(error: ValidationError) -> Error:
    details: dict[str, list[str]] = {}
    for item in error.errors(include_url=False, include_input=False):
        if item["type"] in _NO_OBJECT:
            return Error("The body must be a JSON object", "parse_error")
        field = str(item["loc"][0])
        context = item.get("ctx", {})
        message = _FIELD_MESSAGES.get((field, item["type"])) or _MESSAGES.get(item["type"], item["msg"])
        details.setdefault(field, []).extend(context.get("messages") or [message.format(**context)])
    return Error(_INVALID, "validation_error", details)


_encode = msgspec.json.Encoder().encode


def _answer(status: int, body: msgspec.Struct) -> Response:
    answer = Response(_encode(body), status, media_type="application/json")
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        answer.headers["Retry-After"] = "1"
    return answer
