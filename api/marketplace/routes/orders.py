"""Orders, for whoever bought them or sells a line of them."""

from typing import Any

from starlette.responses import Response

from api.answers import answer
from api.auth import viewer_of
from api.gateway import Gateway
from api.marketplace.answers import orders as answers
from api.marketplace.bodies import orders as bodies
from api.marketplace.ids import path_id
from api.marketplace.pages import LISTS
from api.marketplace.routes.seen import Seen
from api.marketplace.show import orders as show
from api.parts import Parts
from api.rows.pages import Page
from api.rows.row import Call, Rows, Who, reply
from write_side.order.commands import HideOrder, OrderItem, PlaceOrder

ORDERS = (list[answers.Order], Page[answers.Order])


def add_order_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    seen = Seen(parts, gateway)

    @rows.row("GET", "/orders/", who=Who.READER, answer=ORDERS, query=LISTS.query, errors=(404,))
    async def orders(call: Call[None]) -> Response:
        """What the caller bought, or sells a line of; newest first."""
        asked = LISTS.asked(call.request)
        found = await parts.reads.orders.of_party(viewer_of(call.actor, whole=True), *asked.stretch)
        return asked.answer(found, await show.shower(parts.reads, found.items))

    @rows.row("GET", "/orders/my_orders/", who=Who.READER, answer=ORDERS, query=LISTS.query, errors=(404,))
    async def my_orders(call: Call[None]) -> Response:
        """What the caller bought, newest first."""
        asked = LISTS.asked(call.request)
        found = await parts.reads.orders.of_buyer(call.person_id, *asked.stretch)
        return asked.answer(found, await show.shower(parts.reads, found.items))

    @rows.row(
        "GET",
        "/orders/seller_orders/",
        who=Who.SELLER,
        answer=ORDERS,
        query={"status": {"type": "string", "enum": sorted(set(show.STATUS.values()))}, **LISTS.query},
        errors=(404,),
    )
    async def seller_orders(call: Call[None]) -> Response:
        """Orders with lines of the caller's, and those lines alone; newest first."""
        asked, wanted = LISTS.asked(call.request), call.request.query_params.get("status")
        facts = [fact for fact, word in show.STATUS.items() if word == wanted]
        if wanted and not facts:
            return asked.answer_items(0, [], str)
        found = await parts.reads.orders.of_seller(call.person_id, *asked.stretch, statuses=facts)
        return asked.answer(found, await show.shower(parts.reads, found.items))

    @rows.row("POST", "/orders/", who=Who.READER, body=bodies.NewOrder, answer=answers.Order, status=201, errors=(404,))
    async def place_order(call: Call[bodies.NewOrder]) -> Response:
        """Orders the items, or what is in the cart: every line or none, at the prices of this moment."""
        body = call.body
        items = None
        if body.items is not None:
            items = [OrderItem(product_id=item.product_id, quantity=item.quantity) for item in body.items]
        address = body.shipping_address.inline() if body.shipping_address is not None else None
        command = PlaceOrder(items=items, shipping_address=address, notes=body.notes or "", pricing="none")
        return reply((await seen.after(call, command)).order, 201)

    @rows.row("GET", "/orders/{id}/", who=Who.READER, answer=answers.Order, errors=(404,))
    async def order(call: Call[None]) -> Response:
        """One order, for its buyer, the sellers of its lines and administrators."""
        return answer(call.request, await seen.shown(call, path_id(call)))

    @rows.row(
        "PATCH", "/orders/{id}/", who=Who.READER, body=bodies.OrderChange, answer=answers.Order, errors=(403, 404)
    )
    async def change_order(call: Call[bodies.OrderChange]) -> Response:
        """Changes where it goes and its notes, while it is pending."""
        return reply((await seen.after(call, call.body.command(path_id(call)))).order)

    @rows.row("DELETE", "/orders/{id}/", who=Who.STAFF, answer=None, status=204, errors=(404,))
    async def delete_order(call: Call[Any]) -> Response:
        """Takes an order out of everybody's sight; its history and the stock stay."""
        await gateway.send_and_see(call.request, HideOrder(order_id=path_id(call)), call.actor)
        return Response(status_code=204)

    @rows.row("GET", "/orders/{id}/tracking_info/", who=Who.READER, answer=answers.TrackingInfo, errors=(404,))
    async def tracking_info(call: Call[None]) -> Response:
        """What each seller said of their part."""
        found = await seen.found(call, path_id(call))
        return answer(call.request, answers.TrackingInfo(found.order_id, [show.shipping(t) for t in found.trackings]))
