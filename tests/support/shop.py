"""A shop to act in: speaks to the bus as clients do, and gives back what tests go on with."""

import itertools
from dataclasses import dataclass
from typing import Any

from storefold.bootstrap import WriteSide
from write_side.account.commands import GrantRole, RegisterAccount
from write_side.batch import Accepted
from write_side.cart.commands import AddToCart
from write_side.cart.state import CART
from write_side.catalog.product.commands import CreateProduct
from write_side.codecs import decode
from write_side.messages import Actor, Command
from write_side.order.commands import PlaceOrder
from write_side.payment.commands import RecordPaymentIntent, RecordPaymentSuccess, RequestPayment
from write_side.stock.commands import AdjustStock

PASSWORD = "correct horse battery"
SERVICE = Actor(service="tests")
"""One of the product's own parts: may do what administrators and workers may."""


@dataclass(frozen=True, slots=True)
class Person:
    person_id: int
    email: str
    roles: frozenset[str]

    @property
    def actor(self) -> Actor:
        return Actor(person_id=self.person_id, roles=self.roles)


@dataclass(frozen=True, slots=True)
class Goods:
    """A product as `create-product` answered it."""

    product_id: int
    sku: str
    slug: str
    variants: tuple[dict[str, Any], ...] = ()


class Shop:
    """`do` carries out any command as a person, an actor or, by default, the service."""

    def __init__(self, write_side: WriteSide) -> None:
        self.write_side = write_side
        self._numbers = itertools.count(1)

    def do(self, command: Command, by: Person | Actor = SERVICE) -> Accepted:
        return self.write_side.bus.execute(command, by.actor if isinstance(by, Person) else by)

    def person(self, *roles: str, email: str | None = None, **fields: Any) -> Person:
        """Registers a buyer, or one with these roles instead ("seller", "admin", "superadmin")."""
        email = email or f"person-{next(self._numbers)}@shop.test"
        wanted = roles or ("buyer",)
        first = [role for role in wanted if role in ("buyer", "seller")] or ["buyer"]
        register = RegisterAccount.model_validate({"email": email, "password": PASSWORD, "roles": first, **fields})
        person_id = self.do(register, Actor()).result["person_id"]
        for role in set(wanted) - set(first):
            self.do(GrantRole.model_validate({"person_id": person_id, "role": role}))
        return Person(person_id, email, frozenset(wanted) | frozenset(first))

    def people(self, count: int) -> list[Person]:
        return [self.person() for _ in range(count)]

    def product(self, name: str | None = None, price: str = "19.99", stock: int = 100, **fields: Any) -> Goods:
        """Makes a product; `fields` are those of `create-product`, `by` who makes it."""
        by = fields.pop("by", SERVICE)
        name = name or f"Product {next(self._numbers)}"
        command = CreateProduct.model_validate({"name": name, "price": price, "stock": stock, **fields})
        made = self.do(command, by).result
        return Goods(made["product_id"], made["sku"], made["slug"], tuple(made["variants"]))

    def add(self, buyer: Person, goods: Goods, quantity: int = 1, variant_id: int | None = None) -> Accepted:
        return self.do(AddToCart(product_id=goods.product_id, variant_id=variant_id, quantity=quantity), buyer)

    def place(self, buyer: Person, pricing: str = "none", **fields: Any) -> int:
        """Checks the buyer's cart out; the order's id."""
        placed = self.do(PlaceOrder.model_validate({"pricing": pricing, **fields}), buyer)
        return int(placed.result["order_id"])

    def order(self, buyer: Person, goods: Goods, quantity: int = 1, pricing: str = "none") -> int:
        """Adds to the cart and checks it out; the order's id."""
        self.add(buyer, goods, quantity)
        return self.place(buyer, pricing)

    def pay(self, buyer: Person, order_id: int, amount: str) -> None:
        """The payment from request to success, as a worker and a webhook would report it."""
        self.do(RequestPayment(order_id=order_id), buyer)
        intent = f"pi_{order_id}"
        self.do(RecordPaymentIntent(order_id=order_id, intent_id=intent))
        success = {"order_id": order_id, "intent_id": intent, "amount": amount, "event_id": f"evt_{order_id}"}
        self.do(RecordPaymentSuccess.model_validate(success))

    def restock(self, goods: Goods, to: int) -> None:
        self.do(AdjustStock(sku=goods.sku, to=to))

    def in_cart(self, person: Person) -> int:
        """How many units the person's cart holds, as the log has it."""
        cart = CART.initial
        for stored in self.write_side.log.select_events(CART.stream(person.person_id)):
            cart = CART.evolve(cart, decode(stored.topic, stored.state)[0])
        return sum(line.quantity for line in cart.lines.values())
