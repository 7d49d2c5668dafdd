"""The caller's orders."""

from typing import Any

import msgspec
from starlette.responses import Response

from api.answers import answer
from api.gateway import Gateway
from api.parts import Parts
from api.rows.errors import invalid
from api.rows.row import Call, Rows, Who, reply
from api.store_v1 import bodies
from api.store_v1.answers import orders as answers
from api.store_v1.errors import Refused
from api.store_v1.pages import PAGES
from api.store_v1.show import orders as show
from api.store_v1.statuses import STATUS
from read_side.documents.order import Order
from read_side.errors import NotBuilt
from write_side.account.decide import NoSuchAddress
from write_side.cart.decide import ProductNotSold
from write_side.identifiers import uuid_text
from write_side.messages import Actor
from write_side.order.commands import CancelOrder, PlaceOrder
from write_side.order.decide import NoSuchOrder

ORDERINGS = ("created_at", "-created_at")


def add_order_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    async def mine(call: Call[Any]) -> Order:
        """Somebody else's order is not found, by administrators neither: this row is the buyer's."""
        found = await parts.reads.orders.by_id(order_id(call))
        if found is None or found.person_id != call.person_id:
            raise NoSuchOrder
        return found

    @rows.row(
        "GET",
        "/orders/",
        who=Who.READER,
        answer=answers.OrderPage,
        errors=(400, 404),
        query=PAGES.query | {"ordering": {"type": "string", "enum": list(ORDERINGS)}},
    )
    async def orders(call: Call[None]) -> Response:
        """The caller's orders, newest first."""
        asked = PAGES.asked(call.request)
        ordering = call.request.query_params.get("ordering") or "-created_at"
        if ordering not in ORDERINGS:
            raise invalid(ordering=f"Must be one of {', '.join(ORDERINGS)}.")
        newest_first = ordering == "-created_at"
        found = await parts.reads.orders.of_buyer(call.person_id, *asked.stretch, newest_first=newest_first)
        return asked.answer(found, show.listed_order, answers.OrderPage)

    @rows.row(
        "POST",
        "/orders/",
        who=Who.SENDER,
        body=bodies.Checkout,
        answer=answers.NewOrder,
        status=201,
        errors=(400,),
    )
    async def check_out(call: Call[bodies.Checkout]) -> Response:
        """Turns the cart into an order: every line or none."""
        body = call.body
        command = PlaceOrder(
            shipping_address_id=body.shipping_address_id,
            billing_address_id=body.billing_address_id,
            pricing="store",
        )
        try:
            accepted = await gateway.send_and_see(call.request, command, call.actor)
        except NoSuchAddress as unknown:
            wrong = [field for field, value in body.model_dump().items() if value == unknown.extra["address_id"]]
            raise invalid(**dict.fromkeys(wrong, "No such address in your address book.")) from unknown
        except ProductNotSold:
            raise Refused(400, "A product in your cart is no longer sold", "product_unavailable") from None
        account = await parts.reads.accounts.by_id(call.person_id)
        book = account.addresses if account is not None else {}
        shipping, billing = book.get(body.shipping_address_id), book.get(body.billing_address_id)
        placed = accepted.result
        shown = answers.NewOrder(
            id=uuid_text("order", placed["order_id"]),
            order_number=placed["number"],
            status=STATUS["placed"],
            subtotal=placed["subtotal"],
            tax=placed["tax"],
            shipping_cost=placed["shipping"],
            discount=placed["discount"],
            total_amount=placed["total"],
            items=[_new_item(line) for line in placed["lines"]],
            shipping_address=show.order_address(shipping.address if shipping is not None else None),
            billing_address=show.order_address(billing.address if billing is not None else None),
            created_at=placed["placed_at"],
        )
        return reply(shown, 201)

    @rows.row("GET", "/orders/{id}/", who=Who.READER, answer=answers.Order, errors=(404,))
    async def order(call: Call[None]) -> Response:
        """One of the caller's orders."""
        return answer(call.request, show.order(await mine(call)))

    @rows.row("GET", "/orders/{id}/items/{item_id}/", who=Who.READER, answer=answers.OrderItem, errors=(404,))
    async def order_item(call: Call[None]) -> Response:
        """One line of one of the caller's orders."""
        wanted = bodies.path_reference(call.request.path_params["item_id"])
        line = next((line for line in (await mine(call)).lines if line.line_id == wanted), None)
        if line is None:
            raise Refused(404, "Order item not found", "not_found")
        return answer(call.request, show.order_item(line))

    @rows.row("POST", "/orders/{id}/cancel/", who=Who.SENDER, answer=answers.Cancelled, errors=(400, 404))
    async def cancel(call: Call[None]) -> Response:
        """Cancels an order that was not shipped."""
        command = CancelOrder(order_id=order_id(call))
        result = (await gateway.send_and_see(call.request, command, as_buyer(call.actor))).result
        found = await parts.reads.orders.by_id(command.order_id)
        if found is None:
            raise NotBuilt("the order is cancelled, and not in the read model yet")
        status = answers.OrderStatus(uuid_text("order", command.order_id), STATUS[result["status"]], found.created_at)
        return reply(answers.Cancelled("Order cancelled successfully", status))


def order_id(call: Call[Any]) -> int:
    return bodies.path_reference(call.request.path_params["id"])


def as_buyer(actor: Actor) -> Actor:
    """On the owner's rows an administrator is a buyer like any other."""
    return msgspec.structs.replace(actor, roles=frozenset())


def _new_item(line: dict[str, Any]) -> answers.NewOrderItem:
    return answers.NewOrderItem(
        id=uuid_text("order-line", line["line_id"]),
        product_name=line["name"],
        product_sku=line["sku"],
        price=line["unit_price"],
        quantity=line["quantity"],
        subtotal=line["total"],
    )
