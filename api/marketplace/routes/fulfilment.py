"""What becomes of an order: one state machine behind several doors, and what sellers say of their parts."""

from starlette.responses import Response

from api.gateway import Gateway
from api.marketplace.answers import orders as answers
from api.marketplace.bodies import orders as bodies
from api.marketplace.ids import path_id
from api.marketplace.routes.seen import Seen
from api.marketplace.show import orders as show
from api.parts import Parts
from api.rows.row import Call, Rows, Who, reply
from write_side.order.commands import CancelOrder, MoveOrder, StoreCarrierCode, StoreTracking


def add_fulfilment_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    seen = Seen(parts, gateway)

    @rows.row(
        "PATCH",
        "/orders/{id}/update_status/",
        who=Who.READER,
        body=bodies.Status,
        answer=answers.UpdatedStatus,
        errors=(403, 404),
    )
    async def update_status(call: Call[bodies.Status]) -> Response:
        """Moves an order to its next status: by who sells a line of it, or its buyer where that is theirs."""
        command = MoveOrder(order_id=path_id(call), status=call.body.status, table="marketplace")
        told = await seen.after(call, command)
        return reply(answers.UpdatedStatus("Order status updated.", show.STATUS[told.result["status"]], told.order))

    @rows.row(
        "PATCH",
        "/orders/{id}/update_order_status/",
        who=Who.READER,
        body=bodies.Status,
        answer=answers.ChangedStatus,
        errors=(403, 404),
    )
    async def update_order_status(call: Call[bodies.Status]) -> Response:
        """As update_status, for who sells a line of it."""
        command = MoveOrder(order_id=path_id(call), status=call.body.status, table="marketplace", side="seller")
        result, order = await seen.after(call, command)
        before, now = show.STATUS[result["previous_status"]], show.STATUS[result["status"]]
        return reply(answers.ChangedStatus(order.id, before, now, order))

    @rows.row(
        "PATCH", "/orders/{id}/process_order/", who=Who.READER, answer=answers.ProcessedOrder, errors=(400, 403, 404)
    )
    async def process_order(call: Call[None]) -> Response:
        """Takes a pending order in work."""
        command = MoveOrder(order_id=path_id(call), status=show.STATUS["in-work"], table="marketplace", side="seller")
        told = await seen.after(call, command)
        return reply(answers.ProcessedOrder("Order is awaiting shipment.", told.order))

    @rows.row(
        "PATCH",
        "/orders/{id}/cancel_order/",
        who=Who.READER,
        body=bodies.Cancellation,
        answer=answers.Order,
        errors=(403, 404),
    )
    async def cancel_order(call: Call[bodies.Cancellation]) -> Response:
        """Cancels an order that was not shipped, and says why; the stock goes back."""
        command = CancelOrder(order_id=path_id(call), reason=call.body.cancellation_reason, side="seller")
        return reply((await seen.after(call, command)).order)

    @rows.row(
        "PATCH",
        "/orders/{id}/update_tracking/",
        who=Who.SENDER,
        body=bodies.Tracking,
        answer=answers.StoredTracking,
        errors=(403, 404),
    )
    async def update_tracking(call: Call[bodies.Tracking]) -> Response:
        """Says where the caller's part can be followed, in place of what was said before."""
        body = call.body
        command = StoreTracking(
            order_id=path_id(call), tracking_number=body.tracking_number, carrier=body.shipping_carrier
        )
        told = (await gateway.send_and_see(call.request, command, call.actor)).result
        return reply(show.stored_tracking(told))

    @rows.row(
        "PATCH",
        "/orders/{id}/update_carrier_code/",
        who=Who.SENDER,
        body=bodies.CarrierCode,
        answer=answers.StoredCarrierCode,
        errors=(403, 404),
    )
    async def update_carrier_code(call: Call[bodies.CarrierCode]) -> Response:
        """Gives a carrier's code for the caller's part of an order that was not shipped."""
        body = call.body
        command = StoreCarrierCode(
            order_id=path_id(call), carrier_code=body.carrier_code, carrier=body.shipping_carrier
        )
        told = (await gateway.send_and_see(call.request, command, call.actor)).result
        return reply(show.stored_carrier_code(told))
