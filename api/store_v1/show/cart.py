"""Carts, in the contract's words."""

from api.store_v1.answers import cart as answers
from read_side.queries.carts import PricedCart, PricedLine
from write_side.fields import decimal_text as money
from write_side.identifiers import uuid_text as uuid


def cart(found: PricedCart, made: str) -> answers.Cart:
    """`made`: since when there is a cart in which nothing was ever put."""
    return answers.Cart(
        id=uuid("cart", found.person_id),
        items=[_cart_item(line) for line in found.lines],
        total_items=found.units,
        subtotal=money(found.subtotal),
        created_at=found.created_at or made,
        updated_at=found.updated_at or made,
    )


def _cart_item(priced: PricedLine) -> answers.CartItem:
    line, known, variant = priced.line, priced.product, priced.variant
    shown = None
    if line.variant_id is not None:
        name, sku = (variant.name, variant.sku) if variant is not None else ("", "")
        shown = answers.CartVariant(uuid("variant", line.variant_id), name, sku)
    name, slug = (known.name, known.slug) if known is not None else ("", "")
    return answers.CartItem(
        id=uuid("line", line.line_id),
        product=answers.CartProduct(uuid("product", line.product_id), name, slug),
        variant=shown,
        quantity=line.quantity,
        price=money(priced.unit_price),
        total_price=money(priced.total),
    )
