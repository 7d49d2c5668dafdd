"""`customers`: what a person bought and brought back, by person. Guests are nobody's customer."""

from collections.abc import Iterator, Mapping
from typing import Any

from projections.model import Entry, Model, Moment, Ranked
from projections.models.deals import EVENTS, RECALLS, Deal, add, deal_of
from read_side.documents.sales import CustomerSales


def person(_stream: str, told: Any, when: Moment) -> Mapping[str, Deal]:
    deal = deal_of(told, when)
    return {str(deal.person_id): deal} if deal.person_id else {}


def traded(customer: CustomerSales, deal: Deal, _when: Moment) -> None:
    add(customer, deal.whole(), deal.currency)
    customer.country = deal.country or customer.country


def entries(customer: CustomerSales) -> Iterator[Entry]:
    """By orders, and by revenue in each currency."""
    if customer.orders:
        yield Ranked("orders", customer.orders)
    for currency, amounts in customer.amounts.items():
        if amounts.revenue:
            yield Ranked(f"revenue:{currency}", amounts.revenue)


CUSTOMERS = Model(
    name="customers",
    document=CustomerSales,
    empty=lambda key: CustomerSales(person_id=int(key)),
    key=person,
    folds=dict.fromkeys(EVENTS, traded),
    entries=entries,
    recalls=RECALLS,
)
