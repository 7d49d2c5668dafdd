"""Every rule of wishlists, both verdicts."""

import pytest
from support.given import World

from write_side.catalog.product.decide import NoSuchProduct
from write_side.catalog.product.events import ProductCreated, ProductDeactivated
from write_side.catalog.product.state import PRODUCT
from write_side.messages import Actor
from write_side.wishlist import decide
from write_side.wishlist.commands import AddToWishlist, RemoveFromWishlist, ToggleWishlist
from write_side.wishlist.events import ProductUnwished, ProductWished
from write_side.wishlist.state import WISHLIST

KETTLE = ProductCreated(product_id=1, name="Kettle", slug="kettle", sku="K", selling_price=1999, low_stock_threshold=5)
ME, OTHER = Actor(person_id=3), Actor(person_id=4)
ON, OFF = [ProductWished(product_id=1)], [ProductUnwished(product_id=1)]


def world() -> World:
    shop = World()
    shop.has(PRODUCT, 1, KETTLE)
    return shop


def test_a_product_is_on_a_list_once() -> None:
    shop = world()
    done = shop.when(AddToWishlist(product_id=1), ME)
    assert (done.events, done.streams, done.result["in_wishlist"]) == (ON, ["wishlist-3"], True)
    again = shop.when(AddToWishlist(product_id=1), ME)
    assert (again.events, again.result["in_wishlist"]) == ([], True)
    assert shop.when(AddToWishlist(product_id=1), OTHER).events == ON  # a list of their own


def test_a_product_is_taken_off_once() -> None:
    shop = world()
    shop.when(AddToWishlist(product_id=1), ME)
    done = shop.when(RemoveFromWishlist(product_id=1), ME)
    assert (done.events, done.result["in_wishlist"]) == (OFF, False)
    assert shop.when(RemoveFromWishlist(product_id=1), ME).events == []


def test_a_toggle_flips() -> None:
    shop = world()
    seen = [shop.when(ToggleWishlist(product_id=1), ME) for _ in range(3)]
    assert [done.events for done in seen] == [ON, OFF, ON]
    assert [done.result["in_wishlist"] for done in seen] == [True, False, True]


@pytest.mark.parametrize("command", [AddToWishlist, ToggleWishlist])
def test_what_is_not_sold_does_not_come_on_a_list_and_may_stay(
    command: type[AddToWishlist] | type[ToggleWishlist],
) -> None:
    shop = world()
    with pytest.raises(NoSuchProduct):
        shop.when(command(product_id=9), ME)
    shop.when(AddToWishlist(product_id=1), ME)
    shop.has(PRODUCT, 1, ProductDeactivated(product_id=1))
    with pytest.raises(NoSuchProduct):
        shop.when(command(product_id=1), OTHER)
    assert shop.when(command(product_id=1), ME).events == (OFF if command is ToggleWishlist else [])


def test_a_list_has_an_end() -> None:
    shop = world()
    shop.has(WISHLIST, 3, *(ProductWished(product_id=100 + n) for n in range(decide.MAX_PRODUCTS - 1)))
    assert shop.when(AddToWishlist(product_id=1), ME).events == ON
    shop.has(
        PRODUCT,
        2,
        ProductCreated(product_id=2, name="Pot", slug="pot", sku="P", selling_price=1, low_stock_threshold=5),
    )
    with pytest.raises(decide.WishlistFull):
        shop.when(AddToWishlist(product_id=2), ME)
