"""The questions after carts, orders and payments."""

from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import answer
from api.auth import Callers, viewer_of
from api.parts import Parts
from api.queries import order_answers as shapes
from api.queries.declaring import Declare
from api.queries.parameters import Paging, PathId, person_of
from read_side.documents.order import Order
from read_side.queries.page import Page
from write_side.messages import Actor
from write_side.refusals import Forbidden, Invalid, NotFound


class Scope(StrEnum):
    """Whose orders: one's own purchases, what one sold, either of the two, or (administrators) all."""

    MINE = "mine"
    SALES = "sales"
    INVOLVED = "involved"
    ALL = "all"


class Status(StrEnum):
    PLACED = "placed"
    PAID = "paid"
    IN_WORK = "in-work"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class AskedOrders(Paging):
    scope: Scope = Scope.MINE
    status: Status | None = Field(default=None, description="only with scope `sales` or `all`")


def add_order_queries(query: Declare, parts: Parts, callers: Callers) -> None:
    """`query` declares a route and what it answers."""
    SignedIn = Annotated[Actor, Depends(callers.signed_in)]

    @query("/cart", shapes.CartAnswer)
    async def cart(request: Request, who: SignedIn) -> Response:
        """The caller's cart, at the prices of this moment."""
        return answer(request, shapes.cart(await parts.reads.carts.of(person_of(who))))

    @query("/order/{order_id}", shapes.OrderAnswer)
    async def order(request: Request, order_id: PathId, who: SignedIn) -> Response:
        """One order: for its buyer, the sellers of its lines (who see theirs alone, and no billing address;
        amounts are the whole order's) and administrators."""
        found = await parts.reads.orders.seen_by(viewer_of(who), order_id)
        if found is None:
            raise NotFound
        return answer(request, shapes.order(found))

    @query("/orders", shapes.OrderPage)
    async def orders(request: Request, asked: Annotated[AskedOrders, Query()], who: SignedIn) -> Response:
        """Orders, newest first."""
        found = await _orders(parts, asked, who)
        return answer(
            request, shapes.OrderPage([shapes.order(o) for o in found.items], found.total, asked.page, asked.size)
        )

    @query("/payment/{order_id}", shapes.PaymentAnswer)
    async def payment(request: Request, order_id: PathId, who: SignedIn) -> Response:
        """An order's payment: for its buyer and administrators."""
        found = await parts.reads.orders.payment(order_id)
        if found is None or not (who.is_admin or found.person_id == who.person_id):
            raise NotFound
        return answer(request, shapes.payment(found))


async def _orders(parts: Parts, asked: AskedOrders, who: Actor) -> Page[Order]:
    orders = parts.reads.orders
    if asked.status is not None and asked.scope not in (Scope.SALES, Scope.ALL):
        raise Invalid("only with scope=sales or scope=all", field="status")
    if asked.scope is Scope.MINE:
        return await orders.of_buyer(person_of(who), asked.page, asked.size)
    if asked.scope is Scope.INVOLVED:
        return await orders.of_party(viewer_of(who), asked.page, asked.size)
    if asked.scope is Scope.SALES:
        if not who.is_seller:
            raise Forbidden("only sellers have sales")
        statuses = () if asked.status is None else (asked.status,)
        return await orders.of_seller(person_of(who), asked.page, asked.size, statuses)
    if not who.is_admin:
        raise Forbidden("only administrators may see all orders")
    if asked.status is not None:
        return await orders.by_status(asked.status, asked.page, asked.size)
    return await orders.all(asked.page, asked.size)
