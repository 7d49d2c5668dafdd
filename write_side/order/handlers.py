"""Which streams the orders' commands read and write. Placing writes the order, the stock of every line
and the cart in one append: merely checking the stock would sell it twice."""

from collections.abc import Callable
from typing import Any

from write_side.account.decide import find_address
from write_side.account.state import ACCOUNT
from write_side.cart.events import CartCheckedOut
from write_side.cart.handlers import owner
from write_side.cart.state import CART
from write_side.catalog.product.state import PRODUCT
from write_side.fields import decimal_text
from write_side.messages import Event
from write_side.order import decide
from write_side.order.commands import (
    CancelOrder,
    DeliverOrder,
    PlaceOrder,
    ReturnOrder,
    ShipOrder,
    StartOrder,
)
from write_side.order.events import OrderPlaced
from write_side.order.state import ORDER, Order
from write_side.payment import decide as payments
from write_side.payment.state import PAYMENT
from write_side.review import purchases
from write_side.stock import decide as stocks
from write_side.stock import low
from write_side.stock.state import STOCK, Stock
from write_side.values import OrderLine, Sealed
from write_side.work import Work, handles


@handles(PlaceOrder)
def place_order(command: PlaceOrder, work: Work) -> dict[str, Any]:
    mine = owner(work)
    cart = work.state(CART, mine)
    if not cart.lines:
        raise decide.CartIsEmpty
    products = work.states(PRODUCT, {line.product_id for line in cart.lines.values()})
    # In one order for everybody: the streams of a batch are decided in memory anyway, and the
    # database locks rows in the order in which it gets them.
    work.states(STOCK, sorted({*cart.lines, *low.sellables(products.values())}))
    watch = low.Watch(work, products.values())
    order_id = work.new_id()
    placed = decide.place(
        cart,
        products,
        order_id=order_id,
        line_ids=[work.new_id() for _ in cart.lines],
        number=decide.order_number(order_id, work.now[:10]),
        person_id=mine,
        pricing=command.pricing,
        shipping_address=_address(work, command.shipping_address_id),
        billing_address=_address(work, command.billing_address_id),
    )
    work.begin(ORDER, order_id, [placed])
    _move_stock(work, placed.lines, order_id, stocks.reserve)
    watch.report()
    work.record(CART, mine, [CartCheckedOut(order_id=order_id)])
    return describe(placed, work.now)


@handles(CancelOrder)
def cancel_order(command: CancelOrder, work: Work) -> dict[str, Any]:
    order = find(work, command.order_id)
    cancel(work, order, command.reason)
    return status(work, order.order_id)


@handles(StartOrder)
def start_order(command: StartOrder, work: Work) -> dict[str, Any]:
    order = find(work, command.order_id)
    work.record(ORDER, order.order_id, decide.start(order, command.note))
    return status(work, order.order_id)


@handles(ShipOrder)
def ship_order(command: ShipOrder, work: Work) -> dict[str, Any]:
    order = find(work, command.order_id)
    ship(work, order, command.tracking_number, command.carrier, command.note)
    return status(work, order.order_id)


@handles(DeliverOrder)
def deliver_order(command: DeliverOrder, work: Work) -> dict[str, Any]:
    order = find(work, command.order_id)
    work.record(ORDER, order.order_id, decide.deliver(order, command.note))
    return status(work, order.order_id)


@handles(ReturnOrder)
def return_order(command: ReturnOrder, work: Work) -> dict[str, Any]:
    order = find(work, command.order_id)
    give_back(work, order, command.restock, command.note)
    return status(work, order.order_id)


def cancel(work: Work, order: Order, reason: str) -> None:
    """The stock goes back, and what was paid."""
    work.record(ORDER, order.order_id, decide.cancel(order, reason))
    _move_stock(work, order.lines, order.order_id, stocks.release)
    payment = work.state(PAYMENT, order.order_id)
    work.record(PAYMENT, order.order_id, payments.refund_rest(payment))
    purchases.cancel(work, order.order_id)


def ship(work: Work, order: Order, tracking_number: str, carrier: str, note: str) -> None:
    work.record(ORDER, order.order_id, decide.ship(order, tracking_number, carrier, note))
    _move_stock(work, order.lines, order.order_id, stocks.ship)


def give_back(work: Work, order: Order, restock: bool, note: str) -> None:
    work.record(ORDER, order.order_id, decide.give_back(order, restock, note))
    if restock:
        _move_stock(work, order.lines, order.order_id, stocks.take_back)


def describe(placed: OrderPlaced, now: str) -> dict[str, Any]:
    """An order as the answer to its placing shows it: all but the addresses, which are sealed."""
    charges = placed.charges
    return {
        "order_id": placed.order_id,
        "number": placed.number,
        "lines": [
            {
                "line_id": line.line_id,
                "product_id": line.product_id,
                "variant_id": line.variant_id,
                "sku": line.sku,
                "name": line.name,
                "unit_price": decimal_text(line.unit_price),
                "quantity": line.quantity,
                "total": decimal_text(line.total),
            }
            for line in placed.lines
        ],
        "subtotal": decimal_text(charges.subtotal),
        "tax": decimal_text(charges.tax),
        "shipping": decimal_text(charges.shipping),
        "discount": decimal_text(charges.discount),
        "total": decimal_text(charges.total),
        "currency": charges.currency,
        "placed_at": now,
    }


def find(work: Work, order_id: int) -> Order:
    """The order, when it is the caller's own (or the caller an administrator)."""
    order = work.state(ORDER, order_id)
    decide.ensure_mine(order, work.actor)
    return order


def _address(work: Work, address_id: int | None) -> Sealed | None:
    if address_id is None:
        return None
    return find_address(work.state(ACCOUNT, owner(work)), address_id)


def _move_stock(
    work: Work,
    lines: tuple[OrderLine, ...],
    order_id: int,
    move: Callable[[Stock, int, int], Event],
) -> None:
    work.states(STOCK, [line.sellable_id for line in lines])
    for line in sorted(lines, key=lambda line: line.sellable_id):
        stock = work.state(STOCK, line.sellable_id)
        work.record(STOCK, line.sellable_id, [move(stock, order_id, line.quantity)])


def status(work: Work, order_id: int) -> dict[str, Any]:
    """What a move answers."""
    return {"order_id": order_id, "status": work.state(ORDER, order_id).status}
