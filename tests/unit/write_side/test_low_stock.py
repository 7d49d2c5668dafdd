"""When a product runs low: once, on crossing its threshold, and again only after it was restocked."""

import pytest
from support.given import Happened, World

from write_side.account.events import AccountRegistered
from write_side.account.state import ACCOUNT
from write_side.cart.commands import AddToCart
from write_side.catalog.product.commands import CreateProduct, RemoveVariant
from write_side.catalog.product.state import Product
from write_side.messages import Actor
from write_side.order.commands import CancelOrder, PlaceOrder
from write_side.stock.commands import AdjustStock, RecordPastAdjustment
from write_side.stock.events import StockFellLow
from write_side.stock.low import fell_low
from write_side.values import Sealed

SERVICE = Actor(service="tests")
BUYER = Actor(person_id=7, roles=frozenset({"buyer"}))
TEN = Product(product_id=1, low_stock_threshold=10)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (11, 10, True),
        (100, 0, True),
        (None, 10, True),
        (11, 11, False),
        (12, 11, False),
        (10, 9, False),
        (9, 10, False),
        (5, 50, False),
        (None, 11, False),
    ],
)
def test_only_crossing_the_threshold_downwards_is_said(before: int | None, after: int, says: bool) -> None:
    said = fell_low(TEN, before, after)
    assert said == ([StockFellLow(product_id=1, available=after, threshold=10)] if says else [])


def test_a_threshold_of_nought_speaks_when_all_is_gone() -> None:
    product = Product(product_id=1, low_stock_threshold=0)
    assert fell_low(product, 1, 0)
    assert not fell_low(product, 2, 1)


def test_nobody_misses_what_is_not_sold_any_more() -> None:
    assert fell_low(Product(product_id=1, low_stock_threshold=10, deleted=True), 11, 1) == []


@pytest.fixture
def world() -> World:
    world = World()
    buyer = AccountRegistered(
        person_id=7, email=Sealed("e"), email_hash="h", first_name=Sealed("f"), last_name=Sealed("l")
    )
    world.has(ACCOUNT, 7, buyer)
    return world


def product(world: World, stock: int, **fields: object) -> Happened:
    command = CreateProduct.model_validate({"name": "Kettle", "price": "10.00", "stock": stock, "sku": "K", **fields})
    return world.when(command, SERVICE)


def said(happened: Happened) -> list[int]:
    return [event.available for event in happened.events if isinstance(event, StockFellLow)]


def adjust(world: World, to: int, sku: str = "K") -> list[int]:
    return said(world.when(AdjustStock(sku=sku, to=to), SERVICE))


def test_a_product_made_below_its_threshold_is_low_at_once(world: World) -> None:
    happened = product(world, 3)
    assert said(happened) == [3]
    assert happened.streams[-1] == f"stock-{happened.result['product_id']}"
    assert said(product(World(), 11)) == []


def test_adjusting_says_it_once_and_restocking_arms_it_again(world: World) -> None:
    product(world, 20)
    levels = (11, 10, 4, 0, 10, 11, 2, 40, 10)
    assert [adjust(world, to) for to in levels] == [[], [10], [], [], [], [], [2], [], [10]]


def test_an_order_that_takes_it_below_says_so_and_a_cancelled_one_arms_it_again(world: World) -> None:
    made = product(world, 12)

    def order() -> tuple[int, list[int]]:
        world.when(AddToCart(product_id=made.result["product_id"], quantity=2), BUYER)
        placed = world.when(PlaceOrder(), BUYER)
        return placed.result["order_id"], said(placed)

    first, low = order()
    assert low == [10]
    assert order()[1] == []
    world.when(CancelOrder(order_id=first), BUYER)
    assert order()[1] == [], "ten were left, and are again"
    adjust(world, 12)
    assert order()[1] == [10]


def test_the_number_of_a_product_counts_its_variants(world: World) -> None:
    variants = [{"name": name, "sku": name, "stock": 8} for name in ("red", "blue")]
    made = product(world, 0, variants=variants)
    assert said(made) == []
    assert adjust(world, 3, "red") == []
    assert adjust(world, 2, "red") == [10]
    assert adjust(world, 0, "red") == []
    assert adjust(world, 11, "K") == []
    remove = RemoveVariant(product_id=made.result["product_id"], variant_id=made.result["variants"][1]["variant_id"])
    assert said(world.when(remove, SERVICE)) == []
    assert adjust(world, 10) == [10]


def test_a_removed_variant_takes_its_stock_along(world: World) -> None:
    made = product(world, 5, variants=[{"name": "red", "sku": "red", "stock": 8}])
    remove = RemoveVariant(product_id=made.result["product_id"], variant_id=made.result["variants"][0]["variant_id"])
    assert said(world.when(remove, SERVICE)) == [5]


def test_past_business_is_silent(world: World) -> None:
    product(world, 20)
    command = RecordPastAdjustment.model_validate(
        {"source": "shop", "reference": "1", "sku": "K", "by": -15, "adjusted_at": "2011-01-02T03:04:05Z"}
    )
    assert said(world.when(command, SERVICE)) == []
