"""The figures of the shop over the real Redis."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from shop_past import Happened, at
from shop_world import World
from test_sales_folds import back, came_back, line, past_order, placed, sold

from projections.rebuild import build
from read_side.documents.movement import BUCKET
from read_side.errors import NotBuilt
from read_side.open import ReadSide
from write_side.cart.events import CartCleared
from write_side.catalog.product.events import ProductCreated, VariantAdded
from write_side.stock.events import PastReturnRecorded, StockAdjusted, StockOpened

pytestmark = pytest.mark.asyncio

TODAY = at(1)[:10]


def product(number: int, *, on_hand: int = 100) -> list[Happened]:
    created = ProductCreated(
        product_id=number, name=f"Thing {number}", slug=f"t{number}", sku=f"S{number}", selling_price=1,
        low_stock_threshold=0,
    )  # fmt: skip
    opened = StockOpened(product_id=number, sku=f"S{number}", on_hand=on_hand)
    return [(f"product-{number}", created), (f"stock-{number}", opened)]


PAST = [
    *product(5),
    *product(6),
    past_order(1, "2010-12-01T08:26:00Z", line(1, 5, 6, 255), person_id=70),
    past_order(2, "2010-12-31T23:59:00Z", line(2, 6, 50, 1), line(3, 5, 1, 255), person_id=71),
    past_order(3, "2011-01-01T00:00:00Z", line(4, 6, 1, 9000), person_id=71),
    came_back(9, "2011-01-05T00:00:00Z", back(5, 6, 3, 1), person_id=71),
    placed(4, line(6, 5, 1, 200), currency="USD", person_id=72),
]


@pytest_asyncio.fixture
async def reads(world: World) -> AsyncIterator[ReadSide]:
    places = world.places
    made = await ReadSide.open(places.redis_url, places.elasticsearch_url, places.layout, places.search_layout)
    yield made
    await made.close()


def happen(world: World, *happened: Happened) -> None:
    world.past.append(*happened)
    build(world.events, world.redis, world.redis_models)


async def test_sales_by_day_and_month_between_two_dates(world: World, reads: ReadSide) -> None:
    happen(world, *PAST)

    async def periods(by: str, first: str | None, last: str | None, currency: str | None = None) -> list[str]:
        found = await reads.reports.sales(by, first, last, currency, 1, 100)  # type: ignore[arg-type]
        assert found.total == len(found.items)
        return [f"{each.period} {each.currency}" for each in found.items]

    days = ["2010-12-01 GBP", "2010-12-31 GBP", "2011-01-01 GBP", "2011-01-05 GBP", f"{TODAY} USD"]
    assert await periods("day", None, None) == days
    assert await periods("day", "2010-12-31", "2011-01-01") == days[1:3]
    assert await periods("day", "2010-12-02", None, "GBP") == days[1:4]
    assert await periods("day", "2010-12", "2010-12") == days[:2]
    assert await periods("day", "2011-01", None, "USD") == days[4:]
    assert await periods("month", None, "2011-01") == ["2010-12 GBP", "2011-01 GBP"]
    assert await periods("month", "2010-12-31", "2010-12-01") == ["2010-12 GBP"]
    assert await periods("day", "2011-02", "2011-01") == []
    second = await reads.reports.sales("day", None, None, None, 2, 2)
    assert (second.total, [each.period for each in second.items]) == (5, ["2011-01-01", "2011-01-05"])


async def test_rankings_join_the_products(world: World, reads: ReadSide) -> None:
    happen(world, *PAST)
    reports = reads.reports
    assert await reports.main_currency() == "GBP"

    def ids(found: object) -> list[int]:
        return [sales.product_id for sales, _ in found.items]  # type: ignore[attr-defined]

    assert ids(await reports.best_sellers_by_units(1, 10)) == [6, 5]
    assert ids(await reports.best_sellers_by_revenue("GBP", 1, 10)) == [6, 5]
    assert ids(await reports.best_sellers_by_revenue("USD", 1, 10)) == [5]
    assert ids(await reports.best_sellers_by_revenue("EUR", 1, 10)) == []
    found = await reports.most_returned("rate", 1, 10)
    ((sales, of),) = found.items
    assert (sales.return_rate, of.name if of else None, found.total) == (3 / 51, "Thing 6", 1)
    assert ids(await reports.most_returned("units", 1, 10)) == [6]
    assert [each.person_id for each in (await reports.customers_by_orders(1, 1)).items] == [71]
    assert [each.person_id for each in (await reports.customers_by_revenue("GBP", 1, 9)).items] == [71, 70]


async def test_returns_by_id_and_by_person(world: World, reads: ReadSide) -> None:
    happen(world, *PAST)
    found = await reads.reports.return_by_id(9)
    assert found is not None
    assert found.number == "C9"
    assert await reads.reports.return_by_id(10) is None
    assert (await reads.reports.returns(None, 1, 10)).items == (await reads.reports.returns(71, 1, 10)).items == [found]
    assert (await reads.reports.returns(70, 1, 10)).items == []


async def test_movements_have_the_level_after_each_in_business_time(world: World, reads: ReadSide) -> None:
    """Past business is recorded after today's, and not in the order of its days."""
    happen(
        world,
        *product(5),
        ("stock-5", StockAdjusted(product_id=5, by=7, reason="count")),
        sold(3, "2011-01-02T10:00:00Z", 2),
        sold(6, "2010-12-01T08:26:00Z", 1),
        ("stock-5", PastReturnRecorded(product_id=5, return_id=9, quantity=2, returned_at="2011-01-01T09:00:00Z")),
    )
    latest = await reads.movements.by_sku("S5")
    assert latest is not None
    assert (latest.opened, latest.opened_at, latest.on_hand, latest.month) == (100, at(2), 100, TODAY[:7])
    assert [(m.month, m.arrived, m.left, m.on_hand) for m in latest.months] == [
        ("2010-12", 0, 6, 94), ("2011-01", 2, 3, 93), (TODAY[:7], 7, 0, 100),
    ]  # fmt: skip
    assert [(m.movement.note, m.on_hand) for m in latest.movements] == [("count", 100)]
    january = await reads.movements.by_sku("S5", "2011-01")
    assert january is not None
    moved = [(m.movement.at, m.movement.kind, m.movement.quantity, m.movement.reference) for m in january.movements]
    assert moved == [("2011-01-01T09:00:00Z", "return", 2, 9), ("2011-01-02T10:00:00Z", "sale", -3, 2)]
    assert [m.on_hand for m in january.movements] == [96, 93]
    quiet = await reads.movements.by_sku("S5", "2011-05")
    assert quiet is not None
    assert quiet.movements == []


async def test_a_movement_that_arrives_while_the_levels_are_read_is_left_out(
    world: World, reads: ReadSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(world, *product(5), sold(3, "2011-01-02T10:00:00Z"))
    one = reads.documents.one

    async def and_then_it_sells(model: str, *rest: Any) -> Any:
        found = await one(model, *rest)
        if model == "stock-months":
            happen(world, sold(10, "2011-01-01T10:00:00Z", 2))
        return found

    monkeypatch.setattr(type(reads.documents), "one", lambda _self, *asked: and_then_it_sells(*asked))
    found = await reads.movements.by_sku("S5")
    assert found is not None
    assert (found.on_hand, [(m.movement.quantity, m.on_hand) for m in found.movements]) == (97, [(-3, 97)])
    monkeypatch.undo()
    found = await reads.movements.by_sku("S5")
    assert found is not None
    assert [(m.movement.quantity, m.on_hand) for m in found.movements] == [(-10, 90), (-3, 87)]


async def test_a_month_in_several_documents_is_one_list(world: World, reads: ReadSide) -> None:
    happen(world, *product(5), sold(1, "2011-01-02T10:00:00Z"))
    world.past.append(*[("cart-1", CartCleared())] * BUCKET)
    happen(world, sold(2, "2011-01-01T10:00:00Z", 2))
    found = await reads.movements.by_sku("S5", "2011-01")
    assert found is not None
    assert [(m.movement.quantity, m.on_hand) for m in found.movements] == [(-2, 98), (-1, 97)]
    keys = [key for key, _ in world.redis.contents(world.redis.live()["stock-movements"])]
    assert sorted(keys) == ["5/2011-01/0", "5/2011-01/1"]


async def test_movements_of_a_variant_are_its_own(world: World, reads: ReadSide) -> None:
    happen(
        world,
        *product(5),
        ("product-5", VariantAdded(product_id=5, variant_id=8, name="XL", sku="S5-XL")),
        ("stock-8", StockOpened(product_id=5, variant_id=8, sku="S5-XL", on_hand=4)),
        ("stock-8", StockAdjusted(product_id=5, variant_id=8, by=-1, reason="lost")),
    )
    variant, base = await reads.movements.by_sku("S5-XL"), await reads.movements.by_sku("S5")
    assert variant is not None
    assert base is not None
    assert (variant.variant_id, variant.on_hand, len(variant.movements)) == (8, 3, 1)
    assert (base.on_hand, base.months, base.month, base.movements) == (100, [], None, [])
    assert await reads.movements.by_sku("S9") is None


async def test_figures_that_are_not_built_yet_have_no_answer(world: World, reads: ReadSide) -> None:
    """As after an update, while the runner makes the new models: empty would be a lie."""
    world.past.append(*PAST)
    figures = {"sales", "product-sales", "customers", "returns", "stock-months", "stock-movements"}
    build(world.events, world.redis, [model for model in world.redis_models if model.name not in figures])
    assert await reads.products.by_id(5) is not None
    with pytest.raises(NotBuilt):
        await reads.reports.sales("day", None, None, None, 1, 10)
    with pytest.raises(NotBuilt):
        await reads.reports.return_by_id(9)
    build(world.events, world.redis, [model for model in world.redis_models if model.name in figures])
    assert await reads.reports.return_by_id(9) is not None
