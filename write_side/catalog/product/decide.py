"""The rules of products."""

from collections.abc import Iterable
from typing import Any

from write_side.catalog.product.commands import UpdateProduct, UpdateVariant
from write_side.catalog.product.events import (
    ProductChanged,
    ProductDeactivated,
    ProductDeleted,
    ProductReactivated,
    ProductRepriced,
    VariantChanged,
    VariantRemoved,
)
from write_side.catalog.product.pricing import Offer, Prices, offered, prices_of
from write_side.catalog.product.state import CHANGEABLE, PRICES, Product
from write_side.messages import Actor, Event
from write_side.refusals import Conflict, Forbidden, Invalid, NotFound
from write_side.stock.state import Stock

MAX_VARIANTS = 200
CLEARABLE = {"weight", "dimensions"}  # by a null that was sent; of prices see below


class NoSuchProduct(NotFound):
    type = "no-such-product"
    title = "No such product"


class NoSuchVariant(NotFound):
    type = "no-such-variant"
    title = "The product has no such variant"


class SkuTaken(Conflict):
    type = "sku-taken"
    title = "Another product has this SKU"


class SlugTaken(Conflict):
    type = "slug-taken"
    title = "Another product has this slug"


class TooManyVariants(Conflict):
    type = "too-many-variants"
    title = f"A product has at most {MAX_VARIANTS} variants"


class FewerThanVariants(Invalid):
    """`extra`: variants, what they have."""

    type = "fewer-than-variants"
    title = "The product's variants alone have more"


class NotYourProduct(Forbidden):
    type = "not-your-product"
    title = "The product belongs to another seller"


def ensure_owner(product: Product, actor: Actor) -> None:
    """Administrators may change every product, sellers their own."""
    if not actor.is_admin and product.seller_id != actor.person_id:
        raise NotYourProduct


def ensure_exists(product: Product) -> None:
    if not product.exists:
        raise NoSuchProduct


def seller_of_new(actor: Actor, named: int | None) -> int | None:
    """An administrator may name a seller; a seller's product is the seller's own."""
    if actor.is_admin:
        return named
    if named not in (None, actor.person_id):
        raise NotYourProduct("only an administrator may name another seller")
    return actor.person_id


def change(product: Product, command: UpdateProduct, category_id: int | None, brand_id: int | None) -> list[Event]:
    """`category_id` and `brand_id` are what the command's names resolved to; None: not sent."""
    wanted: dict[str, Any] = {field: getattr(command, field) for field in CHANGEABLE if hasattr(command, field)}
    wanted |= {"category_id": category_id, "brand_id": brand_id}
    cleared = CLEARABLE & command.model_fields_set
    changes = {
        field: value
        for field, value in wanted.items()
        if (value is not None or field in cleared) and value != getattr(product, field)
    }
    events: list[Event] = []
    if changes:
        events.append(ProductChanged(product_id=product.product_id, **changes))
    events += _reprice(product, command)
    if command.active is not None and command.active != product.active:
        kind = ProductReactivated if command.active else ProductDeactivated
        events.append(kind(product_id=product.product_id))
    return events


def prices_of_new(price: int | None, compare_price: int | None, offer: Offer | None) -> Prices:
    """Of a new product; the command has either a price or an offer with one."""
    if offer is not None and offer.price is not None:
        return offered(Prices(selling_price=offer.price), offer)
    assert price is not None
    return Prices(selling_price=price, list_price=compare_price)


def _reprice(product: Product, command: UpdateProduct) -> list[Event]:
    sent = command.model_fields_set
    after = prices_of(product)
    if command.offer is not None:
        after = offered(after, command.offer)
    elif command.price is not None or "compare_price" in sent:
        before, after = (
            after,
            Prices(
                selling_price=product.selling_price if command.price is None else command.price,
                list_price=command.compare_price if "compare_price" in sent else product.list_price,
            ),
        )
        if (after.selling_price, after.list_price) == (before.selling_price, before.list_price):
            after = before  # what somebody changes by hand is no percentage any more; this is no change
    event = ProductRepriced(
        product_id=product.product_id,
        selling_price=after.selling_price,
        list_price=after.list_price,
        cost_price=command.cost_price if "cost_price" in sent else product.cost_price,
        discount_percent=after.discount_percent,
    )
    same = all(getattr(event, price) == getattr(product, price) for price in PRICES)
    return [] if same else [event]


def base_of(available: int, variants: Iterable[Stock]) -> int:
    """What of the product's number is its base's own."""
    theirs = sum(variant.available for variant in variants)
    if available < theirs:
        raise FewerThanVariants(variants=theirs, field="available")
    return available - theirs


def delete(product: Product) -> list[Event]:
    ensure_exists(product)
    return [ProductDeleted(product_id=product.product_id)]


def ensure_room(product: Product) -> None:
    if len(product.variants) >= MAX_VARIANTS:
        raise TooManyVariants


def change_variant(product: Product, command: UpdateVariant) -> list[Event]:
    variant = product.variants.get(command.variant_id)
    if variant is None:
        raise NoSuchVariant
    changes = {
        field: value
        for field in ("name", "price", "attributes")
        if (value := getattr(command, field)) is not None and value != getattr(variant, field)
    }
    if not changes:
        return []
    return [VariantChanged(product_id=product.product_id, variant_id=command.variant_id, **changes)]


def remove_variant(product: Product, variant_id: int) -> list[Event]:
    if variant_id not in product.variants:
        raise NoSuchVariant
    return [VariantRemoved(product_id=product.product_id, variant_id=variant_id)]
