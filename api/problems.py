"""Refusals and faults as RFC 9457 problem details, for the native surface; and what every surface's
own error mapper starts from."""

import logging
from typing import Any, Final

import msgspec
from eventsourcing.persistence import PersistenceError
from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.throttling import TooMany
from read_side.errors import Behind, TooDeep, Unavailable, UnknownCursor
from write_side.refusals import Refusal
from write_side.refusals import Unavailable as EventStoreAway

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

_OWN: Final[dict[str, tuple[str, int, str]]] = {
    "no-such-path": ("No such path", 404, "No route answers at this path; /docs lists them all."),
    "method-not-allowed": ("The path has no such method", 405, "`Allow` names the methods that it has."),
    "body-too-slow": ("The body did not arrive in time", 408, "Nothing was done; send it again."),
    "body-too-large": ("The body is too large", 413, "Nothing of the request was read further or done."),
    "throttled": ("You ask too often", 429, "`Retry-After` says how many seconds to wait; `RateLimit` warns before."),
    "read-models-away": ("The store that would answer is away", 503, "Try again; commands and other queries may work."),
    "behind": ("The read models have not seen that position yet", 503, "The wait for it ran out; try again."),
    "http-error": ("The request was refused", 400, "It is not valid HTTP for this server."),
    "fault": ("Something broke here; it was logged", 500, "A fault of the server; X-Request-Id finds it in the log."),
}
"""Problems that are no refusals of the write side: title, status, meaning."""
_BY_STATUS: Final = {404: "no-such-path", 405: "method-not-allowed", 408: "body-too-slow", 413: "body-too-large"}


_MEMBERS: Final = ("type", "title", "status", "detail")


def problem(status: int, kind: str, title: str, detail: str | None = None, /, **extra: Any) -> Response:
    """One problem document; `type` leads to a page of this API that explains it. What a refusal brings
    along never takes the place of a problem's own member: an order's status is its `current_status`."""
    body = {"type": f"/problems/{kind}", "title": title, "status": status}
    body |= {f"current_{name}" if name in _MEMBERS else name: value for name, value in extra.items()}
    if detail is not None and detail != title:
        body["detail"] = detail
    return Response(msgspec.json.encode(body), status, media_type=MEDIA_TYPE)


def own(kind: str, detail: str | None = None) -> Response:
    """One of the problems that are no refusals."""
    title, status, _ = _OWN[kind]
    answer = problem(status, kind, title, detail)
    if status == 503:
        answer.headers["Retry-After"] = "1"
    return answer


def field_errors(error: ValidationError | RequestValidationError) -> list[tuple[str, str]]:
    """(field path, message) of each value that does not fit, never the value itself."""
    found = []
    for item in error.errors():
        reason = item.get("ctx", {}).get("error")
        message = str(reason) if reason is not None else _message(item)
        found.append((".".join(str(part) for part in item["loc"]), message))
    return found


def _message(item: Any) -> str:
    # Pydantic counts a text's characters as items once a validator stands before the limit.
    if item["type"] == "too_long" and item["ctx"]["field_type"] == "Value":
        return f"should have at most {item['ctx']['max_length']} characters"
    return str(item["msg"])


async def on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    extra = dict(error.extra)
    if "field" in extra:  # said as the fields of an invalid body are
        extra["errors"] = [{"field": extra.pop("field"), "message": error.detail}]
    answer = problem(error.status, error.type, error.title, error.detail, **extra)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if error.status == 503:
        answer.headers["Retry-After"] = "1"
    return answer


async def on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, ValidationError | RequestValidationError)
    errors = [{"field": field, "message": message} for field, message in field_errors(error)]
    return problem(400, "invalid", "The request does not fit", errors=errors)


def throttled(request: Request, error: Exception) -> Response:
    """Of a request that is not let in: its client asked too often, or nobody can count."""
    if not isinstance(error, TooMany):
        return own("read-models-away", str(error))
    answer = own("throttled", str(error))
    answer.headers["Retry-After"] = str(error.verdict.wait)
    return answer


async def on_unavailable(request: Request, error: Exception) -> Response:
    return own("read-models-away", str(error))


async def on_behind(request: Request, error: Exception) -> Response:
    return own("behind", str(error))


async def on_store_away(request: Request, error: Exception) -> Response:
    return await on_refusal(request, EventStoreAway())


async def on_bad_question(request: Request, error: Exception) -> Response:
    detail = "the cursor is none that this list gave" if isinstance(error, UnknownCursor) else str(error)
    return problem(400, "invalid", "The request does not fit", detail)


async def on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = _BY_STATUS.get(error.status_code)
    answer = own(kind) if kind is not None else problem(error.status_code, "http-error", str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


async def on_gone(request: Request, error: Exception) -> Response:
    """No fault of ours, and nobody is there to read it."""
    return own("http-error", "the body was not sent whole")


async def on_fault(request: Request, error: Exception) -> Response:
    """A fault of ours: logged whole, told in one line."""
    log.error("request %s failed", request.scope.get("storefold.request"), exc_info=error)
    return own("fault")


def problem_router() -> APIRouter:
    """The pages that `type` of a problem leads to."""
    router = APIRouter(prefix="/problems", tags=["problems"])

    @router.get("/{kind}", responses={404: {"description": "There is no such problem"}})
    async def explain(kind: str) -> dict[str, Any]:
        """What a problem type means."""
        known = {refusal.type: refusal for refusal in _refusals(Refusal)}
        if kind in known:
            refusal = known[kind]
            return _page(kind, refusal.title, refusal.status, (refusal.__doc__ or "").strip())
        if kind in _OWN:
            return _page(kind, *_OWN[kind])
        raise HTTPException(404)

    return router


def _page(kind: str, title: str, status: int, description: str) -> dict[str, Any]:
    return {"type": f"/problems/{kind}", "title": title, "status": status, "description": description}


def _refusals(base: type[Refusal]) -> list[type[Refusal]]:
    """Derived first: a class that inherits its parent's type says nothing new about it."""
    return [found for child in base.__subclasses__() for found in _refusals(child)] + [base]


HANDLERS: dict[Any, Any] = {
    Refusal: on_refusal,
    ValidationError: on_invalid,
    RequestValidationError: on_invalid,
    PersistenceError: on_store_away,
    Behind: on_behind,
    Unavailable: on_unavailable,
    TooDeep: on_bad_question,
    UnknownCursor: on_bad_question,
    HTTPException: on_http,
    ClientDisconnect: on_gone,
    Exception: on_fault,
}


async def refuse(request: Request, error: Exception) -> Response:
    """The answer to an error outside of FastAPI's reach."""
    handler = next(HANDLERS[kind] for kind in type(error).__mro__ if kind in HANDLERS)
    answer: Response = await handler(request, error)
    return answer
