"""Searches over the real Elasticsearch: what is found, in which order, and how facets count."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from shop_past import Happened
from shop_world import World

from projections.follower import Follower
from projections.stores.control import Standing
from read_side.documents.layout import SEARCH
from read_side.documents.search import CEILING
from read_side.errors import Behind, SearchUnavailable, TooDeep, UnknownCursor
from read_side.open import ReadSide
from read_side.queries.filters import LONGEST, Match, ProductFilter
from read_side.queries.ordering import Sort
from read_side.queries.search_cache import BRIEFLY, VISIBLE
from write_side.catalog.category.events import CategoryCreated
from write_side.catalog.product.events import (
    ProductChanged,
    ProductCreated,
    ProductDeactivated,
    ProductDeleted,
    VariantAdded,
)
from write_side.stock.events import StockAdjusted, StockOpened

pytestmark = pytest.mark.asyncio


@dataclass
class Shop:
    """A product per call; what is appended is searchable when `show` has returned."""

    world: World
    followers: list[Follower]
    reads: ReadSide

    def product(self, number: int, stock: int = 1, **more: Any) -> list[Happened]:
        fields: dict[str, Any] = {
            "name": f"P{number}",
            "slug": f"p{number}",
            "sku": f"S{number}",
            "selling_price": 100 * number,
        } | more
        created = ProductCreated(product_id=number, low_stock_threshold=1, **fields)
        opened = StockOpened(product_id=number, sku=str(fields["sku"]), on_hand=stock)
        return [(f"product-{number}", created), (f"stock-{number}", opened)]

    def catch_up(self) -> None:
        for follower in self.followers:
            while follower.step():
                pass

    def fold(self, *happened: Happened) -> int:
        position = self.world.past.append(*happened)
        self.catch_up()
        return position

    async def show(self, *happened: Happened) -> None:
        await self.reads.search.wait(self.fold(*happened), 5)


@pytest_asyncio.fixture
async def shop(world: World) -> AsyncIterator[Shop]:
    followers = [world.follow("redis"), world.follow("elasticsearch")]

    reads = await ReadSide.open(
        world.places.redis_url,
        world.places.elasticsearch_url,
        world.places.layout,
        world.places.search_layout,
    )
    yield Shop(world, followers, reads)
    await reads.close()


async def found(shop: Shop, text: str, match: Match = Match.WORDS) -> list[int]:
    answer = await shop.reads.search.products(ProductFilter(text=text, match=match))
    assert answer.total == len(answer.items)
    return [product.product_id for product in answer.items]


async def test_every_word_must_be_found_somewhere(shop: Shop) -> None:
    await shop.show(
        *shop.product(1, name="Red running shoes", description="light, for men's feet"),
        *shop.product(2, name="Blue shoe", description="for running, not red", sku="RUN-42"),
        *shop.product(3, name="Crème brûlée set", description="the dessert"),
        *shop.product(4, name="Running", active=False),
    )
    assert set(await found(shop, "shoe")) == set(await found(shop, "SHOES")) == {1, 2}
    assert set(await found(shop, " ")) == {1, 2, 3}
    assert set(await found(shop, "running")) == {1, 2}
    assert await found(shop, "red running shoes") == [1, 2]
    assert await found(shop, "running mens") == [1]
    assert await found(shop, "blue light") == []
    assert await found(shop, "creme brulee") == [3]
    assert await found(shop, "the") == [3]
    assert await found(shop, "run-42") == [2]
    assert await found(shop, "shoe run-42") == [2]
    assert await found(shop, "runing") == []
    assert await found(shop, "run-4") == []


async def test_beginnings_and_forgiveness_only_where_asked(shop: Shop) -> None:
    await shop.show(
        *shop.product(1, name="Travel kettle", description="steel"),
        *shop.product(2, name="Trowel", description="kettle-black"),
    )
    assert await found(shop, "trav ket", Match.BEGINNINGS) == [1]
    assert set(await found(shop, "TR", Match.BEGINNINGS)) == {1, 2}
    assert await found(shop, "ravel", Match.BEGINNINGS) == []
    assert await found(shop, "travle", Match.BEGINNINGS) == []
    assert await found(shop, "travle kettle", Match.FORGIVING) == [1]
    assert await found(shop, "travel", Match.FORGIVING) == [1]
    assert await found(shop, "zzzzzz", Match.FORGIVING) == []


@pytest.mark.parametrize("match", list(Match))
async def test_nothing_that_is_typed_is_syntax(shop: Shop, match: Match) -> None:
    await shop.show(*shop.product(1, name="Lamp"), *shop.product(2, name="AND OR NOT *"))
    for text in (
        "*", "lamp OR trowel", "name:lamp", "lamp~2", "la*p", "lamp AND", "/.*/",
        "{}", '{"match_all": {}}', "\\", "[1 TO 2]", "a" * LONGEST, "a b " * LONGEST, "\x00", "𓀀",
    ):  # fmt: skip
        answer = await shop.reads.search.products(ProductFilter(text=text, match=match))
        assert 1 not in [product.product_id for product in answer.items], text
        await shop.reads.search.suggest(text)
    for text in ('"lamp', "(lamp", "lamp*", "-lamp", "+lamp"):
        assert await found(shop, text, match) == [1], text
    odd = ProductFilter(attributes={'x"}}': ("*", "\x1f"), "Size [EU] > 3": ("4",)}, text="lamp")
    assert (await shop.reads.search.products(odd, with_facets=True)).total == 0


async def test_beginnings_are_looked_for_in_name_and_description_and_signs_are_passed_over(shop: Shop) -> None:
    await shop.show(
        *shop.product(1, name="Salt & Pepper mill", description="of beech, for the table", sku="MILL-1"),
        *shop.product(2, name="Salt cellar", description="glass"),
        *shop.product(3, name="茶壺", description="чайник"),
    )
    for text in ("Salt & Pepper", "salt && bee", "MILL salt (table)", "- mill -", "tab mil"):
        assert await found(shop, text, Match.BEGINNINGS) == [1], text
    assert set(await found(shop, "sal", Match.BEGINNINGS)) == {1, 2}
    assert await found(shop, "茶", Match.BEGINNINGS) == await found(shop, "ЧАЙ", Match.BEGINNINGS) == [3]
    for text in ("&", "& *", "salts", "slat", "epper", "mill-1", "the glass"):
        assert await found(shop, text, Match.BEGINNINGS) == [], text


async def test_any_of_several_tags_is_enough_in_whatever_letters(shop: Shop) -> None:
    await shop.show(
        *shop.product(1, tags=("Summer Sale", "Größe XL")),
        *shop.product(2, tags=("new",)),
        *shop.product(3),
        *shop.product(4, tags=("new",)),
        ("product-4", ProductChanged(product_id=4, tags=("old",))),
    )

    async def tagged(*tags: str) -> set[int]:
        answer = await shop.reads.search.products(ProductFilter(tags=tags))
        return {product.product_id for product in answer.items}

    assert await tagged("NEW") == {2}
    assert await tagged("summer  sale", "old", "no such") == {1, 4}
    assert await tagged("grösse xl") == {1}
    assert await tagged("summer") == await tagged() == set()


async def test_filters_combine(shop: Shop) -> None:
    def category(number: int, parent: int | None = None) -> Happened:
        return f"category-{number}", CategoryCreated(
            category_id=number, name=f"C{number}", slug=f"c{number}", parent_id=parent
        )

    await shop.show(
        category(91),
        category(92, 91),
        *shop.product(1, category_id=91, brand_id=5, seller_id=7),
        *shop.product(2, category_id=92, brand_id=6, stock=0, featured=True),
        *shop.product(3, category_id=92, brand_id=6, attributes={"color": "red"}),
        *shop.product(4, selling_price=0),
        *shop.product(5, active=False, seller_id=7),
        *shop.product(6),
        ("product-6", ProductDeleted(product_id=6)),
        (
            "product-3",
            VariantAdded(product_id=3, variant_id=30, name="M", sku="V", attributes={"size": "M"}),
        ),
    )

    async def ids(**asked: Any) -> set[int]:
        answer = await shop.reads.search.products(ProductFilter(**asked))
        return {product.product_id for product in answer.items}

    assert await ids() == {1, 2, 3, 4}
    assert await ids(category_ids=(91,)) == {1, 2, 3}
    assert await ids(category_ids=(91,), descendants=False) == {1}
    assert await ids(category_ids=(99,)) == set()
    assert await ids(min_price=200, max_price=300) == {2, 3}
    assert await ids(max_price=0) == {4}
    assert await ids(in_stock=False) == {2}
    assert await ids(brand_ids=(5, 6), in_stock=True) == {1, 3}
    assert await ids(featured=True) == {2}
    assert await ids(featured=False, brand_ids=(6,)) == {3}
    assert await ids(seller_id=7) == {1}
    assert await ids(seller_id=7, hidden=True) == {1, 5}
    assert await ids(ids=(1, 4, 5, 6)) == {1, 4}
    assert await ids(ids=()) == set()
    assert await ids(attributes={"color": ("red", "blue")}) == {3}
    assert await ids(attributes={"color": ("red",), "size": ("M",)}) == {3}
    assert await ids(attributes={"color": ("red",), "size": ("L",)}) == set()


async def test_names_prices_before_reductions_and_what_is_inactive(shop: Shop) -> None:
    await shop.show(
        *shop.product(1, name="Blue Kettle", description="for tea", selling_price=900, list_price=1000),
        *shop.product(2, name="blue kettles", selling_price=1000),
        *shop.product(3, name="Red Kettle", selling_price=1100, active=False),
    )

    async def ids(**asked: Any) -> set[int]:
        answer = await shop.reads.search.products(ProductFilter(**asked))
        return {product.product_id for product in answer.items}

    for named in ({"text": "KETTLE blue", "match": Match.NAME}, {"name": "KETTLE blue"}):
        assert await ids(**named) == {1}, "whole words of the name, in any order and case"
    assert (
        await ids(text="tea", match=Match.NAME) == await ids(name="kett") == await ids(name="x" * LONGEST * 2) == set()
    )
    assert await ids(name="blue", text="kettles", match=Match.NAME) == {2}
    assert await ids(min_full_price=1000, max_full_price=1000) == {1, 2}
    assert await ids(max_full_price=999) == set()
    assert await ids(min_price=1000, max_full_price=2**80) == {2}
    assert await ids(hidden=True, active=False) == {3}
    assert await ids(hidden=True, active=True) == {1, 2}


async def test_a_document_carries_all_that_a_row_shows(shop: Shop) -> None:
    await shop.show(
        *shop.product(1, list_price=900, description="d"),
        ("product-1", VariantAdded(product_id=1, variant_id=9, name="M", sku="V", price=5)),
    )
    (product,) = (await shop.reads.search.products(ProductFilter())).items
    assert product == await shop.reads.products.by_id(1)


async def test_orders_and_pages(shop: Shop) -> None:
    prices = [300, 100, 300, 200, 100, 0]
    names = ["beta", "Alpha", "élan", "alpha", "Zeta", "gamma"]
    await shop.show(
        *(
            event
            for number, (price, name) in enumerate(zip(prices, names, strict=True), 1)
            for event in shop.product(number, selling_price=price, name=name)
        )
    )
    expected = {
        Sort.PRICE: [6, 2, 5, 4, 1, 3],
        Sort.PRICE_DOWN: [3, 1, 4, 5, 2, 6],
        Sort.CREATED: [1, 2, 3, 4, 5, 6],
        Sort.CREATED_DOWN: [6, 5, 4, 3, 2, 1],
        Sort.NAME: [2, 4, 1, 3, 6, 5],
        Sort.NAME_DOWN: [5, 6, 3, 1, 4, 2],
        Sort.RELEVANCE: [6, 5, 4, 3, 2, 1],
    }
    search, everything = shop.reads.search, ProductFilter()
    for sort, wanted in expected.items():
        by_page, walked, cursor, first = [], [], None, None
        for page in (1, 2, 3, 4):
            answer = await search.products(everything, sort=sort, page=page, size=2)
            assert answer.total == 6
            by_page += [product.product_id for product in answer.items]
        while True:
            stretch = await search.walk(everything, sort=sort, cursor=cursor, size=4)
            first = first or stretch
            walked += [product.product_id for product in stretch.items]
            if stretch.after is None:
                break
            cursor = stretch.after
        assert by_page == walked == wanted, sort
        assert first.before is None
        assert stretch.before is not None
        back = await search.walk(everything, sort=sort, cursor=stretch.before, size=4)
        assert back.items == first.items
    with pytest.raises(TooDeep):
        await search.products(everything, page=CEILING // 20 + 1, size=20)
    assert (await search.products(everything, page=CEILING // 20, size=20)).items == []
    for wrong in ("", "x", "W10", "WzEsMl0", "bm90IGpzb24"):
        with pytest.raises(UnknownCursor):
            await search.walk(everything, cursor=wrong)


async def test_facets_are_exact_under_multi_select(shop: Shop) -> None:
    """Against counts made by hand, for made-up products and selections."""
    dice = random.Random(5)
    tree = {1: None, 2: 1, 3: 1, 4: 2, 5: None}
    made: dict[int, dict[str, Any]] = {}
    happened: list[Happened] = [
        (
            f"category-{n}",
            CategoryCreated(category_id=n, name=str(n), slug=str(n), parent_id=parent),
        )
        for n, parent in tree.items()
    ]
    for number in range(100, 260):
        fields: dict[str, Any] = {
            "category_id": dice.choice([None, *tree]),
            "brand_id": dice.choice([None, 7, 8, 9]),
            "selling_price": dice.choice([0, 2499, 2500, 4999, 9000, 300000]),
            "attributes": {
                name: dice.choice(values)
                for name, values in {"color": "rgb", "size": "SML"}.items()
                if dice.random() < 0.8
            },
            "stock": dice.choice([0, 3]),
        }
        made[number] = fields
        happened += shop.product(number, **fields)
    await shop.show(*happened)

    def above(category: int | None) -> set[int]:
        found = set()
        while category is not None:
            found.add(category)
            category = tree[category]
        return found

    for _ in range(25):
        asked = ProductFilter(
            category_ids=dice.choice([None, (1,), (2, 5), (4,)]),
            brand_ids=dice.choice([None, (7,), (8, 9)]),
            min_price=dice.choice([None, 2500]),
            max_price=dice.choice([None, 4999, 9000]),
            in_stock=dice.choice([None, True, False]),
            attributes=dice.choice([{}, {"color": ("r", "g")}, {"color": ("b",), "size": ("S",)}]),
        )

        def chosen(product: dict[str, Any], but: str = "", asked: ProductFilter = asked) -> bool:
            """Whether all selections but one hold for a product."""
            low, high = asked.min_price or 0, asked.max_price
            price = product["selling_price"]
            tests = {
                "category": asked.category_ids is None or bool(above(product["category_id"]) & set(asked.category_ids)),
                "brand": asked.brand_ids is None or product["brand_id"] in asked.brand_ids,
                "price": price >= low and (high is None or price <= high),
                "stock": asked.in_stock is None or (product["stock"] > 0) == asked.in_stock,
                **{name: product["attributes"].get(name) in values for name, values in asked.attributes.items()},
            }
            return all(holds for name, holds in tests.items() if name != but)

        answer = await shop.reads.search.products(asked, size=100, with_facets=True)
        counts = answer.facets
        assert counts is not None
        assert answer.total == sum(chosen(p) for p in made.values())
        assert {p.product_id for p in answer.items} <= {n for n, p in made.items() if chosen(p)}
        for category in tree:
            expected = sum(chosen(p, "category") and category in above(p["category_id"]) for p in made.values())
            assert counts.categories.get(category, 0) == expected
        for brand in (7, 8, 9):
            expected = sum(chosen(p, "brand") and p["brand_id"] == brand for p in made.values())
            assert counts.brands.get(brand, 0) == expected
        priced = [p["selling_price"] for p in made.values() if chosen(p, "price")]
        assert counts.lowest_price == min(priced, default=None)
        assert counts.highest_price == max(priced, default=None)
        for bucket in counts.price_ranges:
            low, high = bucket.low or 0, bucket.high or 10**9
            assert bucket.count == sum(low <= price < high for price in priced)
        assert counts.in_stock == sum(chosen(p, "stock") and p["stock"] > 0 for p in made.values())
        assert counts.out_of_stock == sum(chosen(p, "stock") and p["stock"] == 0 for p in made.values())
        for name, values in {"color": "rgb", "size": "SML"}.items():
            for value in values:
                expected = sum(chosen(p, name) and p["attributes"].get(name) == value for p in made.values())
                assert counts.attributes.get(name, {}).get(value, 0) == expected
    assert await shop.reads.search.facets(asked) == counts


async def test_suggestions_complete_words_of_names(shop: Shop) -> None:
    await shop.show(
        *shop.product(1, name="Compact travel kettle"),
        *shop.product(2, name="Kettle, compact"),
        *shop.product(3, name="Compost"),
        *shop.product(4, name="Kettlebell", active=False),
    )
    suggest = shop.reads.search.suggest
    assert {s.product_id for s in await suggest("com")} == {1, 2, 3}
    assert {s.product_id for s in await suggest("KET com")} == {1, 2}
    assert [s.slug for s in await suggest("trav")] == ["p1"]
    assert await suggest("ettle") == []
    assert len(await suggest("com", 2)) == 2


async def test_changes_show_and_deleted_products_never_come_back(shop: Shop) -> None:
    await shop.show(*shop.product(1, stock=0), *shop.product(2), *shop.product(3))
    await shop.show(
        ("product-1", ProductChanged(product_id=1, name="Lantern")),
        ("stock-1", StockAdjusted(product_id=1, by=4, reason="delivery")),
        ("product-2", ProductDeactivated(product_id=2)),
        ("product-3", ProductDeleted(product_id=3)),
    )
    assert await found(shop, "lantern") == [1]
    answer = await shop.reads.search.products(ProductFilter(in_stock=True, hidden=True))
    assert {product.product_id for product in answer.items} == {1, 2}
    # Everything is delivered once more, to a follower that has seen nothing.
    generation = shop.world.elasticsearch.live()["products"]
    shop.world.elasticsearch._control.remove(f"position:{generation}")
    shop.world.elasticsearch._control.put(f"position:{generation}", Standing(0), None)
    shop.followers[1] = shop.world.follow("elasticsearch", 2)
    await shop.show(*shop.product(4))
    answer = await shop.reads.search.products(ProductFilter(hidden=True))
    assert {product.product_id for product in answer.items} == {1, 2, 4}


async def test_a_position_becomes_searchable_with_one_refresh(shop: Shop) -> None:
    client = shop.reads.elasticsearch
    refresh, calls = client.indices.refresh, []

    async def counted(**options: Any) -> Any:
        calls.append(options)
        return await refresh(**options)

    client.indices.refresh = counted  # type: ignore[method-assign]
    position = shop.world.past.append(*shop.product(1))
    with pytest.raises(Behind):
        await shop.reads.search.wait(position, 0.05)
    shop.catch_up()
    await asyncio.gather(*(shop.reads.search.wait(position, 5) for _ in range(40)))
    assert len(calls) == 1
    assert (await shop.reads.search.products(ProductFilter())).total == 1


async def test_what_is_asked_again_is_not_sent_again_until_it_changed(shop: Shop) -> None:
    sent, send = [], shop.reads.search._send

    async def counted(query: bytes) -> bytes:
        sent.append(query)
        return await send(query)

    shop.reads.search._send = counted  # type: ignore[method-assign]
    await shop.show(*shop.product(1, name="Lantern"))
    assert await found(shop, "lantern") == await found(shop, "lantern") == [1]
    assert len(sent) == 1
    answer = await shop.reads.search.products(ProductFilter(text="lantern"), size=1)
    assert ([product.name for product in answer.items], len(sent)) == (["Lantern"], 2)

    # Who must see what has changed sees it, and whoever asks afterwards does.
    await shop.show(*shop.product(2, name="Lantern"))
    assert set(await found(shop, "lantern")) == set(await found(shop, "lantern")) == {1, 2}
    assert len(sent) == 3

    # Nobody who waits: the change shows by itself, soon.
    shop.fold(*shop.product(3, name="Lantern"))
    for _ in range(int((VISIBLE + BRIEFLY + 1) / 0.05)):
        if (shown := set(await found(shop, "lantern"))) == {1, 2, 3}:
            break
        await asyncio.sleep(0.05)
    assert shown == {1, 2, 3}


async def test_a_new_writer_tells_that_anything_may_have_changed(shop: Shop) -> None:
    """The one before may have died between a document and its announcement."""
    told = asyncio.Event()
    shop.reads.positions.on_change(lambda changed: told.set() if changed and SEARCH in changed else None)
    async with asyncio.timeout(5):
        shop.fold(*shop.product(1))
        await told.wait()
    told.clear()
    shop.followers[1].beat(b"")
    await asyncio.sleep(0.2)
    assert not told.is_set(), "nothing has changed"
    async with asyncio.timeout(5):
        shop.world.follow("elasticsearch").beat(b"")
        await told.wait()


async def test_without_elasticsearch_plain_lists_go_on(shop: Shop, world: World) -> None:
    shop.fold(*shop.product(1))
    reads = await ReadSide.open(
        world.places.redis_url,
        "http://127.0.0.1:1",
        world.places.layout,
        world.places.search_layout,
    )
    for ask in (
        reads.search.products(ProductFilter()),
        reads.search.suggest("a"),
        reads.search.walk(ProductFilter()),
    ):
        with pytest.raises(SearchUnavailable):
            await ask
    assert (await reads.products.newest(1, 10)).total == 1
    await reads.close()
