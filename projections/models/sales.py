"""`sales`: what was sold and came back in a business day and in a month, by period and currency; past
business in the months of its source, too, so that it can be held against what it came from."""

from collections.abc import Iterator, Mapping
from typing import Any

from projections.model import Entry, Model, Moment, Ranked
from projections.models.deals import EVENTS, RECALLS, Figures, deal_of
from read_side.documents.sales import Sales


def periods(_stream: str, told: Any, when: Moment) -> Mapping[str, Figures]:
    """The day's figures and the month's are the same ones."""
    deal = deal_of(told, when)
    figures = deal.whole()
    month = f"{deal.at[:7]}/{deal.currency}"
    found = {f"{deal.at[:10]}/{deal.currency}": figures, month: figures}
    source = getattr(told, "source", None)
    if source is not None:
        found[f"{month}/{source}"] = figures
    return found


def add(sales: Sales, figures: Figures, _when: Moment) -> None:
    sales.orders += figures.orders
    sales.units += figures.units
    sales.revenue += figures.revenue
    sales.charges += figures.charges
    sales.returns += figures.returns
    sales.returned_units += figures.returned_units
    sales.returned_amount += figures.returned_amount
    sales.returned_charges += figures.returned_charges


def entries(sales: Sales) -> Iterator[Entry]:
    """Lists of days and months, of all currencies and of each, and of a source's months; the score is the
    date's digits."""
    if sales.position and sales.source:
        yield Ranked(f"source:{sales.source}", int(sales.period.replace("-", "")))
    elif sales.position:
        kind = "day" if len(sales.period) == len("2011-03-04") else "month"
        date = int(sales.period.replace("-", ""))
        yield Ranked(kind, date)
        yield Ranked(f"{kind}:{sales.currency}", date)


def empty(key: str) -> Sales:
    period, currency, source = (*key.split("/"), "")[:3]
    return Sales(period=period, currency=currency, source=source)


SALES = Model(
    name="sales",
    document=Sales,
    empty=empty,
    key=periods,
    folds=dict.fromkeys(EVENTS, add),
    entries=entries,
    recalls=RECALLS,
)
