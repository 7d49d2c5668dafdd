"""The bus: batches, refusals that harm nobody, answers after the commit, rivals in other processes."""

import asyncio
import functools
import threading
from concurrent.futures import Future, wait

import pytest
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent
from support.databases import Databases
from support.rivals import await_appends_waiting, log_held, one_batch
from support.shop import SERVICE, Shop

from storefold import bootstrap
from storefold.bootstrap import WriteSide, build_write_side
from write_side.account.commands import RegisterAccount
from write_side.batch import Accepted
from write_side.bus import Bus
from write_side.cart.commands import AddToCart, ClearCart
from write_side.cart.decide import ProductNotSold
from write_side.cart.state import CART
from write_side.catalog.brand.commands import CreateBrand
from write_side.catalog.product.commands import CreateProduct
from write_side.catalog.product.decide import SkuTaken, SlugTaken
from write_side.codecs import decode
from write_side.messages import Actor
from write_side.order.commands import CancelOrder, PlaceOrder
from write_side.refusals import NotFound, Overloaded, TooLarge
from write_side.stock.commands import AdjustStock
from write_side.stock.decide import InsufficientStock


@pytest.fixture
def bus(write_side: WriteSide) -> Bus:
    return write_side.bus


def batches(shop: Shop, answers: list[Accepted]) -> set[str]:
    """The times at which these answers' events were decided: one per batch."""
    log = shop.write_side.log
    rows, _ = log.read(0, 10_000)
    times = {row[0]: decode(row[3], row[4])[1].at for row in rows}
    return {times[answer.position] for answer in answers}


# -- batches --------------------------------------------------------------------------------------


def test_a_later_command_of_a_batch_sees_what_an_earlier_one_did(shop: Shop, bus: Bus, databases: Databases) -> None:
    buyer, kettle = shop.person(), shop.product(price="10.00", stock=5)
    shop.do(ClearCart(), buyer)
    with one_batch(databases, bus):
        add = bus.submit(AddToCart(product_id=kettle.product_id, quantity=2), buyer.actor)
        more = bus.submit(AddToCart(product_id=kettle.product_id, quantity=1), buyer.actor)
        place = bus.submit(PlaceOrder(), buyer.actor)
        refused = bus.submit(AddToCart(product_id=kettle.product_id, quantity=3), buyer.actor)
    assert more.result().result["quantity"] == 3
    assert place.result().result["total"] == "30.00"
    with pytest.raises(InsufficientStock) as short:
        refused.result()
    assert short.value.extra == {"requested": 3, "available": 2}
    assert len(batches(shop, [add.result(), more.result(), place.result()])) == 1


def test_commands_are_decided_in_the_order_in_which_they_came(shop: Shop, bus: Bus, databases: Databases) -> None:
    """The first one lacks a name, the others nothing: they wait for it all the same."""
    buyer, kettle = shop.person(), shop.product(stock=1)
    shop.do(ClearCart(), buyer)
    with one_batch(databases, bus):
        restock = bus.submit(AdjustStock(sku=kettle.sku, to=3), SERVICE)
        add = bus.submit(AddToCart(product_id=kettle.product_id, quantity=3), buyer.actor)
        sell_out = bus.submit(AdjustStock(sku=kettle.sku, to=0), SERVICE)
        place = bus.submit(PlaceOrder(), buyer.actor)
    assert restock.result().position < add.result().position < sell_out.result().position
    with pytest.raises(InsufficientStock):
        place.result()


def test_positions_tell_each_caller_its_own_last_event(shop: Shop, bus: Bus, databases: Databases) -> None:
    people, kettle = shop.people(3), shop.product(stock=50)
    with one_batch(databases, bus):
        waiting = [bus.submit(AddToCart(product_id=kettle.product_id), person.actor) for person in people]
    answers = [future.result() for future in waiting]
    log = shop.write_side.log
    for answer in answers:
        stream, version, topic = answer.events[-1]
        (row,), _ = log.read(answer.position - 1, 1)
        assert row[:4] == (answer.position, stream, version, topic)
    assert len({answer.position for answer in answers}) == 3


def test_refused_commands_harm_nobody_in_their_batch(shop: Shop, bus: Bus, databases: Databases) -> None:
    buyer, other = shop.people(2)
    kettle = shop.product(stock=5)
    surrogate = Actor(person_id=other.person_id, roles=other.roles, request="\ud800")
    with one_batch(databases, bus):
        add = AddToCart(product_id=kettle.product_id)
        good = [bus.submit(add, buyer.actor)]
        bad: list[tuple[Future[Accepted], type[Exception]]] = [
            (bus.submit(AddToCart(product_id=kettle.product_id, quantity=6), buyer.actor), InsufficientStock),
            (bus.submit(AddToCart(product_id=999_999_999), buyer.actor), ProductNotSold),
            (bus.submit(add, surrogate), TooLarge),  # no UTF-8 has this request's id
            (bus.submit(add, SERVICE), AssertionError),  # a fault of ours: nobody's cart
        ]
        good.append(bus.submit(add, other.actor))
    assert len(batches(shop, [future.result() for future in good])) == 1
    for future, reason in bad:
        with pytest.raises(reason):
            future.result()
    assert shop.in_cart(buyer) == shop.in_cart(other) == 1


def test_a_value_that_the_database_cannot_hold_fails_alone(shop: Shop, bus: Bus, databases: Databases) -> None:
    """Past the validation of commands; the batch is then carried out one by one."""
    buyer, kettle = shop.person(), shop.product()
    with one_batch(databases, bus):
        good = bus.submit(AddToCart(product_id=kettle.product_id), buyer.actor)
        nul = bus.submit(AdjustStock.model_construct(sku="a\x00b", by=1, to=None, reason="x"), SERVICE)
        also_good = bus.submit(AddToCart(product_id=kettle.product_id), buyer.actor)
    good.result()
    also_good.result()
    with pytest.raises(TooLarge):
        nul.result()
    assert shop.in_cart(buyer) == 2


def test_a_unique_name_that_is_taken_fails_alone(shop: Shop, bus: Bus, databases: Databases) -> None:
    with one_batch(databases, bus):
        first = bus.submit(CreateProduct(name="A", price=1, slug="one", sku="S1"), SERVICE)
        same_slug = bus.submit(CreateProduct(name="B", price=1, slug="one", sku="S2"), SERVICE)
        same_sku = bus.submit(CreateProduct(name="C", price=1, slug="two", sku="S1"), SERVICE)
        free = bus.submit(CreateProduct(name="D", price=1, slug="two", sku="S2"), SERVICE)
    assert (first.result().result["slug"], free.result().result["slug"]) == ("one", "two")
    with pytest.raises(SlugTaken):
        same_slug.result()
    with pytest.raises(SkuTaken):
        same_sku.result()


def test_a_name_that_a_rival_takes_between_decision_and_append_fails_alone(
    shop: Shop, bus: Bus, databases: Databases
) -> None:
    shop.product()
    with log_held(databases) as rival:
        bus.submit(CreateBrand(name="Filler"), SERVICE)
        await_appends_waiting(databases)
        late = bus.submit(CreateProduct(name="Late", price=1, slug="mine"), SERVICE)
        free = bus.submit(CreateProduct(name="Free", price=1, slug="free"), SERVICE)
        rival.execute("INSERT INTO names (kind, value, owner) VALUES ('product-slug', 'mine', 1)")
    with pytest.raises(SlugTaken):
        late.result()
    assert free.result().result["slug"] == "free"


def test_nobody_is_answered_before_the_commit(shop: Shop, bus: Bus, databases: Databases) -> None:
    """Refusals neither: the second buyer's rests on what the first one's order took."""
    first, second = shop.people(2)
    last = shop.product(stock=1)
    shop.add(first, last)
    shop.add(second, last)
    with log_held(databases):
        blocked = bus.submit(CreateBrand(name="Filler"), SERVICE)
        await_appends_waiting(databases)
        sold = bus.submit(PlaceOrder(), first.actor)
        refused = bus.submit(PlaceOrder(), second.actor)
        done, _ = wait([blocked, sold, refused], timeout=0.3)
        assert not done
    with pytest.raises(InsufficientStock):
        refused.result()
    order_id = sold.result().result["order_id"]
    assert shop.write_side.log.select_events(f"order-{order_id}")


# -- other processes ------------------------------------------------------------------------------


def test_two_buses_on_one_cart_lose_nothing(shop: Shop, bus: Bus, databases: Databases) -> None:
    buyer, kettle = shop.person(), shop.product(stock=10_000)
    other = build_write_side(databases.settings())
    add = AddToCart(product_id=kettle.product_id)

    def send(through: Bus) -> None:
        for future in [through.submit(add, buyer.actor) for _ in range(100)]:
            future.result()

    threads = [threading.Thread(target=send, args=(side,)) for side in (bus, other.bus)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert shop.in_cart(buyer) == 200


@pytest.mark.parametrize("quiet", [False, True], ids=["right after", "after a quiet while"])
def test_what_another_process_did_is_known_to_the_next_answer(
    shop: Shop, bus: Bus, databases: Databases, monkeypatch: pytest.MonkeyPatch, quiet: bool
) -> None:
    """Both verdicts: a refusal appends nothing and so is checked by nothing but the bus itself."""
    shared_for = 0.05 if quiet else 60.0
    monkeypatch.setattr("write_side.append.SHARED_FOR", shared_for)

    def go_on() -> None:
        """After the quiet while nobody is expected to append but this process."""
        if quiet:
            threading.Event().wait(2 * shared_for)

    buyer, rival = shop.people(2)
    kettle = shop.product(stock=1)
    other = build_write_side(databases.settings())
    there = Shop(other)
    shop.do(ClearCart(), buyer)  # cached here: cart, account; the stock since it was opened
    go_on()
    order = there.order(rival, kettle)
    with pytest.raises(InsufficientStock):
        shop.add(buyer, kettle)
    go_on()
    there.do(CancelOrder(order_id=order), rival)
    assert shop.add(buyer, kettle).result["quantity"] == 1
    go_on()
    there.restock(kettle, to=0)
    with pytest.raises(InsufficientStock):
        shop.do(PlaceOrder(), buyer)
    go_on()
    there.restock(kettle, to=1)
    shop.do(PlaceOrder(), buyer)
    other.close()


def test_a_tiny_cache_changes_nothing_but_speed(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "Bus", functools.partial(Bus, cache_size=2))
    side = build_write_side(databases.settings())
    shop = Shop(side)
    buyers, goods = shop.people(3), [shop.product() for _ in range(3)]
    with one_batch(databases, side.bus):
        adds = [side.bus.submit(AddToCart(product_id=g.product_id), b.actor) for b in buyers for g in goods]
    assert all(future.result().result["quantity"] == 1 for future in adds)
    assert [shop.in_cart(buyer) for buyer in buyers] == [3, 3, 3]
    side.close()


# -- callers --------------------------------------------------------------------------------------


def test_a_caller_who_gave_up_stops_nobody(shop: Shop, bus: Bus, databases: Databases) -> None:
    buyer, kettle = shop.person(), shop.product()
    with one_batch(databases, bus):
        gone = bus.submit(AddToCart(product_id=kettle.product_id), buyer.actor)
        stays = bus.submit(AddToCart(product_id=kettle.product_id), buyer.actor)
        assert gone.cancel()
    assert stays.result(5).result["quantity"] == 2  # the command was carried out, only not answered
    assert shop.add(buyer, kettle).result["quantity"] == 3


async def test_event_loops_are_answered_and_may_give_up(shop: Shop, bus: Bus) -> None:
    buyer, kettle = shop.person(), shop.product()
    add = AddToCart(product_id=kettle.product_id)
    task = asyncio.create_task(bus.send(add, buyer.actor))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    answers = await asyncio.gather(*(bus.send(add, buyer.actor) for _ in range(10)))
    assert max(answer.result["quantity"] for answer in answers) in (10, 11)
    with pytest.raises(NotFound):
        await bus.send(AddToCart(product_id=1), buyer.actor)
    registered = await bus.send(
        RegisterAccount.model_validate({"email": "loop@shop.test", "password": "long enough"}), Actor()
    )
    assert registered.result["person_id"]


def test_closing_carries_out_what_waits_and_takes_nothing_more(databases: Databases) -> None:
    side = build_write_side(databases.settings())
    shop = Shop(side)
    buyer, kettle = shop.person(), shop.product()
    waiting = [side.bus.submit(AddToCart(product_id=kettle.product_id), buyer.actor) for _ in range(50)]
    side.bus.close()
    assert all(future.result(0).events for future in waiting)
    with pytest.raises(Overloaded):
        side.bus.submit(ClearCart(), buyer.actor)
    side.close()


def test_too_many_waiting_commands_are_turned_away(
    shop: Shop, bus: Bus, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("write_side.bus.MAX_WAITING", 3)
    buyer = shop.person()
    with one_batch(databases, bus):
        waiting = [bus.submit(ClearCart(), buyer.actor) for _ in range(4)]
        with pytest.raises(Overloaded):
            bus.submit(ClearCart(), buyer.actor)
    assert all(future.result(5).events == [] for future in waiting)


# -- what was stored long ago ---------------------------------------------------------------------


def test_a_cart_from_before_an_event_s_new_version_goes_on(shop: Shop, bus: Bus) -> None:
    """Its stored bytes stay as they are; what is added now is stored in the new version."""
    buyer, kettle = shop.person(), shop.product()
    old = b'{"v":1,"data":{"line_id":5,"product_id":%d,"quantity":2,"variant_id":null},"meta":{"at":"2020-01-01"}}'
    stream = CART.stream(buyer.person_id)
    shop.write_side.log.insert_events([StoredEvent(stream, 1, "cart.item-added", old % kettle.product_id)])
    line = shop.add(buyer, kettle, 3).result
    assert (line["line_id"], line["quantity"]) == (5, 5)
    stored = [event.state for event in shop.write_side.log.select_events(stream)]
    assert stored[0] == old % kettle.product_id
    assert stored[1].startswith(b'{"v":2,')


def test_an_event_that_this_release_cannot_read_concerns_its_stream_alone(
    shop: Shop, bus: Bus, databases: Databases
) -> None:
    """A newer release runs beside this one: once on a stream in memory, once on one that must be loaded."""
    known, unknown, buyer = shop.people(3)
    kettle = shop.product(stock=50)
    shop.add(known, kettle)
    for person, version in ((known, 2), (unknown, 1)):
        newer = StoredEvent(
            CART.stream(person.person_id), version, "cart.cleared", b'{"v":2,"data":{},"meta":{"at":""}}'
        )
        shop.write_side.log.insert_events([newer])
    for _ in range(2):
        with one_batch(databases, bus):
            add = AddToCart(product_id=kettle.product_id)
            unread = [bus.submit(add, person.actor) for person in (known, unknown)]
            good = bus.submit(add, buyer.actor)
        good.result()
        for future in unread:
            with pytest.raises(MapperDeserialisationError):
                future.result()
    assert shop.in_cart(buyer) == 2
