"""A made-up past of a shop: every kind of event, in an order that could have happened.

`history(seed, length)` is the same list of (stream, event) for the same arguments.
"""

import json
import random
from collections.abc import Iterator
from itertools import count
from typing import Any

from eventsourcing.persistence import StoredEvent
from msgspec import UNSET

from projections.model import Opener
from write_side.account import events as account
from write_side.cart import events as cart
from write_side.catalog.brand import events as brand
from write_side.catalog.category import events as category
from write_side.catalog.product import events as product
from write_side.codecs import encode
from write_side.event_store import PostgresLog
from write_side.messages import Event, Metadata
from write_side.order import events as order
from write_side.payment import events as payment
from write_side.returns import events as returns
from write_side.review import events as review
from write_side.stock import events as stock
from write_side.values import Charges, OrderLine, OtherCharge, Sealed
from write_side.wishlist import events as wishlist

Happened = tuple[str, Event]

WORDS = ("red", "blue", "steel", "oak", "travel", "running", "shoes", "lamp", "brûlée", "men's")


def at(position: int) -> str:
    """The moment of an event: later ones later."""
    hours, minutes = position // 3600, position // 60
    return f"2026-01-{1 + hours // 24:02}T{hours % 24:02}:{minutes % 60:02}:{position % 60:02}.000000Z"


def open_sealed(sealed: Sealed) -> str | None:
    """What `history` sealed: `open:text`, or of a person whose key is gone."""
    return sealed.removeprefix("open:") if sealed.startswith("open:") else None


def mark(person_id: int) -> str:
    """In every personal value of a person, and nowhere else."""
    return f"p#{person_id}#"


def open_for_the_living(happened: list[Happened]) -> Opener:
    """As `open_sealed`, once the keys of all who were erased in this past are destroyed."""
    gone = [mark(event.person_id) for _, event in happened if isinstance(event, account.AccountErased)]

    def open_living(sealed: Sealed) -> str | None:
        return None if any(one in sealed for one in gone) else open_sealed(sealed)

    return open_living


def stored(happened: list[Happened], first: int = 1, versions: Any = None) -> list[StoredEvent]:
    """As the log takes them; `versions` remembers the streams' versions between calls."""
    versions = {} if versions is None else versions
    result = []
    for position, (stream, event) in enumerate(happened, first):
        versions[stream] = versions.get(stream, 0) + 1
        meta = Metadata(at=at(position))
        result.append(StoredEvent(stream, versions[stream], event.TOPIC, encode(event, meta)))
    return result


def rows(happened: list[Happened], first: int = 1) -> list[tuple[int, str, int, str, bytes]]:
    """As the log gives them back."""
    return [
        (position, str(e.originator_id), e.originator_version, e.topic, e.state)
        for position, e in enumerate(stored(happened, first), first)
    ]


class Past:
    """Appends a history to a log, piece by piece."""

    def __init__(self, log: PostgresLog) -> None:
        self._log = log
        self._versions: dict[str, int] = {}

    def append(self, *happened: Happened) -> int:
        """Returns the position of the last event."""
        events = stored(list(happened), self._log.head() + 1, self._versions)
        return self._log.insert_events(events)[-1]


class _Shop:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.ids = count(1000)
        self.people: list[int] = []
        self.addresses: dict[int, list[int]] = {}
        self.categories: list[int] = []
        self.brands: list[int] = []
        self.products: dict[int, list[int]] = {}
        self.sellers: dict[int, int | None] = {}
        self.pictures: dict[int, list[int]] = {}
        self.carts: dict[int, dict[int, tuple[int, int | None]]] = {}
        self.orders: dict[int, dict[str, Any]] = {}
        self.past_orders: list[order.PastOrderRecorded] = []
        self.reviews: dict[int, review.ReviewWritten] = {}
        self.hidden: set[int] = set()
        self.wishes: set[tuple[int, int]] = set()

    def words(self, most: int = 4) -> str:
        return " ".join(self.dice.choices(WORDS, k=self.dice.randint(1, most)))

    def happenings(self) -> Iterator[Happened]:
        steps = [
            (self.person, 2), (self.profile, 2), (self.catalogue, 2), (self.product, 4),
            (self.edit, 5), (self.stock, 4), (self.cart, 12), (self.place, 4), (self.advance, 10),
            (self.past_person, 1), (self.past_order, 4), (self.past_return, 2), (self.past_adjustment, 1),
            (self.review, 2), (self.moderate, 2), (self.wish, 3), (self.tell, 3), (self.erase, 1),
        ]  # fmt: skip
        makers = [maker for maker, weight in steps for _ in range(weight)]
        yield from self.person()
        yield from self.catalogue()
        yield from self.product()
        while True:
            yield from self.dice.choice(makers)()

    def review(self) -> Iterator[Happened]:
        person_id, product_id = self.dice.choice(self.people), self.dice.choice(list(self.products))
        written = review.ReviewWritten(
            review_id=next(self.ids),
            product_id=product_id,
            person_id=person_id,
            rating=self.dice.randint(1, 5),
            title=self.words(2),
            comment=self.words(9),
            verified=self.dice.random() < 0.5,
            seller_id=self.sellers[product_id],
        )
        self.reviews[written.review_id] = written
        yield f"review-{person_id}", review.PurchaseConfirmed(order_id=next(self.ids), products=(product_id,))
        yield f"review-{person_id}", written

    def moderate(self) -> Iterator[Happened]:
        if not self.reviews:
            return
        one = self.dice.choice(list(self.reviews.values()))
        number, stream = one.review_id, f"review-{one.person_id}"
        about = {"review_id": number, "product_id": one.product_id, "seller_id": one.seller_id}
        shown = number not in self.hidden
        roll = self.dice.random()
        if roll < 0.2:
            del self.reviews[number]
            yield stream, review.ReviewRemoved(**about, rating=one.rating, shown=shown)
        elif roll < 0.4:
            yield stream, review.ReviewChanged(**about, difference=0, comment=self.words())
        elif shown:
            self.hidden.add(number)
            yield stream, review.ReviewHidden(**about, rating=one.rating)
        else:
            self.hidden.remove(number)
            yield stream, review.ReviewApproved(**about, rating=one.rating)

    def wish(self) -> Iterator[Happened]:
        wish = self.dice.choice(self.people), self.dice.choice(list(self.products))
        kind = wishlist.ProductUnwished if wish in self.wishes else wishlist.ProductWished
        self.wishes ^= {wish}
        yield f"wishlist-{wish[0]}", kind(product_id=wish[1])

    def person(self) -> Iterator[Happened]:
        person_id = next(self.ids)
        self.people.append(person_id)
        self.addresses[person_id] = []
        key = "open:" if self.dice.random() < 0.8 else "lost:"
        yield (
            f"account-{person_id}",
            account.AccountRegistered(
                person_id=person_id,
                email=Sealed(f"{key}{mark(person_id)}@example.test"),
                email_hash=f"hash{person_id}",
                first_name=Sealed(f"{key}Ann {mark(person_id)}"),
                last_name=Sealed(f"{key}Poe {mark(person_id)}"),
                phone_number=self.dice.choice([None, Sealed(f"{key}+49 {mark(person_id)}")]),
                roles=("buyer", "seller") if self.dice.random() < 0.3 else ("buyer",),
            ),
        )

    def profile(self) -> Iterator[Happened]:
        person_id = self.dice.choice(self.people)
        stream, known = f"account-{person_id}", self.addresses[person_id]
        choices: list[Event] = [
            account.EmailVerified(person_id=person_id),
            account.ProfileChanged(person_id=person_id, first_name=Sealed(f"open:Bea {mark(person_id)}")),
            account.ProfileChanged(person_id=person_id, phone_number=None),
            account.ProfileChanged(person_id=person_id, contact_details=Sealed('open:{"phone": "+15551234567"}')),
            account.ProfileChanged(person_id=person_id, contact_details=None, bank_details=Sealed("lost:")),
            account.EmailChanged(person_id=person_id, email=Sealed("open:new@example.test"), email_hash="new"),
            account.PasswordChanged(person_id=person_id),
            account.RoleGranted(person_id=person_id, role="seller"),
            account.RoleRevoked(person_id=person_id, role="seller"),
            account.AccountDeactivated(person_id=person_id),
            account.AccountReactivated(person_id=person_id),
        ]
        if known and self.dice.random() < 0.3:
            choices = [
                account.DefaultAddressChanged(person_id=person_id, address_id=self.dice.choice(known), is_default=True),
                account.AddressRemoved(person_id=person_id, address_id=known[-1]),
            ]
        elif self.dice.random() < 0.4:
            known.append(next(self.ids))
            sealed = Sealed("open:" + json.dumps({"full_name": mark(person_id), "city": "Ulm"}))
            choices = [
                account.AddressAdded(
                    person_id=person_id,
                    address_id=known[-1],
                    address_type="shipping",
                    is_default=self.dice.random() < 0.5,
                    address=self.dice.choice([sealed, Sealed("lost:")]),
                )
            ]
        event = self.dice.choice(choices)
        if isinstance(event, account.AddressRemoved):
            known.pop()
        yield stream, event

    def erase(self) -> Iterator[Happened]:
        """Somebody goes for good; their orders go on."""
        if len(self.people) > 3 and self.dice.random() < 0.5:
            person_id = self.people.pop(self.dice.randrange(len(self.people)))
            self.carts.pop(person_id, None)
            yield f"account-{person_id}", account.AccountErased(person_id=person_id)

    def catalogue(self) -> Iterator[Happened]:
        number = next(self.ids)
        roll = self.dice.random()
        if roll < 0.4 or not self.categories:
            parent = self.dice.choice([None, *self.categories])
            self.categories.append(number)
            yield (
                f"category-{number}",
                category.CategoryCreated(category_id=number, name=self.words(2), slug=f"c-{number}", parent_id=parent),
            )
        elif roll < 0.6:
            chosen = self.dice.choice(self.categories)
            yield (
                f"category-{chosen}",
                category.CategoryChanged(category_id=chosen, name=self.words(2)),
            )
        elif roll < 0.65 and len(self.categories) > 3:
            gone = self.categories.pop()
            yield f"category-{gone}", category.CategoryRemoved(category_id=gone)
        elif roll < 0.85 or not self.brands:
            self.brands.append(number)
            yield (
                f"brand-{number}",
                brand.BrandCreated(brand_id=number, name=f"Brand {number}", slug=f"b-{number}"),
            )
        else:
            chosen = self.dice.choice(self.brands)
            yield f"brand-{chosen}", brand.BrandRenamed(brand_id=chosen, name=self.words(2))

    def product(self) -> Iterator[Happened]:
        product_id = next(self.ids)
        self.products[product_id] = []
        dice = self.dice
        yield (
            f"product-{product_id}",
            product.ProductCreated(
                product_id=product_id,
                name=self.words(),
                slug=f"p-{product_id}",
                sku=f"SKU-{product_id}",
                selling_price=dice.choice([0, 999, 1999, 4999, 12000, 30000, 99999]),
                low_stock_threshold=5,
                list_price=dice.choice([None, 200000]),
                seller_id=self.sellers.setdefault(product_id, dice.choice([None, *self.people])),
                category_id=dice.choice([None, *self.categories]),
                brand_id=dice.choice([None, *self.brands]),
                description=self.words(8),
                attributes={n: dice.choice(["a", "b", "c"]) for n in dice.sample(["m", "n"], 1)},
                featured=dice.random() < 0.2,
                tags=tuple(dice.sample(["new", "Sale", "Größe"], dice.randint(0, 2))),
                active=dice.random() < 0.9,
            ),
        )
        yield (
            f"stock-{product_id}",
            stock.StockOpened(product_id=product_id, sku=f"SKU-{product_id}", on_hand=dice.choice([0, 5, 50])),
        )
        for _ in range(dice.choice([0, 0, 1, 2])):
            yield from self.variant(product_id)

    def variant(self, product_id: int) -> Iterator[Happened]:
        variant_id = next(self.ids)
        self.products[product_id].append(variant_id)
        size = self.dice.choice(["S", "M", "L"])
        yield (
            f"product-{product_id}",
            product.VariantAdded(
                product_id=product_id,
                variant_id=variant_id,
                name=size,
                sku=f"SKU-{variant_id}",
                price=self.dice.choice([None, 1500]),
                attributes={"size": size},
            ),
        )
        yield (
            f"stock-{variant_id}",
            stock.StockOpened(product_id=product_id, variant_id=variant_id, sku=f"SKU-{variant_id}", on_hand=9),
        )

    def edit(self) -> Iterator[Happened]:
        product_id = self.dice.choice(list(self.products))
        stream, variants = f"product-{product_id}", self.products[product_id]
        dice = self.dice
        roll = dice.randrange(12)
        if roll == 0 and len(self.products) > 5:
            del self.products[product_id]
            yield stream, product.ProductDeleted(product_id=product_id)
        elif roll == 1:
            yield stream, product.ProductDeactivated(product_id=product_id)
        elif roll in (2, 3):
            yield stream, product.ProductReactivated(product_id=product_id)
        elif roll == 4:
            yield from self.variant(product_id)
        elif roll == 5 and variants:
            yield (
                stream,
                product.VariantChanged(
                    product_id=product_id,
                    variant_id=dice.choice(variants),
                    price=dice.choice([None, 7]),
                ),
            )
        elif roll == 6 and variants:
            yield stream, product.VariantRemoved(product_id=product_id, variant_id=variants.pop())
        elif roll == 7:
            yield stream, self.picture(product_id)
        elif roll == 8:
            yield (
                stream,
                product.ProductRepriced(
                    product_id=product_id,
                    selling_price=dice.randrange(100000),
                    list_price=dice.choice((None, 200000)),
                    cost_price=5,
                    discount_percent=dice.choice((None, "12.5")),
                ),
            )
        else:
            yield (
                stream,
                product.ProductChanged(
                    product_id=product_id,
                    name=self.words(),
                    category_id=dice.choice([None, *self.categories]),
                    attributes={"m": dice.choice(["a", "b"])},
                ),
            )

    def picture(self, product_id: int) -> Event:
        """One more, another, or one less."""
        dice, shown = self.dice, self.pictures.setdefault(product_id, [])
        roll = dice.randrange(4) if shown else 0
        if roll == 1:
            image_id = dice.choice(shown)
            primary = dice.choice([True, False, UNSET])
            return product.ImageChanged(product_id=product_id, image_id=image_id, order=7, primary=primary)
        if roll == 2:
            image_id = shown.pop(dice.randrange(len(shown)))
            return product.ImageRemoved(product_id=product_id, image_id=image_id, key=f"products/1/{image_id}.png")
        image_id = next(self.ids)
        shown.append(image_id)
        return product.ImageAdded(
            product_id=product_id,
            image_id=image_id,
            address="/i.png",
            alt_text="",
            primary=dice.random() < 0.5,
            order=dice.randrange(3),
            key=f"products/1/{image_id}.png",
            thumbnail=dice.random() < 0.5,
        )

    def sellable(self) -> tuple[int, int | None]:
        product_id = self.dice.choice(list(self.products))
        return product_id, self.dice.choice([None, *self.products[product_id]])

    def stock(self) -> Iterator[Happened]:
        product_id, variant_id = self.sellable()
        yield (
            f"stock-{variant_id or product_id}",
            stock.StockAdjusted(
                product_id=product_id,
                variant_id=variant_id,
                by=self.dice.choice([-1, 3, 20]),
                reason="count",
            ),
        )

    def cart(self) -> Iterator[Happened]:
        person_id = self.dice.choice(self.people)
        lines = self.carts.setdefault(person_id, {})
        stream = f"cart-{person_id}"
        roll = self.dice.random()
        if lines and roll < 0.15:
            yield (
                stream,
                cart.CartItemQuantityChanged(line_id=self.dice.choice(list(lines)), quantity=self.dice.randint(1, 9)),
            )
        elif lines and roll < 0.25:
            line_id = self.dice.choice(list(lines))
            del lines[line_id]
            yield stream, cart.ItemRemovedFromCart(line_id=line_id)
        elif lines and roll < 0.3:
            lines.clear()
            yield stream, cart.CartCleared()
        else:
            thing = self.sellable()
            line_id = next((k for k, v in lines.items() if v == thing), None) or next(self.ids)
            lines[line_id] = thing
            yield (
                stream,
                cart.ItemAddedToCart(
                    line_id=line_id,
                    product_id=thing[0],
                    variant_id=thing[1],
                    quantity=self.dice.randint(1, 3),
                    unit_price=100,
                ),
            )

    def place(self) -> Iterator[Happened]:
        full = [person_id for person_id, lines in self.carts.items() if lines]
        if not full:
            return
        person_id = self.dice.choice(full)
        order_id = next(self.ids)
        lines = tuple(
            OrderLine(
                line_id=next(self.ids),
                product_id=product_id,
                variant_id=variant_id,
                sku="S",
                name="N",
                unit_price=100,
                quantity=1,
                seller_id=self.dice.choice([None, *self.people]),
            )
            for product_id, variant_id in self.carts[person_id].values()
        )
        total = 100 * len(lines)
        self.orders[order_id] = {"lines": lines, "total": total, "next": "paid", "buyer": person_id}
        yield (
            f"order-{order_id}",
            order.OrderPlaced(
                order_id=order_id,
                number=f"ORD-{order_id}",
                person_id=person_id,
                lines=lines,
                charges=Charges(subtotal=total, tax=0, shipping=0, discount=0, total=total),
                pricing="none",
                shipping_address=Sealed("open:" + json.dumps({"full_name": mark(person_id)})),
                notes=self.dice.choice([None, Sealed(f"open:mind the dog of {mark(person_id)}")]),
                billing_address=self.dice.choice([None, Sealed("lost:")]),
            ),
        )
        for line in lines:
            yield (
                f"stock-{line.sellable_id}",
                stock.StockReserved(
                    product_id=line.product_id,
                    variant_id=line.variant_id,
                    order_id=order_id,
                    quantity=1,
                ),
            )
        self.carts[person_id].clear()
        yield f"cart-{person_id}", cart.CartCheckedOut(order_id=order_id)
        yield (
            f"payment-{order_id}",
            payment.PaymentRequested(order_id=order_id, person_id=person_id, amount=total, attempt=1),
        )

    def tell(self) -> Iterator[Happened]:
        """What is said about an order beside its moves."""
        if not self.orders:
            return
        order_id = self.dice.choice(list(self.orders))
        seller_id = self.dice.choice(self.orders[order_id]["lines"]).seller_id
        number, key = next(self.ids), self.dice.choice(["open:", "lost:"])
        told: list[Event] = [
            order.TrackingStored(order_id=order_id, seller_id=seller_id, tracking_number=f"T{number}", carrier="DHL"),
            order.TrackingStored(order_id=order_id, seller_id=seller_id, tracking_number=f"T{number}"),
            order.CarrierCodeStored(order_id=order_id, seller_id=seller_id, carrier_code=f"C{number}"),
            order.CarrierCodeStored(order_id=order_id, seller_id=seller_id, carrier_code="C", carrier="UPS"),
            order.OrderAmended(order_id=order_id, notes=None, shipping_address=None),
            order.OrderHidden(order_id=order_id),
        ]
        buyer = self.orders[order_id]["buyer"]
        if buyer in self.people:  # nothing is sealed for somebody who is gone
            address = json.dumps({"full_name": f"B {mark(buyer)}"})
            told.append(order.OrderAmended(order_id=order_id, notes=Sealed(f"{key}ring at {mark(buyer)} twice")))
            told.append(order.OrderAmended(order_id=order_id, shipping_address=Sealed(f"open:{address}")))
        yield f"order-{order_id}", self.dice.choice(told)

    def advance(self) -> Iterator[Happened]:
        if not self.orders:
            return
        order_id = self.dice.choice(list(self.orders))
        facts = self.orders[order_id]
        stream, money = f"order-{order_id}", f"payment-{order_id}"
        moves: dict[str, type[Event]] = {
            "reserved": stock.StockReserved,
            "cancelled": stock.StockReleased,
            "shipped": stock.StockShipped,
            "returned": stock.StockReturned,
        }
        step = facts["next"]
        if step in ("paid", "in-work") and self.dice.random() < 0.2:
            step = "cancelled"
        match step:
            case "paid":
                yield money, payment.PaymentIntentCreated(order_id=order_id, intent_id="pi_1")
                if self.dice.random() < 0.3:
                    yield (
                        money,
                        payment.PaymentFailed(order_id=order_id, intent_id="pi_1", reason="declined"),
                    )
                yield (
                    money,
                    payment.PaymentSucceeded(
                        order_id=order_id, intent_id="pi_1", amount=facts["total"], charge_id="ch_1"
                    ),
                )
                yield stream, order.OrderPaid(order_id=order_id, amount=facts["total"])
            case "in-work":
                yield stream, order.OrderTakenInWork(order_id=order_id, note="go")
            case "shipped":
                yield stream, order.OrderShipped(order_id=order_id, tracking_number="T1")
            case "delivered":
                yield stream, order.OrderDelivered(order_id=order_id)
            case "returned":
                yield stream, order.OrderReturned(order_id=order_id, restocked=True)
                yield from self.refund(order_id, facts)
            case "cancelled":
                yield stream, order.OrderCancelled(order_id=order_id, reason="changed my mind")
                if facts["next"] == "in-work":
                    yield from self.refund(order_id, facts)
        for line in facts["lines"] if step in moves else ():
            yield (
                f"stock-{line.sellable_id}",
                moves[step](
                    product_id=line.product_id,
                    variant_id=line.variant_id,
                    order_id=order_id,
                    quantity=1,
                ),
            )
        following = {
            "paid": "in-work",
            "in-work": "shipped",
            "shipped": "delivered",
            "delivered": "returned",
        }
        if step in following:
            facts["next"] = following[step]
        else:
            del self.orders[order_id]

    def past_person(self) -> Iterator[Happened]:
        person_id = next(self.ids)
        self.people.append(person_id)
        self.addresses[person_id] = []
        yield (
            f"account-{person_id}",
            account.AccountImported(person_id=person_id, source="till", reference=f"{person_id}.0", country="France"),
        )

    def business_time(self) -> str:
        """Any of a few days in two months: past business is recorded in no particular order."""
        return f"2011-0{self.dice.randint(1, 2)}-0{self.dice.randint(1, 3)}T{self.dice.randint(8, 17):02}:30:00Z"

    def past_order(self) -> Iterator[Happened]:
        """Lines of one thing stay apart; some orders have no goods, some no person."""
        order_id, placed_at = next(self.ids), self.business_time()
        things = [self.sellable() for _ in range(self.dice.choice([0, 1, 3, 6]))]
        lines = tuple(
            OrderLine(
                line_id=next(self.ids),
                product_id=product_id,
                variant_id=variant_id,
                sku=f"SKU-{product_id}",
                name="N",
                unit_price=self.dice.choice([0, 85, 255]),
                quantity=self.dice.randint(1, 12),
            )
            for product_id, variant_id in [*things, *things[:1]]
        )
        charges = tuple(
            OtherCharge(code="POST", name="Postage", quantity=1, unit_price=self.dice.choice([1800, -300]))
            for _ in range(self.dice.choice([0, 0, 1]) if lines else 1)
        )
        goods = sum(line.total for line in lines)
        event = order.PastOrderRecorded(
            order_id=order_id,
            source="till",
            number=str(order_id),
            placed_at=placed_at,
            lines=lines,
            charges=charges,
            money=Charges(
                subtotal=goods,
                tax=0,
                shipping=0,
                discount=0,
                total=goods + sum(charge.total for charge in charges),
                currency=self.dice.choice(["GBP", "GBP", "EUR"]),
            ),
            person_id=self.dice.choice([None, *self.people]),
            country="France",
        )
        self.past_orders.append(event)
        yield f"order-{order_id}", event
        sold: dict[tuple[int, int | None], int] = {}
        for line in lines:
            thing = (line.product_id, line.variant_id)
            sold[thing] = sold.get(thing, 0) + line.quantity
        for (product_id, variant_id), quantity in sold.items():
            yield (
                f"stock-{variant_id or product_id}",
                stock.PastSaleRecorded(
                    product_id=product_id,
                    variant_id=variant_id,
                    order_id=order_id,
                    quantity=quantity,
                    placed_at=placed_at,
                ),
            )

    def past_return(self) -> Iterator[Happened]:
        """Of a past order, or of nobody knows which."""
        known = [event for event in self.past_orders if event.lines]
        return_id, returned_at = next(self.ids), self.business_time()
        bought = self.dice.choice(known) if known and self.dice.random() < 0.7 else None
        product_id, variant_id = self.sellable()
        price = 255
        if bought is not None:
            of = bought.lines[0]
            product_id, variant_id, price = of.product_id, of.variant_id, of.unit_price
        line = returns.ReturnLine(
            line_id=next(self.ids),
            product_id=product_id,
            variant_id=variant_id,
            sku=f"SKU-{product_id}",
            name="N",
            unit_price=price,
            quantity=1,
            order_id=bought.order_id if bought else None,
            order_line_id=bought.lines[0].line_id if bought else None,
        )
        charges = (OtherCharge(code="POST", name="Postage", quantity=1, unit_price=-200),)[: self.dice.choice([0, 1])]
        yield (
            f"return-{return_id}",
            returns.ReturnRecorded(
                return_id=return_id,
                source="till",
                number=f"C{return_id}",
                returned_at=returned_at,
                currency=bought.money.currency if bought else "GBP",
                lines=(line,),
                charges=charges,
                total=line.total - sum(charge.total for charge in charges),
                person_id=bought.person_id if bought else None,
            ),
        )
        if bought is not None:
            yield (
                f"order-{bought.order_id}",
                order.ItemsReturned(
                    order_id=bought.order_id,
                    return_id=return_id,
                    returned_at=returned_at,
                    lines=(order.ReturnedItems(order_line_id=bought.lines[0].line_id, quantity=1),),
                ),
            )
        yield (
            f"stock-{variant_id or product_id}",
            stock.PastReturnRecorded(
                product_id=product_id,
                variant_id=variant_id,
                return_id=return_id,
                quantity=1,
                returned_at=returned_at,
            ),
        )

    def past_adjustment(self) -> Iterator[Happened]:
        product_id, variant_id = self.sellable()
        yield (
            f"stock-{variant_id or product_id}",
            stock.PastAdjustmentRecorded(
                product_id=product_id,
                variant_id=variant_id,
                source="till",
                reference=f"{next(self.ids)}:1",
                by=self.dice.choice([-3, 40]),
                adjusted_at=self.business_time(),
                reason="counted",
            ),
        )

    def refund(self, order_id: int, facts: dict[str, Any]) -> Iterator[Happened]:
        half = facts["total"] // 2
        for number, amount in ((1, half), (2, facts["total"] - half)):
            yield (
                f"payment-{order_id}",
                payment.RefundRequested(order_id=order_id, intent_id="pi_1", amount=amount, number=number),
            )
        yield (
            f"payment-{order_id}",
            payment.RefundSucceeded(order_id=order_id, amount=half, refund_id="re_1", number=1),
        )
        yield f"order-{order_id}", order.OrderRefunded(order_id=order_id, amount=half)
        yield (
            f"payment-{order_id}",
            payment.RefundFailed(order_id=order_id, number=2, amount=facts["total"] - half, reason="closed account"),
        )


def history(seed: int, length: int) -> list[Happened]:
    happenings = _Shop(seed).happenings()
    return [next(happenings) for _ in range(length)]
