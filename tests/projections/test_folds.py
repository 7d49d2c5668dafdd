"""Given events, when they are folded, then the document says what happened."""

from typing import Any, TypeVar

import msgspec
import pytest
from memory_session import Projection
from shop_past import Happened, history, open_sealed, rows

from projections.models import redis_models
from projections.stores.base import Target
from read_side.documents.cart import Cart
from read_side.documents.order import Order, Payment
from read_side.documents.person import ERASED, Account, Loyalty
from read_side.documents.product import Product
from write_side.account.events import AccountRegistered, AddressAdded, EmailChanged, EmailVerified, ProfileChanged
from write_side.cart.events import (
    CartCleared,
    CartItemQuantityChanged,
    ItemAddedToCart,
    ItemRemovedFromCart,
)
from write_side.catalog.product.events import (
    ProductChanged,
    ProductCreated,
    ProductDeleted,
    ProductRepriced,
    VariantAdded,
    VariantRemoved,
)
from write_side.messages import EVENT_TYPES
from write_side.order.events import (
    CarrierCodeStored,
    OrderAmended,
    OrderCancelled,
    OrderHidden,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderShipped,
    OrderTakenInWork,
    TrackingStored,
)
from write_side.payment.events import RefundFailed, RefundRequested, RefundSucceeded
from write_side.stock.events import StockOpened, StockReleased, StockReserved
from write_side.values import Charges, OrderLine, Sealed

T = TypeVar("T")


def folded(*happened: Happened) -> Projection:
    """All of it in one batch: the second event of a document must see the first one's work."""
    projection = Projection(redis_models(open_sealed))
    projection.take(rows(list(happened)))
    assert projection.session.parks == []
    return projection


def document(projection: Projection, target: Target, kind: type[T]) -> T:
    return msgspec.json.decode(projection.session.documents[target], type=kind)


def added(line_id: int, product_id: int, quantity: int) -> Happened:
    return "cart-7", ItemAddedToCart(line_id=line_id, product_id=product_id, quantity=quantity, unit_price=100)


def created(product_id: int = 5, **more: Any) -> Happened:
    fields: dict[str, Any] = {
        "name": "Lamp",
        "slug": "lamp",
        "sku": "L",
        "selling_price": 1000,
    } | more
    return f"product-{product_id}", ProductCreated(
        product_id=product_id,
        low_stock_threshold=3,
        **fields,
    )


def test_events_of_one_cart_in_one_batch_all_count() -> None:
    cart = document(folded(added(1, 5, 2), added(1, 5, 3), added(2, 6, 1), added(1, 5, 1)), ("carts", "7"), Cart)
    assert {line_id: line.quantity for line_id, line in cart.lines.items()} == {1: 6, 2: 1}
    assert cart.position == 4
    assert cart.created_at < cart.updated_at


def test_a_cart_follows_changes_removals_and_clearing() -> None:
    steps = [
        added(1, 5, 2),
        added(2, 6, 1),
        ("cart-7", CartItemQuantityChanged(line_id=1, quantity=9)),
        ("cart-7", ItemRemovedFromCart(line_id=2)),
    ]
    cart = document(folded(*steps), ("carts", "7"), Cart)
    assert [(line.line_id, line.quantity) for line in cart.lines.values()] == [(1, 9)]
    cart = document(folded(*steps, ("cart-7", CartCleared())), ("carts", "7"), Cart)
    assert cart.lines == {}


def test_two_partial_changes_of_a_product_both_survive() -> None:
    projection = folded(
        created(),
        ("product-5", ProductChanged(product_id=5, description="bright")),
        ("product-5", ProductChanged(product_id=5, featured=True)),
        (
            "product-5",
            ProductRepriced(product_id=5, selling_price=900, list_price=1000, cost_price=None),
        ),
    )
    product = document(projection, ("products", "5"), Product)
    assert (product.description, product.featured, product.selling_price) == ("bright", True, 900)


def test_a_discount_in_percent_is_shown_until_a_price_is_set_by_hand() -> None:
    prices = {"list_price": 1000, "cost_price": None}
    made = created(selling_price=900, list_price=1000, discount_percent="10")
    more = ("product-5", ProductRepriced(product_id=5, selling_price=875, discount_percent="12.5", **prices))  # type: ignore[arg-type]
    by_hand = ("product-5", ProductRepriced(product_id=5, selling_price=800, **prices))  # type: ignore[arg-type]
    shown = [document(folded(made, *steps), ("products", "5"), Product) for steps in ((), (more,), (more, by_hand))]
    assert [product.discount_percent for product in shown] == ["10", "12.5", None]
    assert [product.full_price for product in shown] == [1000, 1000, 1000]
    assert document(folded(created()), ("products", "5"), Product).full_price == 1000


def test_a_products_number_is_its_base_and_its_variants() -> None:
    def reserved(kind: type, variant_id: int | None, quantity: int) -> Happened:
        return f"stock-{variant_id or 5}", kind(product_id=5, variant_id=variant_id, order_id=1, quantity=quantity)

    happened = [
        created(),
        ("stock-5", StockOpened(product_id=5, sku="L", on_hand=10)),
        ("product-5", VariantAdded(product_id=5, variant_id=8, name="XL", sku="LX")),
        ("stock-8", StockOpened(product_id=5, variant_id=8, sku="LX", on_hand=4)),
        reserved(StockReserved, None, 3),
        reserved(StockReserved, 8, 2),
        reserved(StockReleased, 8, 1),
    ]
    product = document(folded(*happened), ("products", "5"), Product)
    assert (product.available, product.available_of(None), product.available_of(8)) == (10, 7, 3)
    gone = [
        ("product-5", VariantRemoved(product_id=5, variant_id=8)),
        reserved(StockReleased, 8, 1),
    ]
    product = document(folded(*happened, *gone), ("products", "5"), Product)
    assert product.available == 7


def test_names_and_lists_follow_a_product() -> None:
    projection = folded(created(seller_id=3, category_id=2))
    entries = {entry for target, entry in projection.session.entries}
    assert entries == {
        ("slug", "lamp", "5"), ("sku", "L", "5"), ("seller:3", 1), ("sold-by:3", 1), ("newest", 1), ("category:2", 1),
        ("low", 0), ("low:3", 0),
    }  # fmt: skip
    projection.take(rows([("product-5", ProductChanged(product_id=5, category_id=4))], first=2))
    entries = {entry for target, entry in projection.session.entries}
    assert ("category:4", 1) in entries
    assert ("category:2", 1) not in entries


def test_a_name_passes_to_another_product_within_a_batch() -> None:
    projection = folded(created(5), ("product-5", ProductDeleted(product_id=5)), created(6, selling_price=1))
    slugs = {e for e in projection.session.entries if e[1][0] == "slug"}
    assert slugs == {(("products", "6"), ("slug", "lamp", "6"))}


def placed() -> Happened:
    charges = Charges(subtotal=100, tax=10, shipping=5, discount=0, total=115)
    return "order-9", OrderPlaced(
        order_id=9,
        number="ORD-9",
        person_id=7,
        lines=(),
        charges=charges,
        pricing="store",
        shipping_address=Sealed('open:{"full_name": "Ann", "city": "Ulm"}'),
        billing_address=Sealed("lost:"),
    )


def test_an_orders_status_is_its_furthest_fact() -> None:
    projection = folded(
        placed(),
        ("order-9", OrderTakenInWork(order_id=9, note="go")),
        ("order-9", OrderPaid(order_id=9, amount=115)),
        ("order-9", OrderShipped(order_id=9, tracking_number="T", carrier="DHL")),
    )
    order = document(projection, ("orders", "9"), Order)
    assert [(change.fact, change.status) for change in order.history] == [
        ("placed", "placed"),
        ("in-work", "in-work"),
        ("paid", "in-work"),
        ("shipped", "shipped"),
    ]
    assert (order.status, order.paid, order.tracking_number) == ("shipped", 115, "T")
    assert {entry[1] for entry in projection.session.entries} >= {("status:shipped", 1)}
    assert ("status:placed", 1) not in {entry[1] for entry in projection.session.entries}


def test_what_is_said_about_an_order_counts_as_it_was_said_last() -> None:
    def told(kind: type[TrackingStored] | type[CarrierCodeStored], seller_id: int, **said: str) -> Happened:
        return "order-9", kind(order_id=9, seller_id=seller_id, **said)  # type: ignore[arg-type]

    projection = folded(
        placed(),
        told(TrackingStored, 3, tracking_number="T1", carrier="DHL"),
        told(TrackingStored, 4, tracking_number="X"),
        told(CarrierCodeStored, 3, carrier_code="C1"),
        told(TrackingStored, 3, tracking_number="T2"),
        told(CarrierCodeStored, 4, carrier_code="C2", carrier="UPS"),
        ("order-9", OrderAmended(order_id=9, notes=Sealed("open:ring twice"))),
        ("order-9", OrderAmended(order_id=9, shipping_address=Sealed('open:{"full_name": "Bea"}'))),
        ("order-9", OrderShipped(order_id=9, tracking_number="")),
    )
    order = document(projection, ("orders", "9"), Order)
    assert [(t.seller_id, t.tracking_number, t.carrier, t.carrier_code) for t in order.trackings] == [
        (3, "T2", "DHL", "C1"),
        (4, "X", "UPS", "C2"),
    ]
    assert order.trackings[0].updated_at < order.trackings[1].updated_at < order.updated_at
    assert order.notes == "ring twice"
    assert order.shipping_address is not None and order.shipping_address.full_name == "Bea"
    assert order.tracking_number is None
    taken = ("order-9", OrderAmended(order_id=9, notes=None, shipping_address=None))
    projection.take(rows([taken], first=10))
    order = document(projection, ("orders", "9"), Order)
    assert (order.notes, order.shipping_address) == ("", None)


def test_a_hidden_order_leaves_every_list_and_keeps_what_it_was() -> None:
    line = OrderLine(line_id=1, product_id=5, sku="L", name="Lamp", unit_price=100, quantity=1, seller_id=3)
    charges = Charges(subtotal=100, tax=0, shipping=0, discount=0, total=100)
    order = OrderPlaced(order_id=9, number="N", person_id=7, lines=(line,), charges=charges, pricing="none")
    projection = folded(("order-9", order))
    lists = {entry[1] for entry in projection.session.entries if entry[0] == ("orders", "9")}
    names = {"all", "buyer:7", "seller:3", "seller:3:placed", "party:3", "party:7", "status:placed"}
    assert lists == {(name, 1) for name in names}
    sales = {target: stored for target, stored in projection.session.documents.items() if target[0] != "orders"}
    projection.take(rows([("order-9", OrderHidden(order_id=9))], first=2))
    assert [e[1] for e in projection.session.entries if e[0] == ("orders", "9")] == [("hidden-of:7", 1)]
    assert document(projection, ("orders", "9"), Order).lines[0].total == 100
    assert {target: projection.session.documents[target] for target in sales} == sales
    projection.take(rows([("order-9", OrderCancelled(order_id=9))], first=3))
    assert [e[1] for e in projection.session.entries if e[0] == ("orders", "9")] == [("hidden-of:7", 1)]


def test_what_cannot_be_opened_becomes_a_tombstone() -> None:
    order = document(folded(placed()), ("orders", "9"), Order)
    assert order.shipping_address is not None
    assert order.billing_address is not None
    assert (order.shipping_address.city, order.billing_address.city) == ("Ulm", ERASED)
    lost = Sealed("lost:")
    registered = AccountRegistered(
        person_id=7, email=lost, email_hash="h", first_name=lost, last_name=lost, phone_number=lost
    )
    address = AddressAdded(person_id=7, address_id=1, address_type="billing", is_default=True, address=lost)
    projection = folded(("account-7", registered), ("account-7", address))
    account = document(projection, ("accounts", "7"), Account)
    assert {account.email, account.first_name, account.phone_number} == {ERASED}
    assert account.addresses[1].address.full_name == ERASED
    assert (account.roles, account.active) == (["buyer"], True)


def test_a_person_s_details_come_and_go() -> None:
    details, bank = Sealed('open:{"phone": "+15551234567", "n": [1.5]}'), Sealed("lost:")
    email = Sealed("open:new@shop.test")
    projection = folded(
        ("account-7", AccountRegistered(person_id=7, email=Sealed("open:old@shop.test"), email_hash="h",
                                        first_name=bank, last_name=bank, roles=(), google=True)),
        ("account-7", EmailVerified(person_id=7)),
        ("account-7", ProfileChanged(person_id=7, contact_details=details, bank_details=bank)),
        ("account-7", EmailChanged(person_id=7, email=email, email_hash="n")),
    )  # fmt: skip
    account = document(projection, ("accounts", "7"), Account)
    assert (account.email, account.verified, account.google, account.roles) == ("new@shop.test", False, True, [])
    assert (account.contact_details, account.bank_details) == ({"phone": "+15551234567", "n": [1.5]}, {})
    gone = ("account-7", ProfileChanged(person_id=7, contact_details=None))
    projection.take(rows([gone], first=5))
    assert document(projection, ("accounts", "7"), Account).contact_details is None


def test_points_are_what_was_paid_and_did_not_go_back_in_whole_units() -> None:
    projection = folded(
        placed(),
        ("order-9", OrderPaid(order_id=9, amount=1999)),
        ("order-9", OrderRefunded(order_id=9, amount=250)),
        ("order-9", OrderRefunded(order_id=9, amount=50)),
    )
    loyalty = document(projection, ("loyalty", "7"), Loyalty)
    assert (loyalty.paid, loyalty.points) == (1699, 16)
    assert Loyalty(7, paid=99).points == Loyalty(7, paid=-250).points == 0


def test_a_refund_stays_open_until_its_own_number_is_answered() -> None:
    def asked(number: int, amount: int) -> Happened:
        return "payment-9", RefundRequested(order_id=9, intent_id="pi", amount=amount, number=number)

    projection = folded(
        asked(1, 30),
        asked(2, 50),
        asked(3, 20),
        ("payment-9", RefundSucceeded(order_id=9, amount=10, refund_id="re_dashboard")),
        ("payment-9", RefundSucceeded(order_id=9, amount=50, refund_id="re", number=2)),
        ("payment-9", RefundSucceeded(order_id=9, amount=0, refund_id="re", number=2)),
        ("payment-9", RefundFailed(order_id=9, number=3, amount=20, reason="closed")),
    )
    payment = document(projection, ("payments", "9"), Payment)
    assert (payment.refunded, payment.refunding) == (60, {1: 30})
    assert payment.refund_ids == ["re_dashboard", "re"]
    assert payment.refund_failures == {3: "closed"}


UNREAD = {
    "account.password-reset-requested": "a mail follows it",
    "account.login-link-requested": "a mail follows it",
    "account.google-linked": "decides who signs in; nobody is shown it",
    "session.began": "history alone",
    "session.ended": "history alone",
    "review.purchase-confirmed": "decides who may review; the order itself tells that it was paid",
    "review.purchase-cancelled": "as above",
    "stock.fell-low": "mails follow it; how many there are is in the product",
}
"""Events that no read model needs, and why."""


def test_every_event_has_a_read_model() -> None:
    known = {event_type.TOPIC for model in redis_models(open_sealed) for event_type in model.folds}
    assert set(EVENT_TYPES) - known == set(UNREAD)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_batches_of_any_size_give_the_same_bytes(size: int) -> None:
    past = rows(history(1, 1500))
    whole = Projection(redis_models(open_sealed))
    whole.take(past)
    assert whole.session.parks == []
    pieces = Projection(redis_models(open_sealed))
    for start in range(0, len(past), size):
        pieces.take(past[start : start + size])
    assert pieces.session.documents == whole.session.documents
    assert pieces.session.entries == whole.session.entries
