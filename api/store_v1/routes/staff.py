"""What administrators do: products, and what of them is low on stock."""

from typing import Any

from starlette.responses import Response

from api.gateway import Gateway
from api.parts import Parts
from api.rows.errors import invalid
from api.rows.row import Call, Rows, Who, reply
from api.store_v1 import bodies
from api.store_v1.answers import catalogue as answers
from api.store_v1.pages import PAGES
from api.store_v1.routes.catalogue import origin, sold_product
from api.store_v1.show import catalogue as show
from read_side.errors import NotBuilt
from write_side.catalog.product.commands import CreateProduct, DeleteProduct, UpdateProduct
from write_side.policies import LOW_STOCK_THRESHOLD


def add_staff_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    async def fields(body: bodies.ProductFields) -> dict[str, Any]:
        """What was sent, in the core's words. Raises Refused for a category that there is not."""
        sent = body.model_dump(exclude_unset=True)
        slug = sent.pop("category", None)
        if slug is not None:
            tree = await parts.reads.catalogue.tree()
            if slug not in tree.by_slug:
                raise invalid(category="No such category.")
            sent["category_id"] = tree.by_slug[slug].category_id
        if "is_featured" in sent:
            sent["featured"] = sent.pop("is_featured")
        return sent

    async def page(call: Call[Any], product_id: int, status: int) -> Response:
        """The product as it is after the write that was just answered."""
        found = await parts.reads.products.by_id(product_id)
        if found is None or call.request.scope.get("storefold.behind"):
            raise NotBuilt("the product is written, and not in the read model yet")
        shown = await show.product_page(parts.reads, found, origin(call.request), staff=True)
        return reply(shown, status)

    @rows.row(
        "POST",
        "/products/",
        who=Who.STAFF,
        body=bodies.NewProduct,
        answer=answers.Product,
        status=201,
        errors=(400, 403, 409),
    )
    async def create_product(call: Call[bodies.NewProduct]) -> Response:
        """Makes a product."""
        wanted = await fields(call.body)
        wanted["stock"] = wanted.pop("quantity", 0)
        command = CreateProduct.model_validate(wanted | {"low_stock_threshold": LOW_STOCK_THRESHOLD["store"]})
        result = (await gateway.send_and_see(call.request, command, call.actor)).result
        return await page(call, result["product_id"], 201)

    @rows.row(
        "PUT",
        "/products/{slug}/",
        who=Who.STAFF,
        body=bodies.ProductChange,
        answer=answers.Product,
        errors=(400, 403, 404, 409),
    )
    async def change_product(call: Call[bodies.ProductChange]) -> Response:
        """Changes what is sent of a product; its slug stays."""
        product_id = (await sold_product(parts, call.request)).product_id
        wanted = await fields(call.body)
        if "quantity" in wanted:
            wanted["available"] = wanted.pop("quantity")
        command = UpdateProduct.model_validate(wanted | {"product_id": product_id})
        await gateway.send_and_see(call.request, command, call.actor)
        return await page(call, product_id, 200)

    @rows.row("DELETE", "/products/{slug}/", who=Who.STAFF, answer=None, status=204, errors=(403, 404))
    async def delete_product(call: Call[None]) -> Response:
        """Removes a product for good; orders keep their lines."""
        command = DeleteProduct(product_id=(await sold_product(parts, call.request)).product_id)
        await gateway.send_and_see(call.request, command, call.actor)
        return Response(status_code=204)

    @rows.row(
        "GET",
        "/stock/low/",
        who=Who.STAFF,
        answer=answers.LowStockPage,
        errors=(400, 403, 404),
        query=PAGES.query,
    )
    async def low_stock(call: Call[None]) -> Response:
        """Products on sale whose number is at or below their threshold, the fewest first."""
        asked = PAGES.asked(call.request)
        found = await parts.reads.products.low_on_stock(*asked.stretch)
        return asked.answer(found, show.low_stock, answers.LowStockPage)
