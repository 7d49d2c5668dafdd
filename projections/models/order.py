"""`orders`: an order with its lines, charges, addresses and history, by order."""

from collections.abc import Iterator

from msgspec import UNSET

from projections.model import Entry, Model, Moment, Opener, Ranked
from projections.models.personal import erased_address, open_address, open_text
from read_side.documents.order import Change, Charges, Line, Order, Shipment, Tracking
from read_side.documents.sales import OtherCharge
from write_side.account.events import AccountErased
from write_side.order.events import (
    CarrierCodeStored,
    ItemsReturned,
    OrderAmended,
    OrderCancelled,
    OrderDelivered,
    OrderHidden,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderReturned,
    OrderShipped,
    OrderTakenInWork,
    PastOrderRecorded,
    TrackingStored,
)
from write_side.values import Charges as Money
from write_side.values import OrderLine

# The status is the furthest fact; a fact that comes late (a payment after the work began) moves
# nothing back.
_RANK = {
    fact: rank
    for rank, fact in enumerate(("", "placed", "paid", "in-work", "shipped", "delivered", "returned", "cancelled"))
}


def _note(order: Order, fact: str, when: Moment, note: str = "", seller_id: int | None = None) -> None:
    if _RANK[fact] > _RANK[order.status]:
        order.status = fact
    order.history.append(Change(fact, order.status, when.at, note, seller_id))
    order.updated_at = when.at


def _lines(lines: tuple[OrderLine, ...]) -> list[Line]:
    return [
        Line(
            line.line_id,
            line.product_id,
            line.sku,
            line.name,
            line.unit_price,
            line.quantity,
            line.variant_id,
            line.variant_name,
            line.seller_id,
        )
        for line in lines
    ]


def _charges(money: Money) -> Charges:
    return Charges(money.subtotal, money.tax, money.shipping, money.discount, money.total, money.currency)


def recorded(order: Order, event: PastOrderRecorded, when: Moment) -> None:
    """An order of past business: its history is in business time."""
    order.created = when.position
    order.created_at = order.updated_at = when.at
    order.source = event.source
    order.number = event.number
    order.placed_at = event.placed_at
    order.person_id = event.person_id or 0
    order.country = event.country
    order.lines = _lines(event.lines)
    order.other_charges = [OtherCharge(c.code, c.name, c.quantity, c.unit_price) for c in event.charges]
    order.charges = _charges(event.money)
    order.paid = event.money.total
    order.status = "delivered"
    order.history = [
        Change("placed", "placed", event.placed_at),
        Change("delivered", "delivered", event.placed_at, f"Past business of {event.source}; the day is the order's."),
    ]


def items_returned(order: Order, event: ItemsReturned, when: Moment) -> None:
    lines = {line.line_id: line for line in order.lines}
    for item in event.lines:
        lines[item.order_line_id].returned += item.quantity
    order.updated_at = when.at


def paid(order: Order, event: OrderPaid, when: Moment) -> None:
    order.paid += event.amount
    order.paid_at = when.at
    _note(order, "paid", when)


def taken_in_work(order: Order, event: OrderTakenInWork, when: Moment) -> None:
    _note(order, "in-work", when, event.note)


def shipped(order: Order, event: OrderShipped, when: Moment) -> None:
    order.shipments.append(Shipment(event.tracking_number, when.at, event.carrier, event.seller_id))
    order.tracking_number = event.tracking_number or None
    order.shipped_at = when.at
    _note(order, "shipped", when, event.note, event.seller_id)


def delivered(order: Order, event: OrderDelivered, when: Moment) -> None:
    for shipment in order.shipments:
        if event.seller_id is None or shipment.seller_id == event.seller_id:
            shipment.delivered_at = shipment.delivered_at or when.at
    order.delivered_at = when.at
    _note(order, "delivered", when, event.note, event.seller_id)


def returned(order: Order, event: OrderReturned, when: Moment) -> None:
    _note(order, "returned", when, event.note)


def cancelled(order: Order, event: OrderCancelled, when: Moment) -> None:
    order.cancellation_reason = event.reason
    _note(order, "cancelled", when, event.reason)


def refunded(order: Order, event: OrderRefunded, when: Moment) -> None:
    order.refunded += event.amount
    order.updated_at = when.at


def hidden(order: Order, _event: OrderHidden, when: Moment) -> None:
    order.hidden = True
    order.updated_at = when.at


def tracking_stored(order: Order, event: TrackingStored | CarrierCodeStored, when: Moment) -> None:
    tracking = next((one for one in order.trackings if one.seller_id == event.seller_id), None)
    if tracking is None:
        tracking = Tracking(event.seller_id, when.at)
        order.trackings.append(tracking)
    if isinstance(event, TrackingStored):
        tracking.tracking_number = event.tracking_number
    else:
        tracking.carrier_code = event.carrier_code
    if event.carrier is not UNSET:
        tracking.carrier = event.carrier
    order.updated_at = tracking.updated_at = when.at


def person_erased(order: Order, _event: AccountErased, when: Moment) -> None:
    """What was bought and paid stays, whose it was is a number."""
    order.shipping_address = erased_address(order.shipping_address)
    order.billing_address = erased_address(order.billing_address)
    order.notes = ""
    order.updated_at = when.at


def entries(order: Order) -> Iterator[Entry]:
    """Lists by buyer, by seller of a line, also of each status, by party (either of the two), by status, and of
    all; oldest first. A hidden order is in one alone, for its buyer's erasure to find it."""
    if not order.created:
        return
    if order.hidden:
        if order.person_id:
            yield Ranked(f"hidden-of:{order.person_id}", order.created)
        return
    yield Ranked("all", order.created)
    if order.person_id:
        yield Ranked(f"buyer:{order.person_id}", order.created)
    yield Ranked(f"status:{order.status}", order.created)
    sellers = {line.seller_id for line in order.lines} - {None}
    for seller_id in sellers:
        yield Ranked(f"seller:{seller_id}", order.created)
        yield Ranked(f"seller:{seller_id}:{order.status}", order.created)
    for person_id in sellers | ({order.person_id} if order.person_id else set()):
        yield Ranked(f"party:{person_id}", order.created)


def orders(opener: Opener) -> Model[Order]:
    def placed(order: Order, event: OrderPlaced, when: Moment) -> None:
        order.created = when.position
        order.created_at = when.at
        order.number = event.number
        order.person_id = event.person_id
        order.pricing = event.pricing
        order.lines = _lines(event.lines)
        order.charges = _charges(event.charges)
        if event.shipping_address is not None:
            order.shipping_address = open_address(opener, event.shipping_address)
        if event.billing_address is not None:
            order.billing_address = open_address(opener, event.billing_address)
        if event.notes is not None:
            order.notes = open_text(opener, event.notes)
        _note(order, "placed", when)

    def amended(order: Order, event: OrderAmended, when: Moment) -> None:
        if event.shipping_address is not UNSET:
            address = event.shipping_address
            order.shipping_address = None if address is None else open_address(opener, address)
        if event.notes is not UNSET:
            order.notes = "" if event.notes is None else open_text(opener, event.notes)
        order.updated_at = when.at

    return Model(
        name="orders",
        version=2,
        document=Order,
        empty=lambda key: Order(order_id=int(key)),
        key=lambda _stream, event, _when: str(event.order_id),
        folds={
            OrderPlaced: placed,
            PastOrderRecorded: recorded,
            ItemsReturned: items_returned,
            OrderAmended: amended,
            OrderHidden: hidden,
            TrackingStored: tracking_stored,
            CarrierCodeStored: tracking_stored,
            OrderPaid: paid,
            OrderTakenInWork: taken_in_work,
            OrderShipped: shipped,
            OrderDelivered: delivered,
            OrderReturned: returned,
            OrderCancelled: cancelled,
            OrderRefunded: refunded,
            AccountErased: person_erased,
        },
        entries=entries,
        spreads={AccountErased: lambda event: {f"buyer:{event.person_id}", f"hidden-of:{event.person_id}"}},
    )
