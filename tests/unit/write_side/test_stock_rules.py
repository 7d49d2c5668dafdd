"""Every rule of stock, both verdicts."""

import pytest
from support.given import given

from write_side.stock import decide
from write_side.stock.events import StockAdjusted, StockOpened
from write_side.stock.state import STOCK, Stock

OPENED = StockOpened(product_id=1, sku="K", on_hand=10)


def stock(reserved: int = 0) -> Stock:
    opened = given(STOCK, OPENED)
    return STOCK.evolve(opened, decide.reserve(opened, 5, reserved)) if reserved else opened


def test_by_changes_what_is_on_hand() -> None:
    assert decide.adjust(stock(), -10, None, "broken") == [StockAdjusted(product_id=1, by=-10, reason="broken")]


def test_to_sets_what_is_available_so_that_reservations_stay() -> None:
    (event,) = decide.adjust(stock(reserved=4), None, 3, "count")
    after = STOCK.evolve(stock(reserved=4), event)
    assert (after.on_hand, after.reserved, after.available) == (7, 4, 3)


def test_the_number_it_has_is_no_change() -> None:
    assert decide.adjust(stock(), None, 10, "count") == []
    assert decide.adjust(stock(), 0, None, "count") == []


def test_what_is_reserved_cannot_be_taken_away() -> None:
    assert decide.adjust(stock(reserved=4), -6, None, "broken")
    with pytest.raises(decide.InsufficientStock) as short:
        decide.adjust(stock(reserved=4), -7, None, "broken")
    assert short.value.extra == {"requested": 7, "available": 6}


def test_what_was_never_opened_cannot_be_adjusted() -> None:
    with pytest.raises(decide.NoSuchSku):
        decide.adjust(STOCK.initial, 1, None, "found")


def test_the_last_unit_is_reserved_and_not_one_more() -> None:
    assert decide.reserve(stock(), 5, 10).quantity == 10
    with pytest.raises(decide.InsufficientStock) as short:
        decide.reserve(stock(reserved=8), 6, 3)
    assert short.value.extra == {"requested": 3, "available": 2, "product_id": 1}


@pytest.mark.parametrize(
    ("move", "on_hand", "reserved"), [(decide.release, 10, 0), (decide.ship, 6, 0), (decide.take_back, 14, 4)]
)
def test_what_becomes_of_a_reservation(move: object, on_hand: int, reserved: int) -> None:
    event = move(stock(reserved=4), 5, 4)  # type: ignore[operator]
    after = STOCK.evolve(stock(reserved=4), event)
    assert (after.on_hand, after.reserved) == (on_hand, reserved)
    assert (event.product_id, event.order_id) == (1, 5)


def test_a_variant_s_moves_name_product_and_variant() -> None:
    red = given(STOCK, StockOpened(product_id=1, variant_id=11, sku="R", on_hand=3))
    for event in (decide.reserve(red, 5, 1), decide.release(red, 5, 1), decide.ship(red, 5, 1)):
        assert (event.product_id, event.variant_id) == (1, 11)
