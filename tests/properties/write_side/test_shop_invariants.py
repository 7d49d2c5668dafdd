"""Whatever people do, in whatever order: stock and money are conserved, to the unit and to the cent."""

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support.given import Happened, World

from write_side.account.authorise import authorise
from write_side.account.events import AccountRegistered
from write_side.account.state import ACCOUNT
from write_side.cart.commands import AddToCart, ChangeCartItem, ClearCart, RemoveFromCart
from write_side.cart.state import CART
from write_side.catalog.product.commands import CreateProduct, NewVariant, UpdateProduct
from write_side.messages import Actor, Command
from write_side.order.commands import CancelOrder, DeliverOrder, PlaceOrder, ReturnOrder, ShipOrder, StartOrder
from write_side.order.state import ORDER, Order
from write_side.payment.commands import (
    RecordIntentFailure,
    RecordPaymentFailure,
    RecordPaymentIntent,
    RecordPaymentSuccess,
    RecordRefund,
    RecordRefundFailure,
    RequestPayment,
    RequestRefund,
)
from write_side.payment.state import PAYMENT
from write_side.refusals import Refusal
from write_side.stock.commands import AdjustStock
from write_side.stock.events import StockAdjusted, StockOpened, StockReturned, StockShipped
from write_side.stock.state import STOCK
from write_side.values import Sealed

SERVICE = Actor(service="tests")
BUYERS = [Actor(person_id=person, roles=frozenset({"buyer"})) for person in (1, 2)]
RESERVING = {"placed", "paid", "in-work"}

buyers = st.sampled_from(BUYERS)
few = st.integers(1, 8)
picks = st.integers(0, 10**6)  # of what there is, by the remainder


class ShopMachine(RuleBasedStateMachine):
    """Commands through the real handlers on streams in memory; what is checked is counted here anew."""

    @initialize()
    def open_shop(self) -> None:
        self.world = World(authorise)
        for buyer in BUYERS:
            registered = AccountRegistered(
                person_id=buyer.person_id or 0,
                email=Sealed("e"),
                email_hash="h",
                first_name=Sealed("f"),
                last_name=Sealed("l"),
            )
            self.world.has(ACCOUNT, registered.person_id, registered)
        self.on_hand: Counter[int] = Counter()
        self.orders: list[int] = []
        self.buyer_of: dict[int, Actor] = {}
        self.sellables: list[tuple[int, int | None, str]] = []
        for number, stock in enumerate((3, 12)):
            variant = NewVariant(name="Red", sku=f"R{number}", price=333, stock=5)
            made = self.send(
                CreateProduct(name="P", price=1999 + number, sku=f"P{number}", stock=stock, variants=[variant])
            )
            assert made is not None
            product_id, (red,) = made.result["product_id"], made.result["variants"]
            self.sellables += [(product_id, None, f"P{number}"), (product_id, red["variant_id"], f"R{number}")]
        for number, buyer in enumerate(BUYERS):
            self.buy(buyer, pick=number, quantity=2, pricing="store", paid=number == 0)

    def send(self, command: Command, actor: Actor = SERVICE) -> Happened | None:
        try:
            happened = self.world.when(command, actor)
        except Refusal:
            return None
        for event in happened.events:
            match event:
                case StockOpened():
                    self.on_hand[event.variant_id or event.product_id] += event.on_hand
                case StockAdjusted():
                    self.on_hand[event.variant_id or event.product_id] += event.by
                case StockShipped():
                    self.on_hand[event.variant_id or event.product_id] -= event.quantity
                case StockReturned():
                    self.on_hand[event.variant_id or event.product_id] += event.quantity
        return happened

    def send_twice(self, command: Command, actor: Actor = SERVICE) -> None:
        """For what sets and does not add: the same again changes nothing."""
        if self.send(command, actor) is not None:
            again = self.send(command, actor)
            assert again is not None and again.events == []

    # -- carts and catalogue ----------------------------------------------------------------------

    @rule(buyer=buyers, pick=picks, quantity=few)
    def add(self, buyer: Actor, pick: int, quantity: int) -> None:
        product_id, variant_id, _ = self.sellables[pick % len(self.sellables)]
        self.send(AddToCart(product_id=product_id, variant_id=variant_id, quantity=quantity), buyer)

    @rule(buyer=buyers, pick=picks, quantity=few)
    def change(self, buyer: Actor, pick: int, quantity: int) -> None:
        self.send_twice(ChangeCartItem(line_id=self.line(buyer, pick), quantity=quantity), buyer)

    @rule(buyer=buyers, pick=picks)
    def remove(self, buyer: Actor, pick: int) -> None:
        self.send(RemoveFromCart(line_id=self.line(buyer, pick)), buyer)

    def line(self, buyer: Actor, pick: int) -> int:
        lines = [line.line_id for line in self.world.state(CART, buyer.person_id or 0).lines.values()]
        return lines[pick % len(lines)] if lines else 999_999

    @rule(buyer=buyers)
    def clear(self, buyer: Actor) -> None:
        self.send_twice(ClearCart(), buyer)

    @rule(pick=picks, to=st.integers(0, 15))
    def count_stock(self, pick: int, to: int) -> None:
        self.send_twice(AdjustStock(sku=self.sellables[pick % len(self.sellables)][2], to=to))

    @rule(pick=picks, by=st.integers(-6, 6))
    def move_stock(self, pick: int, by: int) -> None:
        self.send(AdjustStock(sku=self.sellables[pick % len(self.sellables)][2], by=by))

    @rule(pick=picks, cents=st.integers(0, 10_000), active=st.none() | st.booleans())
    def reprice(self, pick: int, cents: int, active: bool | None) -> None:
        product_id = self.sellables[pick % len(self.sellables)][0]
        self.send_twice(UpdateProduct(product_id=product_id, price=f"{cents / 100:.2f}", active=active))

    # -- orders -----------------------------------------------------------------------------------

    @rule(buyer=buyers, pricing=st.sampled_from(["none", "store"]))
    def place(self, buyer: Actor, pricing: Any) -> None:
        before = self.world.state(CART, buyer.person_id or 0)
        placed = self.send(PlaceOrder(pricing=pricing), buyer)
        if placed is None:
            assert self.world.state(CART, buyer.person_id or 0) == before
            return
        order_id = placed.result["order_id"]
        self.orders.append(order_id)
        self.buyer_of[order_id] = buyer
        assert not self.world.state(CART, buyer.person_id or 0).lines
        order = self.world.state(ORDER, order_id)
        subtotal = sum(line.unit_price * line.quantity for line in order.lines)
        assert order.total == subtotal + (subtotal // 10 + 500 if pricing == "store" else 0)
        assert sum(line.quantity for line in order.lines) == sum(line.quantity for line in before.lines.values())

    @rule(buyer=buyers, pick=picks, quantity=few, pricing=st.sampled_from(["none", "store"]), paid=st.booleans())
    def buy(self, buyer: Actor, pick: int, quantity: int, pricing: Any, paid: bool) -> None:
        """Straight to an order, and often to a paid one: left to chance alone few lives get that far."""
        self.add(buyer, pick, quantity)
        before = len(self.orders)
        self.place(buyer, pricing)
        if paid and len(self.orders) > before:
            self.ask_to_pay(before)
            self.hear_from_stripe(before, "intent")
            self.hear_from_stripe(before, "paid")

    def order(self, pick: int) -> int:
        return self.orders[pick % len(self.orders)]

    @precondition(lambda self: self.orders)
    @rule(pick=picks, move=st.sampled_from([StartOrder, DeliverOrder]))
    def go_on(self, pick: int, move: Any) -> None:
        self.send(move(order_id=self.order(pick)))

    @precondition(lambda self: self.orders)
    @rule(pick=picks)
    def ship(self, pick: int) -> None:
        self.send(ShipOrder(order_id=self.order(pick), tracking_number="T"))

    @precondition(lambda self: self.orders)
    @rule(pick=picks, restock=st.booleans())
    def give_back(self, pick: int, restock: bool) -> None:
        self.send(ReturnOrder(order_id=self.order(pick), restock=restock))

    @precondition(lambda self: self.orders)
    @rule(pick=picks)
    def cancel(self, pick: int) -> None:
        order_id = self.order(pick)
        if self.send(CancelOrder(order_id=order_id), self.buyer_of[order_id]):
            assert self.send(CancelOrder(order_id=order_id), self.buyer_of[order_id]) is None
            assert self.world.state(PAYMENT, order_id).left == 0  # given back, or asked for

    # -- money ------------------------------------------------------------------------------------

    @precondition(lambda self: self.orders)
    @rule(pick=picks)
    def ask_to_pay(self, pick: int) -> None:
        order_id = self.order(pick)
        self.send_twice(RequestPayment(order_id=order_id), self.buyer_of[order_id])

    @precondition(lambda self: self.orders)
    @rule(pick=picks, outcome=st.sampled_from(["intent", "no intent", "declined", "paid", "paid"]))
    def hear_from_stripe(self, pick: int, outcome: str) -> None:
        order_id = self.order(pick)
        order, intent = self.world.state(ORDER, order_id), f"pi_{order_id}"
        match outcome:
            case "intent":
                self.send_twice(RecordPaymentIntent(order_id=order_id, intent_id=intent))
            case "no intent":
                attempt = self.world.state(PAYMENT, order_id).attempt
                self.send_twice(RecordIntentFailure(order_id=order_id, attempt=attempt, reason="down"))
            case "declined":
                self.send(RecordPaymentFailure(order_id=order_id, intent_id=intent, reason="declined"))
            case _:
                news = self.world.state(PAYMENT, order_id).captured == 0
                self.send_twice(
                    RecordPaymentSuccess.model_construct(
                        order_id=order_id, intent_id=intent, amount=order.total, charge_id="ch", event_id=None
                    )
                )
                if news and order.cancelled:
                    assert self.world.state(PAYMENT, order_id).left == 0

    @precondition(lambda self: self.orders)
    @rule(pick=picks, cents=st.none() | st.integers(1, 5000))
    def ask_for_money_back(self, pick: int, cents: int | None) -> None:
        self.send(RequestRefund.model_construct(order_id=self.order(pick), amount=cents))

    @precondition(lambda self: self.orders)
    @rule(pick=picks, refused=st.booleans())
    def hear_of_a_refund(self, pick: int, refused: bool) -> None:
        """The oldest one that is open; a refusal is told twice, too."""
        order_id = self.order(pick)
        payment = self.world.state(PAYMENT, order_id)
        if not payment.refunding:
            return
        number, amount = min(payment.refunding.items())
        if refused:
            self.send_twice(RecordRefundFailure(order_id=order_id, number=number, reason="closed"))
        else:
            self.send_twice(
                RecordRefund.model_construct(
                    order_id=order_id,
                    intent_id=f"pi_{order_id}",
                    refunded_total=payment.refunded + amount,
                    refund_id=f"re_{number}",
                    number=number,
                    captured=None,
                    charge_id=None,
                    event_id=None,
                )
            )

    # -- what always holds ------------------------------------------------------------------------

    @invariant()
    def stock_is_conserved(self) -> None:
        reserved: Counter[int] = Counter()
        for order in self.all_orders():
            if order.status in RESERVING:
                reserved.update({line.sellable_id: line.quantity for line in order.lines})
        for product_id, variant_id, _ in self.sellables:
            sellable = variant_id or product_id
            stock = self.world.state(STOCK, sellable)
            assert stock.available >= 0
            assert stock.reserved == reserved[sellable]
            assert stock.on_hand == self.on_hand[sellable]

    @invariant()
    def money_is_conserved(self) -> None:
        for order in self.all_orders():
            payment = self.world.state(PAYMENT, order.order_id)
            open_refunds = sum(payment.refunding.values())
            assert order.paid == payment.captured in (0, order.total)
            assert order.refunded == payment.refunded
            assert payment.refunded + open_refunds + payment.left == payment.captured
            assert min(payment.left, payment.refunded, open_refunds) >= 0

    @invariant()
    def carts_hold_one_line_of_a_kind(self) -> None:
        for buyer in BUYERS:
            lines = self.world.state(CART, buyer.person_id or 0).lines
            assert all(key == line.sellable_id and line.quantity >= 1 for key, line in lines.items())
            assert len({line.line_id for line in lines.values()}) == len(lines)

    def all_orders(self) -> list[Order]:
        return [self.world.state(ORDER, order_id) for order_id in self.orders]


ShopMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestShop = ShopMachine.TestCase
