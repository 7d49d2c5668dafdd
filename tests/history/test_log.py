"""The log as analysts read it: whole, in order, in the current version of every event."""

import msgspec
from support.shop import Shop

from history.log import WINDOW, Entry, entries
from write_side.cart.commands import AddToCart
from write_side.event_store import Row


def read_all(shop: Shop, **asked: object) -> list[Entry]:
    return list(entries(shop.write_side.log.read, **asked))  # type: ignore[arg-type]


def test_every_event_once_in_order(shop: Shop) -> None:
    buyer, goods = shop.person(), shop.product(stock=5)
    shop.do(AddToCart(product_id=goods.product_id, quantity=2), buyer)
    found = read_all(shop)
    assert [entry.position for entry in found] == list(range(1, shop.write_side.log.head() + 1))
    last = found[-1]
    assert (last.event, last.stream) == ("cart.item-added", f"cart-{buyer.person_id}")
    assert last.data["quantity"] == 2
    assert last.meta["actor"] == buyer.person_id
    assert last.at == last.meta["at"]


def test_a_part_of_it(shop: Shop) -> None:
    buyer, goods = shop.person(), shop.product(stock=5)
    shop.do(AddToCart(product_id=goods.product_id, quantity=2), buyer)
    whole = read_all(shop)
    assert read_all(shop, after=2) == whole[2:]
    assert read_all(shop, upto=2) == whole[:2]
    assert read_all(shop, after=1, upto=1) == []
    assert read_all(shop, stream="cart-") == [entry for entry in whole if entry.stream.startswith("cart-")] != []
    assert read_all(shop, events=["account.registered"]) == [e for e in whole if e.event == "account.registered"] != []


def test_it_pages_over_what_is_left_out() -> None:
    state = msgspec.json.encode({"v": 1, "data": {}, "meta": {"at": "2026-01-01T00:00:00.000000Z"}})
    asked: list[int] = []

    def read(after: int, window: int, topics: object) -> tuple[list[Row], int]:
        # The only event of this kind is the last of three windows.
        asked.append(after)
        upto = min(after + window, 3 * WINDOW)
        last = [(3 * WINDOW, "cart-1", 1, "cart.cleared", state)] if after < 3 * WINDOW == upto else []
        return last, upto

    assert [entry.position for entry in entries(read, events=["cart.cleared"])] == [3 * WINDOW]
    assert asked == [0, WINDOW, 2 * WINDOW, 3 * WINDOW]


def test_an_old_version_comes_out_as_the_current_one(shop: Shop) -> None:
    old = {"line_id": 1, "product_id": 2, "quantity": 3}
    state = msgspec.json.encode({"v": 1, "data": old, "meta": {"at": "2026-01-01T00:00:00.000000Z"}})

    def read(after: int, window: int, topics: object) -> tuple[list[Row], int]:
        return ([(1, "cart-1", 1, "cart.item-added", state)], 1) if after == 0 else ([], after)

    (entry,) = entries(read)
    assert entry.data["quantity"] == 3
    assert set(entry.data) > set(old)
