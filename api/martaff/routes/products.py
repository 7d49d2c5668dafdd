"""Products: made, changed in part and as a whole, deleted."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.gateway import Gateway
from api.martaff.answers.products import Product
from api.martaff.bodies.products import NewProduct, ProductChange, path_of, variants_of
from api.martaff.show import products as show
from api.parts import Parts
from api.rows.body import ANY
from api.rows.errors import invalid
from api.rows.row import Call, Rows, Who, reply
from api.uploads.content import UnfitPicture
from read_side.errors import NotBuilt
from write_side.catalog.product.commands import CreateProduct, DeleteProduct, UpdateProduct
from write_side.fields import decimal_text
from write_side.identifiers import parse_id
from write_side.media import PRODUCTS
from write_side.messages import Command
from write_side.policies import LOW_STOCK_THRESHOLD
from write_side.refusals import NotFound

POLICY = {"policy": "martaff"}
LARGEST = 32 * 1024 * 1024  # bytes of a body with pictures


def add_product_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    async def send(call: Call[Any], kind: type[Command], fields: dict[str, Any]) -> dict[str, Any]:
        """The command with the pictures that were sent along; without any `fields` says what becomes of the old."""
        kind.model_validate(fields)  # before anything is stored
        sent = call.body.images
        try:
            pictures = [await parts.uploads.check(file.content) for file in sent or ()]
        except UnfitPicture as unfit:
            raise invalid(images=str(unfit)) from None
        async with parts.uploads.kept(call.request, call.actor, PRODUCTS, pictures) as kept:
            images = {} if sent is None else {"images": [{"key": one.key} for one in kept]}
            done = await gateway.send_and_see(call.request, kind.model_validate(fields | images), call.actor)
        await parts.uploads.forget(done.result.get("keys", ()))
        return done.result

    async def written(call: Call[Any], product_id: int, status: int = 200) -> Response:
        """The product as it is after the write that was just answered."""
        found = await parts.reads.products.by_id(product_id)
        if found is None or call.request.scope.get("storefold.behind"):
            raise NotBuilt("the product is written, and not in the read model yet")
        return reply(show.product(found, await parts.reads.catalogue.tree()), status)

    @rows.row(
        "POST",
        "/products/add-product/",
        who=Who.SELLER,
        body=NewProduct,
        media=ANY,
        largest=LARGEST,
        answer=Product,
        status=201,
    )
    async def add_product(call: Call[NewProduct]) -> Response:
        """Makes a product of the caller's, and of its category what is missing."""
        fields = {
            **_whole(call.body),
            "variants": variants_of(call.body),
            "low_stock_threshold": LOW_STOCK_THRESHOLD["martaff"],
        }
        result = await send(call, CreateProduct, fields)
        return await written(call, result["product_id"], 201)

    @rows.row(
        "PATCH",
        "/products/update-product/{id}/",
        who=Who.SELLER,
        body=ProductChange,
        media=ANY,
        largest=LARGEST,
        answer=Product,
        errors=(404,),
    )
    async def update_product(call: Call[ProductChange]) -> Response:
        """Changes what is sent of a product; the rest stays."""
        product_id = id_in(call.request, "id")
        await send(call, UpdateProduct, {"product_id": product_id, **POLICY, **_part(call.body)})
        return await written(call, product_id)

    @rows.row(
        "PUT",
        "/products/put-product/{id}/",
        who=Who.SELLER,
        body=NewProduct,
        media=ANY,
        largest=LARGEST,
        answer=Product,
        errors=(404,),
    )
    async def put_product(call: Call[NewProduct]) -> Response:
        """Replaces a product; what is left out is as in a new one, pictures too."""
        product_id = id_in(call.request, "id")
        fields = {
            **_whole(call.body),
            "product_id": product_id,
            "variants": variants_of(call.body),
            "variants_mode": "replace",
            "images": [],
        }
        await send(call, UpdateProduct, fields)
        return await written(call, product_id)

    @rows.row("DELETE", "/products/delete-product/{id}/", who=Who.SELLER, answer=None, status=204, errors=(404,))
    async def delete_product(call: Call[None]) -> Response:
        """Removes a product for good; orders keep their lines."""
        await gateway.send_and_see(call.request, DeleteProduct(product_id=id_in(call.request, "id")), call.actor)
        return Response(status_code=204)


def id_in(request: Request, name: str) -> int:
    """Of the path. Raises NotFound for what is no id: it names nothing."""
    try:
        return parse_id(request.path_params[name])
    except ValueError:
        raise NotFound from None


def _whole(body: NewProduct) -> dict[str, Any]:
    """What a command makes of all that may be sent."""
    return {
        **POLICY,
        "name": body.name,
        "description": body.description,
        "offer": {
            "price": decimal_text(body.price),
            "discount_percent": body.discount_percent,
            "discount_price": None if body.discount_price is None else decimal_text(body.discount_price),
        },
        "category": path_of(body.category),
        "stock": body.stock,
        "active": body.is_active,
    }


def _part(body: ProductChange) -> dict[str, Any]:
    """What a command makes of what was sent."""
    sent = body.model_fields_set
    part: dict[str, Any] = {name: getattr(body, name) for name in ("name", "description", "stock") if name in sent}
    if "is_active" in sent:
        part["active"] = body.is_active
    prices = {"price": body.price, "discount_price": body.discount_price}
    offer: dict[str, Any] = {
        name: None if value is None else decimal_text(value) for name, value in prices.items() if name in sent
    }
    if "discount_percent" in sent:
        offer["discount_percent"] = body.discount_percent
    if offer:
        part["offer"] = offer
    if body.variations is not None:
        part["variants"] = variants_of(body)
    return part | (_category(body) if "category" in sent else {})


def _category(body: ProductChange) -> dict[str, Any]:
    """Given in part it keeps its other part; a parent of null is none."""
    category = body.category
    parent = path_of(category.parent) or None
    if category.model_fields_set >= {"name", "parent"}:
        return {"category": [*(parent or []), category.name]}
    return {"category_part": {"name": category.name or None, "parent": parent}}
