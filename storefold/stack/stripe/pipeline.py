"""What happens to a request, in order.

In: a request for /v1. Out: Stripe's answer, or a closed connection where a test ordered
one; everything the request changed is on disk before that.

    authenticate ─▶ idempotency key ─▶ fault ─▶ endpoint ─▶ commit ─▶ answer

The body is read first. From the endpoint's first statement to the commit nothing awaits,
so requests do not interleave there and a kill leaves all of a request or none.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from storefold.stack.stripe import authentication
from storefold.stack.stripe.calls import Call, Calls
from storefold.stack.stripe.context import Cause, cause, ordered_decline
from storefold.stack.stripe.database import Database
from storefold.stack.stripe.errors import StripeError
from storefold.stack.stripe.faults import Fault, Faults
from storefold.stack.stripe.idempotency import Answer, IdempotencyKeys
from storefold.stack.stripe.upstream import resources

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The steps of every API request."""

    database: Database
    keys: IdempotencyKeys
    faults: Faults
    calls: Calls
    parse: Callable[..., Awaitable[Any]]  # localstripe's body decoding

    async def serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer one request."""
        key = request.headers.get("Idempotency-Key")
        if request.method != "POST":
            key = None  # Stripe: GET and DELETE are idempotent by definition
        request_id = "req_" + resources.random_id(14)
        call = Call(request.method, request.path, key, request_id)
        self.calls.arrived(call)
        cause.set(Cause(request_id, key))
        parameters: dict[str, Any] = {}
        fault: Fault | None = None
        try:
            parameters = await self._parameters(request)
            authentication.check(request, parameters)
            saved = None
            if key is not None:
                saved = self.keys.begin(key, request.path, parameters)
            call.replayed = saved is not None
            fault = self.faults.take(request.method, request.path, replayed=call.replayed)
            call.fault = fault.action if fault else None
            if saved is not None:
                await _befall(fault)
                answer = saved
            else:
                answer = await self._run(request, handler, call, fault, parameters)
        except resources.UserError as error:
            answer = _refusal(error, request_id)
        dropped = fault is not None and fault.action.startswith("drop_")
        call.status = None if dropped else answer.status
        self.calls.ended(call)
        self.database.commit()
        if dropped:
            return _hang_up(request)
        return _response(request, call, answer)

    async def _parameters(self, request: web.Request) -> dict[str, Any]:
        try:
            parameters = await self.parse(request, remove_auth=False) or {}
        except (TypeError, ValueError, KeyError):
            parameters = None
        if not isinstance(parameters, dict):
            message = "The request's parameters cannot be read."
            raise StripeError(400, message, executed=False)
        return parameters

    async def _run(
        self,
        request: web.Request,
        handler: Handler,
        call: Call,
        fault: Fault | None,
        parameters: Any,
    ) -> Answer:
        """Execute for the first time; the key learns the answer in the same commit."""
        answer, keep = _failure(500, call.request_id), False
        try:
            await _befall(fault)
            if fault is not None and fault.action == "fail":
                answer = _failure(fault.status, call.request_id)
                keep = fault.save and fault.status >= 500
            elif fault is None or fault.action != "drop_before":
                call.executed = True
                ordered_decline.set(fault.decline if fault and fault.action == "decline" else None)
                answer, keep = await _execute(request, handler, call.request_id)
                call.executed = keep
        finally:
            if call.idempotency_key is not None:
                self.keys.end(
                    call.idempotency_key,
                    request.path,
                    parameters,
                    answer if keep else None,
                )
        return answer


async def _execute(request: web.Request, handler: Handler, request_id: str) -> tuple[Answer, bool]:
    """The endpoint's answer, and whether the endpoint began (its answer is kept)."""
    try:
        response = await handler(request)
    except resources.UserError as error:
        return _refusal(error, request_id), _began(error)
    except web.HTTPException as error:
        message = f"Unrecognized request URL ({request.method}: {request.path})."
        refusal = StripeError(error.status, message)
        return _refusal(refusal, request_id), False
    except Exception:
        # A gap in localstripe must look like Stripe's own 500, not like a dead server.
        log.exception("%s %s", request.method, request.path)
        return _failure(500, request_id), True
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        raise TypeError(f"{request.path} answered without a body in memory")
    return Answer(response.status, response.body, request_id), True


def _began(error: Any) -> bool:
    # What localstripe itself refuses with 400 are parameters that fail validation.
    return bool(getattr(error, "executed", error.code != 400))


def _refusal(error: Any, request_id: str) -> Answer:
    if error.code == 402:
        error.body["error"]["type"] = "card_error"
    return Answer(error.code, _encoded(error.body), request_id)


def _failure(status: int, request_id: str) -> Answer:
    kind = "api_error" if status >= 500 else "invalid_request_error"
    message = "An error occurred with our connection to the stand-in."
    error = {"message": f"{message} ({request_id})", "type": kind}
    if status == 429:
        error |= {"type": "rate_limit_error", "code": "rate_limit"}
    body = {"error": error}
    return Answer(status, _encoded(body), request_id)


def _encoded(body: Any) -> bytes:
    return (json.dumps(body, indent=2, sort_keys=True) + "\n").encode()


async def _befall(fault: Fault | None) -> None:
    if fault is not None and fault.action == "hang":
        await asyncio.sleep(fault.seconds)


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _response(request: web.Request, call: Call, answer: Answer) -> web.Response:
    headers = {"Request-Id": call.request_id}
    for name in ("Idempotency-Key", "Stripe-Version"):
        if name in request.headers:
            headers[name] = request.headers[name]
    if call.replayed:
        headers["Idempotent-Replayed"] = "true"
        headers["Original-Request"] = answer.request_id
        if answer.status >= 500:
            headers["Stripe-Should-Retry"] = "false"  # it would be the same again
    return web.Response(
        status=answer.status,
        body=answer.body,
        content_type="application/json",
        headers=headers,
    )
