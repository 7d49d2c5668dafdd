"""How the Django REST framework says no: {field: [messages]} of fields, {"detail": text} of all else. The surfaces
whose clients were written for it start from this table, and add their words for what the core refuses."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import psycopg
from eventsourcing.persistence import OperationalError
from starlette.requests import ClientDisconnect

from api.auth import BadCredentials, BadToken
from api.rows.errors import Errors, Said, Words
from api.rows.pages import NoSuchPage
from api.throttling import TooMany
from api.tokens import InvalidToken
from read_side.errors import TooDeep, Unavailable
from write_side import refusals


class Detail(msgspec.Struct):
    """What is said of anything but fields."""

    detail: str


FieldErrors = dict[str, list[str]]
"""What is said of fields, by name; `non_field_errors`: of several together."""

_AWAY = Words(503, "Service temporarily unavailable, try again.")
_INVALID_TOKEN = Words(401, "Given token not valid for any token type")

_WORDS: Final[dict[type[Exception], Words]] = {
    BadToken: _INVALID_TOKEN,
    BadCredentials: Words(401, "{detail}"),
    InvalidToken: _INVALID_TOKEN,
    refusals.Unauthenticated: Words(401, "Authentication credentials were not provided."),
    refusals.Forbidden: Words(403, "You do not have permission to perform this action."),
    refusals.NotFound: Words(404, "Not found."),
    refusals.Invalid: Words(400, "{detail}"),
    refusals.Conflict: Words(400, "{detail}"),
    refusals.IdempotencyKeyReused: Words(409, "{detail}"),
    refusals.TooLarge: Words(400, "{detail}"),
    refusals.Unavailable: _AWAY,
    refusals.OutcomeUnknown: Words(503, "{detail}"),
    refusals.Overloaded: _AWAY,
    Unavailable: _AWAY,
    OperationalError: _AWAY,
    psycopg.OperationalError: _AWAY,
    TooMany: Words(429, "{detail}"),
    NoSuchPage: Words(404, "Invalid page."),
    TooDeep: Words(404, "Invalid page."),
    ClientDisconnect: Words(400, "The body was not sent whole."),  # nobody is there to read it
    Exception: Words(500, "A server error occurred."),
}

_HTTP: Final = {
    404: Words(404, "Not found."),
    405: Words(405, 'Method "{method}" not allowed.'),
    408: Words(408, "The body did not arrive in time."),
    413: Words(413, "The body is too large."),
    415: Words(415, "Unsupported media type in request."),
}

_MESSAGES: Final = {
    "missing": "This field is required.",
    "null": "This field may not be null.",
    "string_type": "Not a valid string.",
    "string_too_short": "This field may not be blank.",
    "string_too_long": "Ensure this field has no more than {max_length} characters.",
    "too_long": "Ensure this field has no more than {max_length} characters.",
    "string_pattern_mismatch": "Enter a valid value.",
    "literal_error": "Must be one of {expected}.",
    "int_type": "A valid integer is required.",
    "int_parsing": "A valid integer is required.",
    "int_parsing_size": "A valid integer is required.",
    "int_from_float": "A valid integer is required.",
    "float_type": "A valid number is required.",
    "float_parsing": "A valid number is required.",
    "bool_type": "Must be a valid boolean.",
    "bool_parsing": "Must be a valid boolean.",
    "list_type": "Expected a list of items.",
    "dict_type": "Expected a dictionary of items.",
    "model_type": "Expected a dictionary of items.",
    "model_attributes_type": "Expected a dictionary of items.",
    "value_error": "{error}",
    "greater_than": "Ensure this value is greater than {gt}.",
    "greater_than_equal": "Ensure this value is greater than or equal to {ge}.",
    "less_than_equal": "Ensure this value is less than or equal to {le}.",
}
_FIELD_MESSAGES: Final = {
    ("email", "value_error"): "Enter a valid email address.",
}


def rest_errors(
    words: Mapping[type[Exception], Words],
    *,
    field_messages: Mapping[tuple[str, str], str] | None = None,
    statuses: Mapping[str, str] | None = None,
) -> Errors:
    """The framework's words with a surface's own beside or instead of them."""
    return Errors(
        words={**_WORDS, **words},
        http=_HTTP,
        invalid=Words(400, "Invalid input."),
        unreadable=Words(400, "The body cannot be read as what its content type says."),
        messages=_MESSAGES,
        field_messages={**_FIELD_MESSAGES, **(field_messages or {})},
        statuses=statuses or {},
        shape=_shape,
        shapes=_shapes,
    )


def _shape(said: Said) -> Detail | FieldErrors:
    return Detail(said.text) if said.fields is None else said.fields


def _shapes(status: int) -> tuple[Any, ...]:
    return (FieldErrors, Detail) if status == 400 else (Detail,)
