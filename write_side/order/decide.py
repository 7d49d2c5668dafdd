"""The rules of orders."""

from collections.abc import Mapping, Sequence

from write_side.cart.decide import ensure_sold
from write_side.cart.state import CartLine
from write_side.catalog.product.state import Product
from write_side.messages import Event
from write_side.order.events import (
    OrderCancelled,
    OrderDelivered,
    OrderPlaced,
    OrderReturned,
    OrderShipped,
    OrderTakenInWork,
)
from write_side.order.state import Order
from write_side.policies import PRICING
from write_side.refusals import Conflict, Invalid, NotFound
from write_side.values import MAX_TOTAL, OrderLine, Sealed

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBERS = 36**6
_STEP = 1_420_529_327  # coprime to 36^6, so that consecutive ids give numbers far apart


class CartIsEmpty(Conflict):
    type = "cart-is-empty"
    title = "Your cart is empty"


class NoSuchOrder(NotFound):
    type = "no-such-order"
    title = "No such order"


class WrongOrderStatus(Conflict):
    """`extra`: status (what it is) and wanted (what was asked for)."""

    type = "wrong-order-status"
    title = "The order's status does not allow it"


class MoveNotAllowed(Conflict):
    """`extra`: old and new, in the table's words."""

    type = "move-not-allowed"
    title = "The order cannot become that now"


class TrackingNumberMissing(Invalid):
    type = "tracking-number-missing"
    title = "What is shipped needs a tracking number"


def order_number(order_id: int, day: str) -> str:
    """ORD-YYYYMMDD-XXXXXX; `day` is the UTC date. A bijection of the id modulo 36^6 (2.2 billion), so
    two orders of one day cannot meet, and the numbers do not tell how many orders there are."""
    rest = order_id * _STEP % _NUMBERS
    text = ""
    for _ in range(6):
        rest, digit = divmod(rest, 36)
        text = _DIGITS[digit] + text
    return f"ORD-{day.replace('-', '')}-{text}"


def place(
    wanted: Sequence[CartLine],
    products: Mapping[int, Product],
    *,
    order_id: int,
    line_ids: list[int],
    number: str,
    person_id: int,
    pricing: str,
    shipping_address: Sealed | None,
    billing_address: Sealed | None,
    notes: Sealed | None = None,
) -> OrderPlaced:
    """Prices are what the products cost now, whatever they cost when they were put in the cart."""
    if not wanted:
        raise CartIsEmpty
    lines = tuple(
        _line(line, products[line.product_id], line_id) for line, line_id in zip(wanted, line_ids, strict=True)
    )
    charges = PRICING[pricing].charge(sum(line.total for line in lines))
    if charges.total > MAX_TOTAL:
        raise Invalid("the total is out of range")
    return OrderPlaced(
        order_id=order_id,
        number=number,
        person_id=person_id,
        lines=lines,
        charges=charges,
        pricing=pricing,
        shipping_address=shipping_address,
        billing_address=billing_address,
        notes=notes,
    )


def _line(line: CartLine, product: Product, line_id: int) -> OrderLine:
    ensure_sold(product, line.variant_id)
    variant = product.variants.get(line.variant_id or 0)
    return OrderLine(
        line_id=line_id,
        product_id=line.product_id,
        sku=variant.sku if variant else product.sku,
        name=product.name,
        unit_price=product.price_of(line.variant_id),
        quantity=line.quantity,
        variant_id=line.variant_id,
        variant_name=variant.name if variant else None,
        seller_id=product.seller_id,
    )


def cancel(order: Order, reason: str) -> list[Event]:
    _ensure(order, "cancelled", {"placed", "paid", "in-work"})
    return [OrderCancelled(order_id=order.order_id, reason=reason)]


def start(order: Order, note: str) -> list[Event]:
    _ensure(order, "in-work", {"placed", "paid"})
    return [OrderTakenInWork(order_id=order.order_id, note=note)]


def ship(order: Order, tracking_number: str, carrier: str, note: str) -> list[Event]:
    _ensure(order, "shipped", {"paid", "in-work"})
    return [OrderShipped(order_id=order.order_id, tracking_number=tracking_number, carrier=carrier, note=note)]


def deliver(order: Order, note: str) -> list[Event]:
    _ensure(order, "delivered", {"shipped"})
    return [OrderDelivered(order_id=order.order_id, note=note)]


def give_back(order: Order, restock: bool, note: str) -> list[Event]:
    _ensure(order, "returned", {"delivered"})
    ensure_whole(order)
    return [OrderReturned(order_id=order.order_id, restocked=restock, note=note)]


def ensure_whole(order: Order) -> None:
    """A past order comes back item by item, each with its own business time."""
    if order.past:
        raise WrongOrderStatus(
            "an order of past business is returned by return-items", status=order.status, wanted="returned"
        )


CARRIED = ("shipped", "delivered", "returned")


def carried(order: Order, news: str) -> tuple[str, ...]:
    """What has to happen for the news to be true, in order: nothing where it is true already. An order that
    nobody has to send, or that was cancelled, is not moved by a carrier."""
    if order.status in CARRIED:
        return CARRIED[CARRIED.index(order.status) + 1 : CARRIED.index(news) + 1]
    _ensure(order, news, {"paid", "in-work"})
    return CARRIED[: CARRIED.index(news) + 1]


def _ensure(order: Order, wanted: str, allowed: set[str]) -> None:
    if order.status not in allowed:
        raise WrongOrderStatus(
            f"an order that is {order.status} cannot become {wanted}",
            status=order.status,
            wanted=wanted,
        )
