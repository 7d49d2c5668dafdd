"""What sellers do with their products, and administrators with all."""

from typing import Any

from starlette.responses import Response

from api.gateway import Gateway
from api.marketplace.answers.products import Product
from api.marketplace.bodies.products import NewProduct, ProductChange, ProductFields
from api.marketplace.routes.finding import visible_product
from api.marketplace.routes.pictured import pictures_of
from api.marketplace.show.products import names, whole_product
from api.parts import Parts
from api.rows.body import ANY
from api.rows.row import Call, Rows, Who, reply
from read_side.errors import NotBuilt
from write_side.batch import Accepted
from write_side.catalog.product.commands import CreateProduct, UpdateProduct
from write_side.catalog.product.decide import NoSuchProduct

LARGEST = 32 * 1024 * 1024
"""Bytes of a form with its files."""
CORE = {
    "name": "name",
    "price": "price",
    "description": "description",
    "category": "category_reference",
    "stock_quantity": "available",
    "sku": "sku",
    "brand": "brand",
    "tags": "tags",
    "is_active": "active",
    "is_featured": "featured",
}
"""The contract's fields in the core's words."""


def add_product_write_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    async def page(call: Call[Any], done: Accepted, status: int = 200) -> Response:
        """The product as it is after the write. The answer is the product, so it waits for the read model whatever the
        client prefers. Raises Behind when that takes too long."""
        product_id: int = done.result["product_id"]
        await parts.reads.positions.wait(done.position, parts.settings.min_position_wait)
        found = await parts.reads.products.by_id(product_id)
        if found is None:
            raise NotBuilt("the product is written, and its document is not kept up")
        marked = await parts.reads.wishlists.holds(call.person_id, product_id)
        return reply(whole_product(found, await names(parts, call.request), favorited=marked), status)

    async def change(call: Call[Any], pictures: str) -> Response:
        """`pictures`: the core's word for what becomes of those that are sent."""
        product_id = (await visible_product(parts, call.request, call.actor)).product_id
        async with pictures_of(parts, call, call.body) as images:
            wanted = _sent(call.body) | {"product_id": product_id} | ({pictures: images} if images else {})
            done = await gateway.send(call.request, UpdateProduct.model_validate(wanted), call.actor)
        await parts.uploads.forget(done.result.get("keys", []))
        return await page(call, done)

    @rows.row(
        "POST",
        "/products/",
        who=Who.SELLER,
        body=NewProduct,
        answer=Product,
        status=201,
        errors=(400, 403),
        media=ANY,
        largest=LARGEST,
    )
    async def create_product(call: Call[NewProduct]) -> Response:
        """Makes a product of the caller's, with its pictures; its slug is made of its name."""
        wanted = _sent(call.body)
        wanted["stock"] = wanted.pop("available", 0)
        async with pictures_of(parts, call, call.body) as images:
            command = CreateProduct.model_validate(wanted | {"policy": "marketplace", "images": images})
            done = await gateway.send(call.request, command, call.actor)
        return await page(call, done, 201)

    @rows.row(
        "PUT",
        "/products/{slug}/",
        who=Who.SELLER,
        body=NewProduct,
        answer=Product,
        errors=(400, 403, 404),
        media=ANY,
        largest=LARGEST,
    )
    async def replace_product(call: Call[NewProduct]) -> Response:
        """Writes a product anew; its slug stays, and so do the fields that may be left out and are. Pictures that are
        sent take the place of all others."""
        return await change(call, "images")

    @rows.row(
        "PATCH",
        "/products/{slug}/",
        who=Who.SELLER,
        body=ProductChange,
        answer=Product,
        errors=(400, 403, 404),
        media=ANY,
        largest=LARGEST,
    )
    async def change_product(call: Call[ProductChange]) -> Response:
        """Changes what is sent of a product, all of it or nothing; its slug stays. Pictures come beside the others."""
        return await change(call, "more_images")

    @rows.row("DELETE", "/products/{slug}/", who=Who.SELLER, answer=None, status=204, errors=(403, 404))
    async def delete_product(call: Call[None]) -> Response:
        """Hides a product from everybody but its seller; orders keep their lines."""
        found = await visible_product(parts, call.request, call.actor)
        hide = UpdateProduct(product_id=found.product_id, active=False)
        if not (await gateway.send_and_see(call.request, hide, call.actor)).events:
            raise NoSuchProduct  # it was hidden already
        return Response(status_code=204)


def _sent(body: ProductFields) -> dict[str, Any]:
    """What was sent, in the core's words. A blank SKU was not given; a blank brand is none."""
    sent = {CORE[name]: value for name, value in body.model_dump(exclude_unset=True).items() if name in CORE}
    if not sent.get("sku", True):
        del sent["sku"]
    if isinstance(sent.get("category_reference"), int):
        sent["category_id"] = sent.pop("category_reference")
    if "brand" in sent:
        sent["brand"] = sent["brand"] or None
    return sent
