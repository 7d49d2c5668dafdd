"""The caller's cart."""

from typing import Any

from starlette.responses import Response

from api.answers import answer
from api.gateway import Gateway
from api.marketplace.answers import cart as answers
from api.marketplace.bodies import cart as bodies
from api.marketplace.show import cart as show
from api.marketplace.show.products import names
from api.parts import Parts
from api.rows.row import Call, Rows, Who, reply
from read_side.errors import NotBuilt
from write_side.cart.commands import AddToCart, ChangeCartItem, ClearCart, RemoveFromCart
from write_side.cart.decide import NoSuchCartItem


def add_cart_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    async def item(call: Call[Any], line: dict[str, Any]) -> answers.Item:
        product = await parts.reads.products.by_id(line["product_id"])
        return show.told_item(line, product, await names(parts, call.request))

    @rows.row("GET", "/cart/", who=Who.READER, answer=answers.Cart)
    async def cart(call: Call[None]) -> Response:
        """The caller's cart, at the prices of this moment."""
        found = await parts.reads.carts.of(call.person_id)
        updated_at = found.updated_at
        if not updated_at:
            account = await parts.reads.accounts.by_id(call.person_id)
            if account is None:
                raise NotBuilt("the account is not in the read model yet")
            updated_at = account.created_at
        return answer(call.request, show.cart(found, updated_at, await names(parts, call.request)))

    @rows.row(
        "POST",
        "/cart/add_item/",
        who=Who.SENDER,
        body=bodies.NewItem,
        answer=answers.AddedItem,
        status=201,
        also={200: answers.AddedItem},
        errors=(404,),
    )
    async def add_item(call: Call[bodies.NewItem]) -> Response:
        """Puts a product into the cart (201), or more of it when it is there already (200)."""
        command = AddToCart(product_id=call.body.product_id, quantity=call.body.quantity)
        line = (await gateway.send_and_see(call.request, command, call.actor)).result
        return reply(answers.AddedItem(await item(call, line), line["created"]), 201 if line["created"] else 200)

    @rows.row(
        "PATCH",
        "/cart/update_item/",
        who=Who.SENDER,
        body=bodies.ItemQuantity,
        answer=(answers.ChangedItem, answers.Message),
        errors=(404,),
    )
    async def update_item(call: Call[bodies.ItemQuantity]) -> Response:
        """Sets a line's quantity; 0 or less takes it out."""
        body = call.body
        if body.quantity <= 0:
            return await remove(call, body.item_id)
        command = ChangeCartItem(line_id=body.item_id, quantity=body.quantity)
        line = (await gateway.send_and_see(call.request, command, call.actor)).result
        return reply(answers.ChangedItem(await item(call, line)))

    @rows.row("DELETE", "/cart/remove_item/", who=Who.SENDER, body=bodies.Item, answer=answers.Message, errors=(404,))
    async def remove_item(call: Call[bodies.Item]) -> Response:
        """Takes a line out of the cart."""
        return await remove(call, call.body.item_id)

    async def remove(call: Call[Any], line_id: int) -> Response:
        await gateway.send_and_see(call.request, RemoveFromCart(line_id=line_id), call.actor)
        return reply(answers.Message("Item removed from cart."))

    @rows.row("DELETE", "/cart/clear/", who=Who.SENDER, answer=answers.Message)
    async def clear(call: Call[None]) -> Response:
        """Empties the cart; an empty one stays empty."""
        await gateway.send_and_see(call.request, ClearCart(), call.actor)
        return reply(answers.Message("Cart cleared."))

    @rows.row(
        "PATCH",
        "/cart/update_item_status/",
        who=Who.READER,
        body=bodies.ItemStatus,
        answer=answers.ItemStatus,
        errors=(404,),
    )
    async def update_item_status(call: Call[bodies.ItemStatus]) -> Response:
        """Says a line's status back; nothing is stored."""
        found = await parts.reads.carts.of(call.person_id)
        if not any(line.line.line_id == call.body.item_id for line in found.lines):
            raise NoSuchCartItem
        return reply(answers.ItemStatus(call.body.item_id, call.body.status))

    @rows.row("POST", "/cart/validate_stock/", who=Who.READER, answer=answers.StockCheck)
    async def validate_stock(call: Call[None]) -> Response:
        """Whether all that is in the cart could be bought now; changes nothing."""
        return reply(show.stock_check(await parts.reads.carts.of(call.person_id)))
