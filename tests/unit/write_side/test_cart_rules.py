"""Every rule of carts, both verdicts."""

import pytest
from support.given import given

from write_side.cart import decide
from write_side.cart.events import (
    CartCheckedOut,
    CartCleared,
    CartItemQuantityChanged,
    ItemAddedToCart,
    ItemRemovedFromCart,
)
from write_side.cart.state import CART, Cart
from write_side.catalog.product.events import (
    ProductCreated,
    ProductDeactivated,
    ProductDeleted,
    VariantAdded,
    VariantRemoved,
)
from write_side.catalog.product.state import PRODUCT, Product
from write_side.messages import Event
from write_side.stock.decide import InsufficientStock
from write_side.stock.state import Stock

KETTLE = ProductCreated(product_id=1, name="Kettle", slug="kettle", sku="K", selling_price=1999, low_stock_threshold=5)
RED = VariantAdded(product_id=1, variant_id=11, name="Red", sku="K-R", price=2499)
PLAIN = VariantAdded(product_id=1, variant_id=12, name="Plain", sku="K-P")


def added(line_id: int = 7, product_id: int = 1, quantity: int = 2, variant_id: int | None = None) -> ItemAddedToCart:
    return ItemAddedToCart(
        line_id=line_id, product_id=product_id, quantity=quantity, unit_price=1999, variant_id=variant_id
    )


def product(*events: Event) -> Product:
    return given(PRODUCT, KETTLE, RED, PLAIN, *events)


def stock(available: int) -> Stock:
    return Stock(product_id=1, on_hand=available)


def cart(*events: Event) -> Cart:
    return given(CART, *events)


def test_a_product_comes_into_the_cart_at_its_price() -> None:
    event = decide.add(cart(), product(), stock(5), None, 5, line_id=7)
    assert event == ItemAddedToCart(line_id=7, product_id=1, quantity=5, unit_price=1999)


@pytest.mark.parametrize(("variant", "price"), [(11, 2499), (12, 1999)])
def test_a_variant_comes_at_its_own_price_or_the_product_s(variant: int, price: int) -> None:
    assert decide.add(cart(), product(), stock(5), variant, 1, 7).unit_price == price


def test_more_of_it_goes_on_the_line_it_has() -> None:
    more = decide.add(cart(added(quantity=2)), product(), stock(3), None, 1, line_id=99)
    assert more.line_id == 7
    assert given(CART, added(quantity=2), more).lines[1].quantity == 3


def test_a_variant_has_a_line_of_its_own() -> None:
    event = decide.add(cart(added()), product(), stock(9), 11, 1, line_id=8)
    assert set(given(CART, added(), event).lines) == {1, 11}


def test_more_than_there_is_is_refused_with_what_the_cart_holds_counted_in() -> None:
    with pytest.raises(InsufficientStock) as short:
        decide.add(cart(added(quantity=2)), product(), stock(4), None, 3, 7)
    assert short.value.extra == {"requested": 5, "available": 4}


@pytest.mark.parametrize("gone", [ProductDeactivated(product_id=1), ProductDeleted(product_id=1)])
def test_what_is_not_sold_is_refused(gone: Event) -> None:
    with pytest.raises(decide.ProductNotSold):
        decide.add(cart(), product(gone), stock(5), None, 1, 7)


def test_what_never_was_is_refused() -> None:
    with pytest.raises(decide.ProductNotSold):
        decide.add(cart(), PRODUCT.initial, stock(5), None, 1, 7)
    with pytest.raises(decide.ProductNotSold):
        decide.add(cart(), product(), stock(5), 13, 1, 7)
    with pytest.raises(decide.ProductNotSold):
        decide.add(cart(), product(VariantRemoved(product_id=1, variant_id=11)), stock(5), 11, 1, 7)


def test_a_full_cart_takes_more_of_what_it_has_and_nothing_else() -> None:
    others = [added(line_id=100 + n, product_id=100 + n) for n in range(decide.MAX_LINES - 1)]
    full = cart(added(), *others)
    assert decide.add(full, product(), stock(50), None, 1, 9).line_id == 7
    with pytest.raises(decide.CartFull):
        decide.add(full, product(), stock(50), 11, 1, 9)


def test_a_quantity_is_set() -> None:
    assert decide.change(cart(added()), 7, 5, stock(5)) == [CartItemQuantityChanged(line_id=7, quantity=5)]


def test_the_quantity_it_has_is_no_change_whatever_the_stock() -> None:
    assert decide.change(cart(added(quantity=2)), 7, 2, stock(0)) == []


def test_a_quantity_past_the_stock_is_refused() -> None:
    with pytest.raises(InsufficientStock):
        decide.change(cart(added()), 7, 6, stock(5))


def test_a_line_is_removed_once() -> None:
    assert decide.remove(cart(added()), 7) == [ItemRemovedFromCart(line_id=7)]
    with pytest.raises(decide.NoSuchCartItem):
        decide.remove(cart(added(), ItemRemovedFromCart(line_id=7)), 7)


def test_a_line_that_is_not_there_is_refused() -> None:
    with pytest.raises(decide.NoSuchCartItem):
        decide.change(cart(added()), 8, 1, stock(5))


def test_clearing_twice_is_recorded_once() -> None:
    assert decide.clear(cart(added())) == [CartCleared()]
    assert decide.clear(cart(added(), CartCleared())) == []


def test_a_checked_out_cart_is_empty() -> None:
    assert cart(added(), CartCheckedOut(order_id=5)) == Cart()


def test_a_change_of_a_line_that_is_gone_changes_nothing() -> None:
    assert cart(CartItemQuantityChanged(line_id=7, quantity=3)) == Cart()
