"""`product-sales`: what was sold of a product and how much of it came back, by product."""

from collections.abc import Iterator, Mapping
from typing import Any

from projections.model import Entry, Model, Moment, Ranked
from projections.models.deals import EVENTS, RECALLS, Figures, add, deal_of
from read_side.documents.sales import ProductSales

Part = tuple[Figures, str]


def products(_stream: str, told: Any, when: Moment) -> Mapping[str, Part]:
    deal = deal_of(told, when)
    return {str(product_id): (figures, deal.currency) for product_id, figures in deal.by_product().items()}


def traded(product: ProductSales, part: Part, _when: Moment) -> None:
    add(product, *part)


def entries(product: ProductSales) -> Iterator[Entry]:
    """Best sellers by units, and by revenue in each currency; what comes back, by its share of the
    units sold (in millionths) and by units."""
    if product.units:
        yield Ranked("units", product.units)
    for currency, amounts in product.amounts.items():
        if amounts.revenue:
            yield Ranked(f"revenue:{currency}", amounts.revenue)
    if product.returned_units:
        yield Ranked("returned-units", product.returned_units)
        if product.units:
            yield Ranked("return-rate", product.returned_units * 1_000_000 // product.units)


PRODUCT_SALES = Model(
    name="product-sales",
    document=ProductSales,
    empty=lambda key: ProductSales(product_id=int(key)),
    key=products,
    folds=dict.fromkeys(EVENTS, traded),
    entries=entries,
    recalls=RECALLS,
)
