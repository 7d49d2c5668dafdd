"""Which streams a return reads and writes: its own, every order that it names, and the stock of every SKU
in it, all in one append."""

from collections import Counter, defaultdict
from typing import Any

from write_side import past
from write_side.account.handlers import customer
from write_side.fields import decimal_text
from write_side.order.decide import NoSuchOrder
from write_side.order.past import line_of, other_charges, return_items
from write_side.order.past_handlers import names_of, sellables
from write_side.order.state import ORDER, Order
from write_side.returns import decide
from write_side.returns.commands import ItemToReturn, ReturnItems
from write_side.returns.events import ReturnLine, ReturnRecorded
from write_side.returns.state import RETURN, Return
from write_side.stock import decide as stocks
from write_side.stock.state import STOCK
from write_side.work import Work, handles


@handles(ReturnItems)
def record_return(command: ReturnItems, work: Work) -> dict[str, Any]:
    orders_named = dict.fromkeys(line.order for line in command.lines if line.order is not None)
    purchases = [("past-order", f"{command.source}:{number}") for number in orders_named]
    work.lookup([*names_of(command, "past-return"), *purchases])
    known = past.recorded(work, "past-return", command.source, command.number)
    if known is not None:
        return _describe(work.state(RETURN, known))
    past.ensure_past(command.returned_at, work.now)
    person_id = customer(work, command.source, command.reference, command.person_id)
    orders = _orders(work, command.source, list(orders_named))
    lines = _lines(work, command, person_id, orders)
    charges = other_charges(command.charges)
    return_id = work.new_id()
    past.name(work, "past-return", command.source, command.number, return_id)
    recorded = ReturnRecorded(
        return_id=return_id,
        source=command.source,
        number=command.number,
        person_id=person_id,
        returned_at=command.returned_at,
        currency=command.currency,
        lines=lines,
        charges=charges,
        total=decide.total(lines, charges),
    )
    work.begin(RETURN, return_id, [recorded])
    _take_back(work, recorded, {order.order_id: order for order in orders.values()})
    return _describe(work.state(RETURN, return_id))


def _orders(work: Work, source: str, numbers: list[str]) -> dict[str, Order]:
    ids: dict[str, int] = {}
    for number in numbers:
        order_id = past.recorded(work, "past-order", source, number)
        if order_id is None:
            raise NoSuchOrder(f"no order {number} was recorded from {source}", order=number)
        ids[number] = order_id
    states = work.states(ORDER, ids.values())
    return {number: states[order_id] for number, order_id in ids.items()}


def _lines(work: Work, command: ReturnItems, person_id: int | None, orders: dict[str, Order]) -> tuple[ReturnLine, ...]:
    goods = sellables(work, dict.fromkeys(line.sku for line in command.lines))

    def line(item: ItemToReturn) -> ReturnLine:
        thing = goods[item.sku]
        order_id = order_line_id = None
        if item.order is not None and item.line is not None:
            order = orders[item.order]
            order_id = order.order_id
            order_line_id = line_of(order, person_id, item.order, item.line, item.sku).line_id
        return ReturnLine(
            line_id=work.new_id(),
            product_id=thing.product.product_id,
            variant_id=thing.variant_id,
            seller_id=thing.product.seller_id,
            sku=item.sku,
            name=thing.product.name,
            unit_price=item.unit_price,
            quantity=item.quantity,
            order_id=order_id,
            order_line_id=order_line_id,
        )

    return tuple(line(item) for item in command.lines)


def _take_back(work: Work, recorded: ReturnRecorded, orders: dict[int, Order]) -> None:
    matched: dict[int, Counter[int]] = defaultdict(Counter)
    to_stock: Counter[int] = Counter()
    for line in recorded.lines:
        to_stock[line.sellable_id] += line.quantity
        if line.order_id is not None and line.order_line_id is not None:
            matched[line.order_id][line.order_line_id] += line.quantity
    for order_id, quantities in sorted(matched.items()):
        returned = return_items(orders[order_id], recorded.return_id, recorded.returned_at, dict(quantities))
        work.record(ORDER, order_id, [returned])
    for sellable, quantity in sorted(to_stock.items()):
        stock = work.state(STOCK, sellable)
        back = stocks.take_back_before(stock, recorded.return_id, quantity, recorded.returned_at)
        work.record(STOCK, sellable, [back])


def _describe(state: Return) -> dict[str, Any]:
    return {
        "return_id": state.return_id,
        "number": state.number,
        "returned_at": state.returned_at,
        "total": decimal_text(state.total),
    }
