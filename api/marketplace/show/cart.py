"""The cart in the contract's shapes."""

from typing import Any

from api.marketplace.answers import cart as answers
from api.marketplace.show.products import Names, list_product
from read_side.documents.product import Product
from read_side.queries.carts import PricedCart, PricedLine
from write_side.fields import decimal_text


def cart(found: PricedCart, updated_at: str, names: Names) -> answers.Cart:
    return answers.Cart(
        id=found.person_id,
        items=[_item(line, names) for line in found.lines],
        total_items=found.units,
        total_amount=decimal_text(found.subtotal),
        updated_at=updated_at,
    )


def told_item(line: dict[str, Any], product: Product | None, names: Names) -> answers.Item:
    """A line as the cart's commands describe it."""
    return answers.Item(
        id=line["line_id"],
        product=list_product(product, names) if product is not None else None,
        quantity=line["quantity"],
        unit_price=line["unit_price"],
        total_price=line["total"],
    )


def stock_check(found: PricedCart) -> answers.StockCheck:
    return answers.StockCheck(found.fits, [_checked(line) for line in found.lines])


def _item(priced: PricedLine, names: Names) -> answers.Item:
    return answers.Item(
        id=priced.line.line_id,
        product=list_product(priced.product, names) if priced.product is not None else None,
        quantity=priced.line.quantity,
        unit_price=decimal_text(priced.unit_price),
        total_price=decimal_text(priced.total),
    )


def _checked(priced: PricedLine) -> answers.CheckedItem:
    line = priced.line
    message = "In stock." if priced.fits else f"Only {priced.available} left in stock."
    return answers.CheckedItem(
        item_id=line.line_id,
        product_id=line.product_id,
        requested=line.quantity,
        available=priced.available,
        valid=priced.fits,
        message=message if priced.sold else "This product is not available any more.",
    )
