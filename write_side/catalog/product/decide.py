"""The rules of products."""

from collections.abc import Callable, Iterable
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
from write_side.fields import slugify
from write_side.messages import Actor, Event
from write_side.refusals import Conflict, Forbidden, Invalid, NotFound
from write_side.stock.state import Stock

MAX_VARIANTS = 200
CLEARABLE = {"weight", "dimensions"}  # by a null that was sent; of prices see below
RESERVED_SLUGS = frozenset({"categories", "favorites", "my_products"})
"""What surfaces have in their paths where a product's slug would stand."""


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


class SlugReserved(Invalid):
    type = "slug-reserved"
    title = "This slug is a word of the API's own paths"


class TooManyVariants(Conflict):
    type = "too-many-variants"
    title = f"A product has at most {MAX_VARIANTS} variants"


class FewerThanVariants(Invalid):
    """`extra`: variants, what they have."""

    type = "fewer-than-variants"
    title = "The product's variants alone have more"


class NoSuchSeller(NotFound):
    type = "no-such-seller"
    title = "No such seller"


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
    """An administrator may name a seller; otherwise a product is its maker's own. The product's own parts are
    nobody's sellers."""
    if actor.is_admin and named is not None:
        return named
    if named not in (None, actor.person_id):
        raise NotYourProduct("only an administrator may name another seller")
    return actor.person_id


def change(product: Product, command: UpdateProduct, category_id: int | None, brand_id: int | None) -> list[Event]:
    """`category_id` and `brand_id` are what the command's names resolved to; None: not sent."""
    wanted: dict[str, Any] = {field: getattr(command, field) for field in CHANGEABLE if hasattr(command, field)}
    wanted |= {"category_id": category_id, "brand_id": brand_id}
    if command.tags is not None:
        wanted["tags"] = tuple(command.tags)
    sent = command.model_fields_set
    cleared = CLEARABLE & sent | ({"brand_id"} if "brand" in sent else set())
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


def made_slug(name: str, product_id: int, taken: Callable[[str], bool]) -> str:
    """A slug made of the name: unique, and no word of a path."""
    slug = slugify(name)
    return f"{slug}-{product_id}" if slug in RESERVED_SLUGS or taken(slug) else slug


def chosen_slug(slug: str) -> str:
    if slug.lower() in RESERVED_SLUGS:
        raise SlugReserved(field="slug")
    return slug


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
