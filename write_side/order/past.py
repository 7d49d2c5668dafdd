"""The rules of past orders: what a line becomes, what they cost, and that no more comes back than was
bought."""

from collections import Counter
from collections.abc import Iterable, Sequence

from write_side.order.commands import PastCharge, PastLine
from write_side.order.decide import NoSuchOrder
from write_side.order.events import ItemsReturned, ReturnedItems
from write_side.order.state import Order
from write_side.refusals import Conflict, Invalid, NotFound
from write_side.values import MAX_TOTAL, Charges, OrderLine, OtherCharge


class NoSuchOrderLine(NotFound):
    """`extra`: order, line, sku."""

    type = "no-such-order-line"
    title = "The order has no such line of this SKU"


class MoreReturnedThanBought(Conflict):
    """`extra`: order_line_id, requested, left."""

    type = "more-returned-than-bought"
    title = "So many of this line were not bought, or have come back already"


def other_charges(charges: Iterable[PastCharge]) -> tuple[OtherCharge, ...]:
    """Without a name of its own a charge is called by its code."""
    return tuple(
        OtherCharge(code=c.code, name=c.name or c.code, quantity=c.quantity, unit_price=c.unit_price) for c in charges
    )


def money(lines: Sequence[PastLine | OrderLine], charges: Sequence[OtherCharge], currency: str) -> Charges:
    """Goods as the subtotal, with the other charges as the total. Tax and shipping are none of their own:
    what a past order charged for them is among its charges."""
    subtotal = sum(line.unit_price * line.quantity for line in lines)
    total = subtotal + sum(charge.total for charge in charges)
    if max(subtotal, abs(total)) > MAX_TOTAL:
        raise Invalid("the total is out of range")
    return Charges(subtotal=subtotal, tax=0, shipping=0, discount=0, total=total, currency=currency)


def quantities(lines: Iterable[OrderLine]) -> dict[int, int]:
    """How many of each sellable thing, repeated lines added up."""
    sums: Counter[int] = Counter()
    for line in lines:
        sums[line.sellable_id] += line.quantity
    return dict(sums)


def line_of(order: Order, person_id: int | None, number: str, line: int, sku: str) -> OrderLine:
    """The order's line by its place (from 1), when the order is this person's and the line of this SKU."""
    if not order.past or order.person_id != (person_id or 0):
        raise NoSuchOrder(f"this customer has no past order {number}", order=number)
    found = order.lines[line - 1] if line <= len(order.lines) else None
    if found is None or found.sku != sku:
        raise NoSuchOrderLine(order=number, line=line, sku=sku)
    return found


def return_items(order: Order, return_id: int, returned_at: str, quantities: dict[int, int]) -> ItemsReturned:
    """`quantities` by line; of each at most what was ordered less what has come back."""
    if returned_at < order.placed_at:
        raise Invalid("it cannot come back before it was bought", placed_at=order.placed_at)
    ordered = {line.line_id: line.quantity for line in order.lines}
    for line_id, quantity in quantities.items():
        left = ordered[line_id] - order.items_returned.get(line_id, 0)
        if quantity > left:
            raise MoreReturnedThanBought(order_line_id=line_id, requested=quantity, left=left)
    return ItemsReturned(
        order_id=order.order_id,
        return_id=return_id,
        returned_at=returned_at,
        lines=tuple(ReturnedItems(order_line_id=line_id, quantity=many) for line_id, many in quantities.items()),
    )
