"""Payments: a worker makes the intent at Stripe, the buyer pays it there, and whoever brings the news
first (the buyer, the webhook, a worker that asked) has it recorded once."""

import asyncio
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import stripe
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from api.gateway import Gateway
from api.parts import Parts
from api.rows.row import Call, Rows, Who, reply
from api.store_v1 import bodies
from api.store_v1.answers import orders as answers
from api.store_v1.errors import Refused
from api.store_v1.routes.orders import as_buyer
from api.store_v1.statuses import SURFACE
from read_side.documents.order import Payment
from read_side.errors import Behind
from write_side.identifiers import uuid_text
from write_side.messages import Actor, Command
from write_side.order.decide import NoSuchOrder
from write_side.payment.commands import RequestPayment
from write_side.payment.decide import NotPayable, WrongIntent
from write_side.processes.stripe_news import command_for, outcome_of
from write_side.refusals import NotFound, Unavailable

log = logging.getLogger(__name__)

TOLERANCE = 300  # seconds that a webhook's signature is good for


def add_payment_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    # Of their own: while Stripe hangs, people can still sign in.
    threads = ThreadPoolExecutor(8, thread_name_prefix="stripe")

    async def settled(order_id: int, position: int) -> Payment:
        """The payment once a worker has brought Stripe's answer to the request at `position`. Raises
        Unavailable when that takes too long: the request stands, and asking again leads to it."""
        deadline = asyncio.get_running_loop().time() + parts.settings.stripe_wait
        while True:
            seen = parts.reads.positions.documents.position
            payment = await parts.reads.orders.payment(order_id)
            if payment is not None and payment.position >= position and not payment.pending:
                return payment
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                raise Unavailable("Stripe's answer is not there yet")
            # Past the deadline the next round says so: where others write, positions never stand still.
            with suppress(Behind):
                await parts.reads.positions.wait(seen + 1, left)

    async def at_stripe(intent_id: str) -> dict[str, Any]:
        found = await asyncio.get_running_loop().run_in_executor(threads, parts.find_intent, intent_id)
        if found is None:
            raise WrongIntent
        return found

    @rows.row(
        "POST",
        "/payments/create-intent/",
        who=Who.SENDER,
        body=bodies.IntentRequest,
        answer=answers.Intent,
        errors=(400, 404),
    )
    async def create_intent(call: Call[bodies.IntentRequest]) -> Response:
        """Gives what the buyer needs to pay an order at Stripe; the same each time."""
        order_id = call.body.order_id
        accepted = await gateway.send_and_see(call.request, RequestPayment(order_id=order_id), as_buyer(call.actor))
        intent_id = accepted.result["intent_id"]
        if intent_id is None:
            payment = await settled(order_id, _requested_at(accepted.events, accepted.position))
            if payment.intent_id is None:
                raise Refused(400, payment.failure or "The payment was refused", "payment_refused")
            intent_id = payment.intent_id
        intent = await at_stripe(intent_id)
        return reply(answers.Intent(intent["client_secret"], intent_id))

    @rows.row(
        "POST",
        "/payments/confirm/",
        who=Who.READER,
        body=bodies.Confirmation,
        answer=answers.Confirmed,
        errors=(400, 404),
        also={400: answers.NotCompleted},
    )
    async def confirm(call: Call[bodies.Confirmation]) -> Response:
        """Asks Stripe whether the order was paid, and records it."""
        order = await parts.reads.orders.by_id(call.body.order_id)
        if order is None or order.person_id != call.person_id:
            raise NoSuchOrder
        payment = await parts.reads.orders.payment(order.order_id)
        if payment is None or payment.intent_id != call.body.payment_intent_id:
            raise WrongIntent
        if not payment.captured:  # else Stripe has said so already, to the webhook
            intent = await at_stripe(call.body.payment_intent_id)
            command = outcome_of(intent)
            if command is None:
                return reply(answers.NotCompleted("Payment not completed", intent["status"]), 400)
            await gateway.send_and_see(call.request, command, _stripe(call.request))
        if order.status == "cancelled":
            raise NotPayable(status=order.status)  # the money is recorded, and goes back
        return reply(answers.Confirmed("Payment confirmed successfully", uuid_text("order", order.order_id)))

    @rows.row(
        "POST",
        "/payments/webhook/",
        who=Who.ANYBODY,
        answer=answers.WebhookAnswer,
        errors=(400,),
        limit="none",  # Stripe's news comes in bursts, and is signed
    )
    async def webhook(call: Call[None]) -> Response:
        """Takes news from Stripe. Each event takes effect once."""
        command = _read_news(await call.request.body(), _signature(call.request), parts.settings.stripe_webhook_secret)
        if command is not None:
            try:
                await gateway.send_and_see(call.request, command, _stripe(call.request))
            except NotFound as unknown:
                log.info("news of a payment that is none of ours: %s", unknown)
        return reply(answers.WebhookAnswer("success"))


def _requested_at(events: list[tuple[str, int, str]], position: int) -> int:
    """Where the request stands in the log: an answer from before it was another attempt's. A repeat
    records nothing; the request that it waits for is older than what it saw."""
    return position if events else 0


def _signature(request: Request) -> str:
    """Under Stripe's own name, or the one that the contract also knows."""
    return request.headers.get("stripe-signature") or request.headers.get("x-stripe-signature", "")


def _read_news(raw: bytes, signature: str, secret: str) -> Command | None:
    """Raises Refused for what Stripe did not sign, lately, in its own shape."""
    try:
        text = raw.decode()
        stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE)
        return command_for(json.loads(text))
    except stripe.SignatureVerificationError:
        raise Refused(400, "Invalid signature", "invalid_signature") from None
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        log.warning("an event that cannot be read: %s", type(error).__name__)
        raise Refused(400, "Invalid payload", "invalid_payload") from None


def _stripe(request: Request) -> Actor:
    return Actor(service="stripe", surface=SURFACE, request=request.scope.get("storefold.request"))
