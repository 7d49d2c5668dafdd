"""What becomes of an order: by staff, and by the carrier that has it."""

import logging
import time

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from api import signatures
from api.gateway import Gateway
from api.parts import Parts
from api.rows.row import Call, Rows, Who, reply
from api.store_v1 import bodies
from api.store_v1.answers import orders as answers
from api.store_v1.errors import Refused
from api.store_v1.routes.orders import order_id
from api.store_v1.show import orders as show
from api.store_v1.statuses import SURFACE
from read_side.errors import NotBuilt
from write_side.messages import Actor
from write_side.order.commands import MoveOrder, RecordCarrierNews
from write_side.order.decide import NoSuchOrder, WrongOrderStatus

log = logging.getLogger(__name__)

SIGNATURE = "Carrier-Signature"
_HEADER = {"type": "string", "examples": ["t=1767323045,v1=5257a869..."], "description": "HMAC-SHA256, see the docs"}


def add_fulfilment_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    async def move_order(call: Call[bodies.OrderMove]) -> Response:
        """Moves an order to its next status. Shipping needs a tracking number."""
        command = MoveOrder(
            order_id=order_id(call),
            status=call.body.status,
            table="store",
            tracking_number=call.body.tracking_number,
            note=call.body.note,
        )
        await gateway.send_and_see(call.request, command, call.actor)
        found = await parts.reads.orders.by_id(command.order_id)
        if found is None or call.request.scope.get("storefold.behind"):
            raise NotBuilt("the order is changed, and not in the read model yet")
        return reply(show.order(found))

    async def move_order_too(call: Call[bodies.OrderMove]) -> Response:
        """As PUT."""
        return await move_order(call)

    for method, run in (("PUT", move_order), ("PATCH", move_order_too)):
        rows.row(
            method,
            "/orders/{id}/",
            who=Who.STAFF,
            body=bodies.OrderMove,
            answer=answers.Order,
            errors=(400, 403, 404),
        )(run)

    @rows.row(
        "POST",
        "/shipping/webhook/",
        who=Who.ANYBODY,
        takes=bodies.CarrierNews,
        headers={SIGNATURE: _HEADER},
        answer=answers.WebhookAnswer,
        errors=(400,),
        limit="none",
    )
    async def carrier_webhook(call: Call[None]) -> Response:
        """Takes news from a carrier, signed with the shared secret. Each event takes effect once."""
        raw = await call.request.body()
        _verify(raw, call.request, parts.settings.carrier_webhook_secret)
        command = RecordCarrierNews.model_validate(_read(raw).model_dump())
        carrier = Actor(service="carrier", surface=SURFACE, request=call.request.scope.get("storefold.request"))
        try:
            await gateway.send_and_see(call.request, command, carrier)
        except (NoSuchOrder, WrongOrderStatus) as refusal:
            # An error would have it sent again, to be refused again: somebody has to look at it.
            log.warning("news from a carrier that moves nothing: order %s: %s", command.order_id, refusal)
            return reply(answers.WebhookAnswer("ignored"))
        return reply(answers.WebhookAnswer("success"))


def _verify(raw: bytes, request: Request, secret: str) -> None:
    try:
        signatures.verify(raw, request.headers.get(SIGNATURE, ""), secret, time.time())
    except signatures.BadSignature:
        raise Refused(400, "Invalid signature", "invalid_signature") from None


def _read(raw: bytes) -> bodies.CarrierNews:
    try:
        return bodies.CarrierNews.model_validate_json(raw)
    except ValidationError as error:
        log.warning("news from a carrier that cannot be read: %s", error.errors(include_input=False, include_url=False))
        raise Refused(400, "Invalid payload", "invalid_payload") from None
