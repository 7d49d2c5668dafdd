"""From an exception to a surface's refusal. Which exception is said how is a table of the surface's, looked up over
the exception's ancestors; the shape of what is said is a function of the surface's.

A row that needs other words for one refusal raises `Refused`, or `invalid` for fields.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.auth import BadToken
from api.throttling import TooMany
from write_side.refusals import Refusal, Unauthenticated

log = logging.getLogger(__name__)

WHOLE: Final = "non_field_errors"
"""Where complaints stand that are about no field of their own."""
_NO_OBJECT: Final = ("json_invalid", "model_type", "model_attributes_type")
_encode = msgspec.json.Encoder().encode


class Words(NamedTuple):
    """`text` may use {detail} of the refusal, {status} in the surface's words and the request's {method}.
    `details`: names of what of the refusal is shown, or the `field` that it is a complaint about."""

    status: int
    text: str
    code: str = ""
    details: tuple[str, ...] = ()
    field: str | None = None


class Said(NamedTuple):
    """A refusal before it has a surface's shape. `fields`: complaints by field; `facts`: what it brings along;
    `wait`: seconds until it is worth asking again."""

    status: int
    text: str
    code: str
    fields: dict[str, list[str]] | None = None
    facts: dict[str, Any] | None = None
    wait: int | None = None


class Refused(Exception):
    """A refusal in a row's own words: `body` is sent as it is."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers or {}


class BadFields(Exception):
    """Values that cannot stand, by field."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items()))
        self.fields = fields


class Unreadable(Exception):
    """The body is not what its type says."""


def invalid(**messages: str) -> BadFields:
    """One complaint about each of the named fields."""
    return BadFields({name: [text] for name, text in messages.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """How a surface says no.

    `words`: by exception, its ancestors included; `Exception` itself is a fault of ours. `http`: by status, of paths,
    methods and bodies. `invalid`: fields that do not fit; `unreadable`: a body that is none. `messages`: by pydantic's
    name of what is wrong ("null" for a null where there may be none), `field_messages` by field and name. `statuses`:
    the surface's words for those of orders. `shape` makes the body; `shapes(status)`: the types that it makes, for the
    document.
    """

    words: Mapping[type[Exception], Words]
    http: Mapping[int, Words]
    invalid: Words
    unreadable: Words
    messages: Mapping[str, str]
    shape: Callable[[Said], Any]
    shapes: Callable[[int], tuple[Any, ...]]
    field_messages: Mapping[tuple[str, str], str] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)

    def refuse(self, request: Request, error: Exception) -> Response:
        """The answer to whatever a row raised. A fault of ours is logged whole and told in one line."""
        if isinstance(error, Refused):
            return _answer(error.status, error.body, error.headers)
        if isinstance(error, HTTPException):
            words = self.http.get(error.status_code, Words(error.status_code, "{detail}", "error"))
            said = Said(error.status_code, words.text.format(detail=error.detail, method=request.method), words.code)
            return _answer(error.status_code, self.shape(said), error.headers or {})
        if isinstance(error, ValidationError):
            fields = self._complaints(error)
            said = self._plain(self.unreadable) if fields is None else self._plain(self.invalid, fields)
        elif isinstance(error, BadFields):
            said = self._plain(self.invalid, error.fields)
        elif isinstance(error, Unreadable):
            said = self._plain(self.unreadable)
        else:
            said = self._say(request, error)
        return _answer(said.status, self.shape(said), {} if said.wait is None else {"Retry-After": str(said.wait)})

    def _say(self, request: Request, error: Exception) -> Said:
        kind = next(kind for kind in type(error).__mro__ if kind in self.words)
        if kind is Exception:
            log.error("request %s failed", request.scope.get("storefold.request"), exc_info=error)
        if kind is Unauthenticated and "authorization" in request.headers:
            kind = BadToken  # of a person who was shut out since
        words = self.words[kind]
        detail, extra = str(error), {}
        if isinstance(error, Refusal):
            detail, extra = error.detail, error.extra
        name = words.field or extra.get("field")
        text = words.text.format(
            detail=detail, status=self.statuses.get(extra.get("status", ""), ""), method=request.method
        )
        return Said(
            words.status,
            text,
            words.code,
            None if name is None else {name: [detail]},
            {name: extra[name] for name in words.details} or None,
            error.verdict.wait if isinstance(error, TooMany) else None,
        )

    @staticmethod
    def _plain(words: Words, fields: dict[str, list[str]] | None = None) -> Said:
        return Said(words.status, words.text, words.code, fields)

    def _complaints(self, error: ValidationError) -> dict[str, list[str]] | None:
        """By field; None where the body is no object at all. Values are looked at, and never told."""
        found: dict[str, list[str]] = {}
        for item in error.errors(include_url=False):
            if item["type"] in _NO_OBJECT and not item["loc"]:
                return None
            name = str(item["loc"][0]) if item["loc"] else WHOLE
            found.setdefault(name, []).extend(self._messages(name, item))
        return found

    def _messages(self, name: str, item: Any) -> list[str]:
        context = item.get("ctx", {})
        if "messages" in context:
            return list(context["messages"])
        null = self.messages.get("null") if item["input"] is None else None
        message = self.field_messages.get((name, item["type"])) or null or self.messages.get(item["type"])
        return [item["msg"] if message is None else message.format(**context)]


def _answer(status: int, body: Any, headers: Mapping[str, str]) -> Response:
    answer = Response(_encode(body), status, media_type="application/json")
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        answer.headers["Retry-After"] = "1"
    answer.headers.update(headers)
    return answer
