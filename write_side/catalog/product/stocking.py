"""A product's variants and the stock of its parts, in the append of the command that gives them."""

from typing import Any

from write_side.catalog.product import decide, parts
from write_side.catalog.product.commands import AddVariant, NewVariant, UpdateProduct, UpdateVariant
from write_side.catalog.product.events import VariantAdded
from write_side.catalog.product.state import PRODUCT, Product
from write_side.policies import PRODUCTS
from write_side.stock import decide as stock
from write_side.stock.events import StockOpened
from write_side.stock.state import STOCK
from write_side.work import Work

REASON = "set with the product"


def claim_sku(work: Work, sellable_id: int, sku: str | None) -> str:
    sku = sku or f"SKU-{sellable_id}"
    work.claim("sku", sku, sellable_id, decide.SkuTaken(sku=sku))
    return sku


def open_stock(work: Work, product_id: int, variant_id: int | None, sku: str, on_hand: int) -> None:
    opened = StockOpened(product_id=product_id, variant_id=variant_id, sku=sku, on_hand=on_hand)
    work.begin(STOCK, variant_id or product_id, [opened])


def add_variant(work: Work, product_id: int, variant: NewVariant | AddVariant) -> dict[str, Any]:
    variant_id = work.new_id()
    sku = claim_sku(work, variant_id, variant.sku)
    added = VariantAdded(
        product_id=product_id,
        variant_id=variant_id,
        name=parts.name_of(variant) if isinstance(variant, NewVariant) else variant.name,
        sku=sku,
        price=variant.price,
        attributes=variant.attributes,
    )
    work.record(PRODUCT, product_id, [added])
    open_stock(work, product_id, variant_id, sku, variant.stock)
    return {"variant_id": variant_id, "sku": sku}


def remove_variant(work: Work, product: Product, variant_id: int) -> None:
    work.record(PRODUCT, product.product_id, decide.remove_variant(product, variant_id))
    work.release("sku", product.variants[variant_id].sku)


def set_available(work: Work, product: Product, available: int) -> None:
    """What can be sold of the product in all; its base has what its variants have not."""
    stocks = work.states(STOCK, [product.product_id, *product.variants])
    base = stocks.pop(product.product_id)
    events = stock.adjust(base, None, decide.base_of(available, stocks.values()), REASON)
    work.record(STOCK, product.product_id, events)


def arrange(work: Work, command: UpdateProduct) -> None:
    """Variants and base as the command gives them; nothing where it gives neither."""
    policy = PRODUCTS[command.policy]
    given = command.variants or []
    replace = command.variants_mode == "replace" and command.variants is not None
    if replace:
        parts.ensure_stocked(policy, command.stock, given)
    if command.stock is None and not given and not replace:
        return
    parts.ensure_distinct(given)
    before = work.state(PRODUCT, command.product_id)
    work.states(STOCK, [before.product_id, *before.variants])  # loaded in one query
    known = parts.known(before)
    kept = {known[key] for variant in given if (key := parts.key_of(variant)) in known}
    if replace:
        for gone in sorted(before.variants.keys() - kept):
            remove_variant(work, before, gone)
    for variant in given:
        variant_id = known.get(parts.key_of(variant))
        if variant_id is not None:
            _change_variant(work, command.product_id, variant_id, variant)
            continue
        decide.ensure_room(work.state(PRODUCT, command.product_id))
        add_variant(work, command.product_id, variant)
    has_variants = bool(work.state(PRODUCT, command.product_id).variants)
    base = parts.base_level(policy, command.stock, has_variants=has_variants)
    if base is not None:
        _set_level(work, command.product_id, base)


def _change_variant(work: Work, product_id: int, variant_id: int, given: NewVariant) -> None:
    change = UpdateVariant(product_id=product_id, variant_id=variant_id, name=given.name)
    # Not through the constructor: a price is read from decimal text there.
    change = change.model_copy(update={"price": given.price})
    work.record(PRODUCT, product_id, decide.change_variant(work.state(PRODUCT, product_id), change))
    _set_level(work, variant_id, given.stock)


def _set_level(work: Work, sellable_id: int, level: int) -> None:
    events = stock.adjust(work.state(STOCK, sellable_id), None, level, REASON)
    work.record(STOCK, sellable_id, events)
