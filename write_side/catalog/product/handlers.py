"""Which streams the products' commands read and write, and the names they claim."""

from typing import Any

from write_side.catalog.brand.handlers import ensure as ensure_brand
from write_side.catalog.category.decide import ensure_exists as ensure_category
from write_side.catalog.category.handlers import ensure_path
from write_side.catalog.category.state import CATEGORY
from write_side.catalog.product import decide
from write_side.catalog.product.commands import (
    AddVariant,
    CreateProduct,
    DeleteProduct,
    NewVariant,
    RemoveVariant,
    UpdateProduct,
    UpdateVariant,
)
from write_side.catalog.product.events import ImageAdded, ProductCreated, VariantAdded
from write_side.catalog.product.state import PRODUCT, Product
from write_side.fields import slugify
from write_side.stock import decide as stock
from write_side.stock import low
from write_side.stock.events import StockOpened
from write_side.stock.state import STOCK
from write_side.work import Work, handles


@handles(CreateProduct)
def create_product(command: CreateProduct, work: Work) -> dict[str, Any]:
    product_id = work.new_id()
    created = ProductCreated(
        product_id=product_id,
        name=command.name,
        slug=_claim_slug(work, product_id, command),
        sku=_claim_sku(work, product_id, command.sku),
        selling_price=command.price,
        list_price=command.compare_price,
        cost_price=command.cost_price,
        low_stock_threshold=command.low_stock_threshold,
        seller_id=decide.seller_of_new(work.actor, command.seller_id),
        category_id=_category(work, command.category, command.category_id),
        brand_id=ensure_brand(work, command.brand) if command.brand else None,
        description=command.description,
        attributes=command.attributes,
        weight=command.weight,
        dimensions=command.dimensions,
        featured=command.featured,
        active=command.active,
    )
    work.begin(PRODUCT, product_id, [created])
    if command.image is not None:
        work.record(PRODUCT, product_id, [_main_image(work, created, command.image)])
    _open_stock(work, product_id, None, created.sku, command.stock)
    variants = [_add_variant(work, product_id, variant) for variant in command.variants]
    low.report_new(work, product_id)
    return {
        "product_id": product_id,
        "slug": created.slug,
        "sku": created.sku,
        "variants": variants,
    }


@handles(UpdateProduct)
def update_product(command: UpdateProduct, work: Work) -> dict[str, Any]:
    product = _mine(work, command.product_id)
    category_id = _category(work, command.category, command.category_id)
    brand_id = ensure_brand(work, command.brand) if command.brand else None
    if command.sku is not None and command.sku != product.sku:
        work.claim("sku", command.sku, command.product_id, decide.SkuTaken(sku=command.sku))
        work.release("sku", product.sku)
    work.record(PRODUCT, command.product_id, decide.change(product, command, category_id, brand_id))
    if command.available is not None:
        watch = low.Watch(work, [product])
        _set_stock(work, product, command.available)
        watch.report()
    return _identity(work.state(PRODUCT, command.product_id))


@handles(DeleteProduct)
def delete_product(command: DeleteProduct, work: Work) -> dict[str, Any]:
    product = _mine(work, command.product_id)
    work.record(PRODUCT, command.product_id, decide.delete(product))
    work.release("product-slug", product.slug)
    for sku in [product.sku, *(variant.sku for variant in product.variants.values())]:
        work.release("sku", sku)
    return {}


@handles(AddVariant)
def add_variant(command: AddVariant, work: Work) -> dict[str, Any]:
    decide.ensure_room(_mine(work, command.product_id))
    return _add_variant(work, command.product_id, command)


@handles(UpdateVariant)
def update_variant(command: UpdateVariant, work: Work) -> dict[str, Any]:
    product = _mine(work, command.product_id)
    work.record(PRODUCT, command.product_id, decide.change_variant(product, command))
    return {
        "variant_id": command.variant_id,
        "sku": product.variants[command.variant_id].sku,
    }


@handles(RemoveVariant)
def remove_variant(command: RemoveVariant, work: Work) -> dict[str, Any]:
    product = _mine(work, command.product_id)
    watch = low.Watch(work, [product])
    work.record(PRODUCT, command.product_id, decide.remove_variant(product, command.variant_id))
    watch.report()
    work.release("sku", product.variants[command.variant_id].sku)
    return {}


def _mine(work: Work, product_id: int) -> Product:
    product = work.state(PRODUCT, product_id)
    decide.ensure_exists(product)
    decide.ensure_owner(product, work.actor)
    return product


def _identity(product: Product) -> dict[str, Any]:
    return {"product_id": product.product_id, "slug": product.slug, "sku": product.sku}


def _category(work: Work, path: list[str] | None, category_id: int | None) -> int | None:
    if category_id is not None:
        ensure_category(work.state(CATEGORY, category_id))
        return category_id
    return ensure_path(work, path) if path else None


def _claim_slug(work: Work, product_id: int, command: CreateProduct) -> str:
    """A slug the client chose must be free; one made of the name gives way to an older product's."""
    slug = command.slug or slugify(command.name)
    if command.slug is None and work.owner("product-slug", slug) is not None:
        slug = f"{slug}-{product_id}"
    work.claim("product-slug", slug, product_id, decide.SlugTaken(slug=slug))
    return slug


def _claim_sku(work: Work, sellable_id: int, sku: str | None) -> str:
    sku = sku or f"SKU-{sellable_id}"
    work.claim("sku", sku, sellable_id, decide.SkuTaken(sku=sku))
    return sku


def _add_variant(work: Work, product_id: int, variant: NewVariant | AddVariant) -> dict[str, Any]:
    variant_id = work.new_id()
    sku = _claim_sku(work, variant_id, variant.sku)
    added = VariantAdded(
        product_id=product_id,
        variant_id=variant_id,
        name=variant.name,
        sku=sku,
        price=variant.price,
        attributes=variant.attributes,
    )
    work.record(PRODUCT, product_id, [added])
    _open_stock(work, product_id, variant_id, sku, variant.stock)
    return {"variant_id": variant_id, "sku": sku}


def _set_stock(work: Work, product: Product, available: int) -> None:
    stocks = work.states(STOCK, [product.product_id, *product.variants])
    base = stocks.pop(product.product_id)
    events = stock.adjust(base, None, decide.base_of(available, stocks.values()), "set with the product")
    work.record(STOCK, product.product_id, events)


def _open_stock(work: Work, product_id: int, variant_id: int | None, sku: str, on_hand: int) -> None:
    opened = StockOpened(product_id=product_id, variant_id=variant_id, sku=sku, on_hand=on_hand)
    work.begin(STOCK, variant_id or product_id, [opened])


def _main_image(work: Work, product: ProductCreated, address: str) -> ImageAdded:
    return ImageAdded(
        product_id=product.product_id,
        image_id=work.new_id(),
        address=address,
        alt_text=product.name,
        primary=True,
        order=0,
    )
