"""Which streams placing an order reads and writes: the order, the stock of every line and the cart, in one append.
Merely checking the stock would sell it twice."""

from typing import Any

from write_side.account.decide import find_address
from write_side.account.state import ACCOUNT
from write_side.cart.events import CartCheckedOut
from write_side.cart.handlers import owner
from write_side.cart.state import CART, CartLine
from write_side.catalog.product.state import PRODUCT
from write_side.fields import decimal_text
from write_side.messages import Actor
from write_side.order import decide
from write_side.order.commands import PlaceOrder
from write_side.order.details_handlers import Services, seal
from write_side.order.events import OrderPlaced
from write_side.order.handlers import move_stock
from write_side.order.state import ORDER
from write_side.refusals import Unauthenticated
from write_side.stock import decide as stocks
from write_side.stock import low
from write_side.stock.state import STOCK
from write_side.values import Sealed
from write_side.work import Work, handles


def _prepare(command: PlaceOrder, actor: Actor, services: Services) -> dict[str, Sealed | None]:
    if command.shipping_address is None and not command.notes:
        return {}
    if actor.person_id is None:
        raise Unauthenticated
    return seal(command, actor.person_id, services)


@handles(PlaceOrder, _prepare)
def place_order(command: PlaceOrder, work: Work) -> dict[str, Any]:
    mine = owner(work)
    wanted = _wanted(command, work, mine)
    products = work.states(PRODUCT, {line.product_id for line in wanted})
    # In one order for everybody: the streams of a batch are decided in memory anyway, and the
    # database locks rows in the order in which it gets them.
    work.states(STOCK, sorted({*(line.sellable_id for line in wanted), *low.sellables(products.values())}))
    watch = low.Watch(work, products.values())
    order_id = work.new_id()
    sealed: dict[str, Sealed | None] = work.prepared or {}
    placed = decide.place(
        wanted,
        products,
        order_id=order_id,
        line_ids=[work.new_id() for _ in wanted],
        number=decide.order_number(order_id, work.now[:10]),
        person_id=mine,
        pricing=command.pricing,
        shipping_address=sealed.get("shipping_address") or _address(work, command.shipping_address_id),
        billing_address=_address(work, command.billing_address_id),
        notes=sealed.get("notes"),
    )
    work.begin(ORDER, order_id, [placed])
    move_stock(work, placed.lines, order_id, stocks.reserve)
    watch.report()
    if command.items is None:
        work.record(CART, mine, [CartCheckedOut(order_id=order_id)])
    return describe(placed, work.now)


def describe(placed: OrderPlaced, now: str) -> dict[str, Any]:
    """An order as the answer to its placing shows it: all but the addresses and notes, which are sealed."""
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


def _wanted(command: PlaceOrder, work: Work, mine: int) -> list[CartLine]:
    """What is ordered, in a cart's terms; a line that is in none has no id."""
    if command.items is None:
        return list(work.state(CART, mine).lines.values())
    return [CartLine(0, item.product_id, item.variant_id, item.quantity) for item in command.items]


def _address(work: Work, address_id: int | None) -> Sealed | None:
    if address_id is None:
        return None
    return find_address(work.state(ACCOUNT, owner(work)), address_id)
