"""What an event adds to the figures of the shop, or takes back from them: shared by the models that
count sales (`sales`, `product-sales`, `customers`).

An order counts on the day it was placed and is taken back from that day when it is cancelled; what
comes back counts on the day it came. Days are those of business time, in UTC.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from projections.model import Moment, Recalled
from read_side.documents.sales import Amounts, Trade
from write_side.messages import Event
from write_side.order.events import OrderCancelled, OrderPlaced, OrderReturned, PastOrderRecorded
from write_side.returns.events import ReturnRecorded
from write_side.values import OrderLine

EVENTS: tuple[type[Event], ...] = (PastOrderRecorded, OrderPlaced, OrderCancelled, OrderReturned, ReturnRecorded)
RECALLS: frozenset[type[Event]] = frozenset({OrderCancelled, OrderReturned})
"""They name their order and no more; what it was, its first event says."""
SALES: tuple[type[Event], ...] = (PastOrderRecorded, OrderPlaced, OrderCancelled)
"""A cancelled order sold nothing; what came back was sold."""


class Figures(NamedTuple):
    """Numbers to add; below zero they take back."""

    orders: int = 0
    units: int = 0
    revenue: int = 0
    charges: int = 0
    returns: int = 0
    returned_units: int = 0
    returned_amount: int = 0
    returned_charges: int = 0


class Deal(NamedTuple):
    """Somebody bought or brought back; `at` is business time."""

    at: str
    currency: str
    person_id: int | None
    country: str | None
    lines: Iterable[Any]  # each with product_id, quantity, unit_price
    charges: int  # besides the goods
    sign: int  # -1: it was cancelled
    returned: bool

    def figures(self, units: int, amount: int, charges: int) -> Figures:
        """So many units of it."""
        sign = self.sign
        if self.returned:
            return Figures(returns=sign, returned_units=units, returned_amount=amount, returned_charges=charges)
        return Figures(sign, sign * units, sign * amount, sign * charges)

    def whole(self) -> Figures:
        units = amount = 0
        for line in self.lines:
            units += line.quantity
            amount += line.quantity * line.unit_price
        return self.figures(units, amount, self.charges)

    def by_product(self) -> dict[int, Figures]:
        """Lines of one product count as one."""
        sums: dict[int, tuple[int, int]] = {}
        for line in self.lines:
            units, amount = sums.get(line.product_id, (0, 0))
            sums[line.product_id] = (units + line.quantity, amount + line.quantity * line.unit_price)
        return {product_id: self.figures(units, amount, 0) for product_id, (units, amount) in sums.items()}


def deal_of(told: Event | Recalled, when: Moment) -> Deal:
    """What one of `EVENTS` says."""
    match told:
        case PastOrderRecorded():
            return _order(told, told.placed_at, 1)
        case OrderPlaced():
            return _order(told, when.at, 1)
        case ReturnRecorded():
            charges = -sum(charge.total for charge in told.charges)
            return Deal(told.returned_at, told.currency, told.person_id, None, told.lines, charges, 1, True)
        case Recalled(event=OrderCancelled()):
            return _order(told.first, told.began.at, -1)
        case Recalled(event=OrderReturned()):
            return _order(told.first, when.at, 1)._replace(charges=0, returned=True)
        case _:
            raise TypeError(f"{told!r} is no deal")


def _order(event: Any, at: str, sign: int) -> Deal:
    past = isinstance(event, PastOrderRecorded)
    money = event.money if past else event.charges
    lines: tuple[OrderLine, ...] = event.lines
    country = event.country if past else None
    return Deal(at, money.currency, event.person_id, country, lines, money.total - money.subtotal, sign, returned=False)


def add(trade: Trade, figures: Figures, currency: str) -> None:
    """To a product's or a customer's."""
    trade.orders += figures.orders
    trade.units += figures.units
    trade.returns += figures.returns
    trade.returned_units += figures.returned_units
    amounts = trade.amounts.get(currency)
    if amounts is None:
        amounts = trade.amounts[currency] = Amounts()
    amounts.revenue += figures.revenue
    amounts.returned += figures.returned_amount
