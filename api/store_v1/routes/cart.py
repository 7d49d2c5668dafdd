"""The caller's cart."""

from typing import Any

from starlette.responses import Response

from api.answers import answer
from api.gateway import Gateway
from api.parts import Parts
from api.rows.row import Call, Rows, Who, reply
from api.store_v1 import bodies
from api.store_v1.answers import cart as answers
from api.store_v1.answers.values import Message
from api.store_v1.show import cart as show
from read_side.errors import NotBuilt
from write_side.cart.commands import AddToCart, ChangeCartItem, ClearCart, RemoveFromCart
from write_side.identifiers import uuid_text


def add_cart_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    @rows.row("GET", "/cart/", who=Who.READER, answer=answers.Cart)
    async def cart(call: Call[None]) -> Response:
        """The caller's cart, at today's prices."""
        found = await parts.reads.carts.of(call.person_id)
        made = found.created_at
        if not made:
            account = await parts.reads.accounts.by_id(call.person_id)
            if account is None:
                raise NotBuilt("the account is not in the read model yet")
            made = account.created_at
        return answer(call.request, show.cart(found, made))

    @rows.row(
        "POST",
        "/cart/items/",
        who=Who.SENDER,
        body=bodies.NewCartItem,
        answer=answers.ChangedItem,
        status=201,
        errors=(400, 404, 409),
        also={200: answers.MoreOfItem},
    )
    async def add_item(call: Call[bodies.NewCartItem]) -> Response:
        """Puts a product into the cart, or more of it when it is there already."""
        body = call.body
        command = AddToCart(product_id=body.product_id, variant_id=body.variant_id, quantity=body.quantity)
        line = (await gateway.send_and_see(call.request, command, call.actor)).result
        if line["created"]:
            return reply(_item(line), 201)
        return reply(answers.MoreOfItem("Item quantity updated", line["quantity"], line["total"]))

    @rows.row(
        "PUT",
        "/cart/items/{id}/",
        who=Who.SENDER,
        body=bodies.CartItemChange,
        answer=answers.ChangedItem,
        errors=(400, 404),
    )
    async def change_item(call: Call[bodies.CartItemChange]) -> Response:
        """Sets a line's quantity."""
        command = ChangeCartItem(line_id=_line_id(call), quantity=call.body.quantity)
        return reply(_item((await gateway.send_and_see(call.request, command, call.actor)).result))

    @rows.row("DELETE", "/cart/items/{id}/", who=Who.SENDER, answer=None, status=204, errors=(404,))
    async def remove_item(call: Call[None]) -> Response:
        """Takes a line out of the cart."""
        await gateway.send_and_see(call.request, RemoveFromCart(line_id=_line_id(call)), call.actor)
        return Response(status_code=204)

    @rows.row("POST", "/cart/clear/", who=Who.SENDER, answer=Message)
    async def clear(call: Call[None]) -> Response:
        """Empties the cart; an empty one stays empty."""
        await gateway.send_and_see(call.request, ClearCart(), call.actor)
        return reply(Message("Cart cleared successfully"))


def _line_id(call: Call[Any]) -> int:
    return bodies.path_reference(call.request.path_params["id"])


def _item(line: dict[str, Any]) -> answers.ChangedItem:
    """A line as the cart's commands describe it."""
    variant = None
    if line["variant_id"] is not None:
        variant = answers.ItemVariant(uuid_text("variant", line["variant_id"]), line["variant_name"])
    return answers.ChangedItem(
        id=uuid_text("line", line["line_id"]),
        product=answers.ItemProduct(uuid_text("product", line["product_id"]), line["product_name"]),
        variant=variant,
        quantity=line["quantity"],
        price=line["unit_price"],
        total_price=line["total"],
    )
