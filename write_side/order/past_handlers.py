"""Which streams the recording of a past order writes: the order, and the stock of every SKU in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from write_side import past
from write_side.account.handlers import customer
from write_side.catalog.product.state import PRODUCT, Product
from write_side.fields import decimal_text
from write_side.order.commands import RecordPastOrder
from write_side.order.events import PastOrderRecorded
from write_side.order.past import money, other_charges, quantities
from write_side.order.state import ORDER, Order
from write_side.stock import decide as stocks
from write_side.stock.handlers import find
from write_side.stock.state import STOCK
from write_side.values import OrderLine
from write_side.work import Work, handles


@dataclass(frozen=True, slots=True)
class Sellable:
    """What an SKU names, as it stands in the catalogue."""

    product: Product
    variant_id: int | None

    def line(self, line_id: int, sku: str, unit_price: int, quantity: int) -> OrderLine:
        variant = self.product.variants.get(self.variant_id or 0)
        return OrderLine(
            line_id=line_id,
            product_id=self.product.product_id,
            sku=sku,
            name=self.product.name,
            unit_price=unit_price,
            quantity=quantity,
            variant_id=self.variant_id,
            variant_name=variant.name if variant else None,
            seller_id=self.product.seller_id,
        )


def sellables(work: Work, skus: Iterable[str]) -> dict[str, Sellable]:
    """What the SKUs name, loaded together. Raises NoSuchSku."""
    ids = {sku: find(work, sku) for sku in skus}
    stock = work.states(STOCK, ids.values())
    products = work.states(PRODUCT, {one.product_id for one in stock.values()})
    return {sku: Sellable(products[stock[key].product_id], stock[key].variant_id) for sku, key in ids.items()}


def names_of(command: Any, kind: str) -> list[tuple[str, str]]:
    """Every unique name that past business with lines asks for, so that they are looked up together."""
    names = [(kind, f"{command.source}:{command.number}"), *(("sku", line.sku) for line in command.lines)]
    if command.reference is not None:
        names.append(("customer", f"{command.source}:{command.reference}"))
    return names


@handles(RecordPastOrder)
def record_past_order(command: RecordPastOrder, work: Work) -> dict[str, Any]:
    work.lookup(names_of(command, "past-order"))
    known = past.recorded(work, "past-order", command.source, command.number)
    if known is not None:
        return _describe(work.state(ORDER, known))
    past.ensure_past(command.placed_at, work.now)
    person_id = customer(work, command.source, command.reference, command.person_id)
    goods = sellables(work, dict.fromkeys(line.sku for line in command.lines))
    charges = other_charges(command.charges)
    totals = money(command.lines, charges, command.currency)
    order_id = work.new_id()
    past.name(work, "past-order", command.source, command.number, order_id)
    recorded = PastOrderRecorded(
        order_id=order_id,
        source=command.source,
        number=command.number,
        person_id=person_id,
        placed_at=command.placed_at,
        country=command.country,
        lines=tuple(
            goods[line.sku].line(work.new_id(), line.sku, line.unit_price, line.quantity) for line in command.lines
        ),
        charges=charges,
        money=totals,
    )
    work.begin(ORDER, order_id, [recorded])
    for sellable, quantity in sorted(quantities(recorded.lines).items()):
        stock = work.state(STOCK, sellable)
        work.record(STOCK, sellable, [stocks.sell_before(stock, order_id, quantity, command.placed_at)])
    return _describe(work.state(ORDER, order_id))


def _describe(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "number": order.number,
        "placed_at": order.placed_at,
        "total": decimal_text(order.total),
        "line_ids": [line.line_id for line in order.lines],
    }
