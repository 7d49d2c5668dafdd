"""Which streams the products' commands read and write, and the names they claim."""

from typing import Any

from write_side.account.state import ACCOUNT
from write_side.catalog.brand.handlers import ensure as ensure_brand
from write_side.catalog.category.decide import ensure_exists as ensure_category
from write_side.catalog.category.handlers import ensure_part, ensure_path
from write_side.catalog.category.handlers import find as find_category
from write_side.catalog.category.state import CATEGORY
from write_side.catalog.product import decide, parts, stocking
from write_side.catalog.product.commands import (
    AddVariant,
    CreateProduct,
    DeleteProduct,
    RemoveVariant,
    UpdateProduct,
    UpdateVariant,
)
from write_side.catalog.product.events import ImageAdded, ProductCreated
from write_side.catalog.product.image_handlers import add_image, remove_all, replace_all
from write_side.catalog.product.state import PRODUCT, Product
from write_side.policies import PRODUCTS
from write_side.stock import low
from write_side.work import Work, handles


@handles(CreateProduct)
def create_product(command: CreateProduct, work: Work) -> dict[str, Any]:
    policy = PRODUCTS[command.policy]
    parts.ensure_stocked(policy, command.stock, command.variants)
    parts.ensure_distinct(command.variants)
    prices = decide.prices_of_new(command.price, command.compare_price, command.offer)
    product_id = work.new_id()
    created = ProductCreated(
        product_id=product_id,
        name=command.name,
        slug=_claim_slug(work, product_id, command),
        sku=stocking.claim_sku(work, product_id, command.sku),
        selling_price=prices.selling_price,
        list_price=prices.list_price,
        discount_percent=prices.discount_percent,
        cost_price=command.cost_price,
        low_stock_threshold=command.low_stock_threshold,
        seller_id=_seller(work, command.seller_id),
        category_id=_category(work, command),
        brand_id=ensure_brand(work, command.brand) if command.brand else None,
        description=command.description,
        attributes=command.attributes,
        weight=command.weight,
        dimensions=command.dimensions,
        featured=command.featured,
        active=command.active,
        policy=command.policy,
        tags=tuple(command.tags),
    )
    work.begin(PRODUCT, product_id, [created])
    if command.image is not None:
        work.record(PRODUCT, product_id, [_main_image(work, created, command.image)])
    images = [add_image(work, product_id, image) for image in command.images]
    base = parts.base_level(policy, command.stock, has_variants=bool(command.variants)) or 0
    stocking.open_stock(work, product_id, None, created.sku, base)
    variants = [stocking.add_variant(work, product_id, variant) for variant in command.variants]
    low.report_new(work, product_id)
    return {
        "product_id": product_id,
        "slug": created.slug,
        "sku": created.sku,
        "variants": variants,
        "images": images,
    }


@handles(UpdateProduct)
def update_product(command: UpdateProduct, work: Work) -> dict[str, Any]:
    product = _mine(work, command.product_id)
    category_id = _category(work, command)
    if command.category_part is not None:
        category_id = ensure_part(work, product.category_id, command.category_part.name, command.category_part.parent)
    brand_id = ensure_brand(work, command.brand) if command.brand else None
    if command.sku is not None and command.sku != product.sku:
        work.claim("sku", command.sku, command.product_id, decide.SkuTaken(sku=command.sku))
        work.release("sku", product.sku)
    work.record(PRODUCT, command.product_id, decide.change(product, command, category_id, brand_id))
    gone = replace_all(work, product, command.images) if command.images is not None else []
    for image in command.more_images:
        add_image(work, command.product_id, image)
    watch = low.Watch(work, [product]) if {"available", "stock", "variants"} & command.model_fields_set else None
    if command.available is not None:
        stocking.set_available(work, product, command.available)
    stocking.arrange(work, command)
    if watch is not None:
        watch.report()
    return _identity(work.state(PRODUCT, command.product_id)) | ({"keys": gone} if gone else {})


@handles(DeleteProduct)
def delete_product(command: DeleteProduct, work: Work) -> dict[str, Any]:
    product = _mine(work, command.product_id)
    remove_all(work, product)
    work.record(PRODUCT, command.product_id, decide.delete(product))
    work.release("product-slug", product.slug)
    for sku in [product.sku, *(variant.sku for variant in product.variants.values())]:
        work.release("sku", sku)
    return {}


@handles(AddVariant)
def add_variant(command: AddVariant, work: Work) -> dict[str, Any]:
    decide.ensure_room(_mine(work, command.product_id))
    return stocking.add_variant(work, command.product_id, command)


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
    stocking.remove_variant(work, product, command.variant_id)
    watch.report()
    return {}


def _mine(work: Work, product_id: int) -> Product:
    product = work.state(PRODUCT, product_id)
    decide.ensure_exists(product)
    decide.ensure_owner(product, work.actor)
    return product


def _identity(product: Product) -> dict[str, Any]:
    return {"product_id": product.product_id, "slug": product.slug, "sku": product.sku}


def _category(work: Work, command: CreateProduct | UpdateProduct) -> int | None:
    if command.category_reference is not None:
        return find_category(work, command.category_reference)
    if command.category_id is not None:
        ensure_category(work.state(CATEGORY, command.category_id))
        return command.category_id
    return ensure_path(work, command.category) if command.category else None


def _seller(work: Work, named: int | None) -> int | None:
    seller_id = decide.seller_of_new(work.actor, named)
    if seller_id not in (None, work.actor.person_id) and not work.state(ACCOUNT, seller_id).exists:
        raise decide.NoSuchSeller
    return seller_id


def _claim_slug(work: Work, product_id: int, command: CreateProduct) -> str:
    """A slug the client chose must be free; one made of the name gives way to an older product's."""
    if command.slug is not None:
        slug = decide.chosen_slug(command.slug)
    else:
        slug = decide.made_slug(command.name, product_id, lambda made: work.owner("product-slug", made) is not None)
    work.claim("product-slug", slug, product_id, decide.SlugTaken(slug=slug))
    return slug


def _main_image(work: Work, product: ProductCreated, address: str) -> ImageAdded:
    return ImageAdded(
        product_id=product.product_id,
        image_id=work.new_id(),
        address=address,
        alt_text=product.name,
        primary=True,
        order=0,
    )
