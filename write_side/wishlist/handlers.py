"""Which streams the wishlist's commands read and write. Each answers whether the product is on it now."""

from typing import Any

from write_side.cart.handlers import owner
from write_side.catalog.product.state import PRODUCT
from write_side.messages import Event
from write_side.wishlist import decide
from write_side.wishlist.commands import AddToWishlist, RemoveFromWishlist, ToggleWishlist
from write_side.wishlist.state import WISHLIST
from write_side.work import Work, handles


@handles(AddToWishlist)
def add_to_wishlist(command: AddToWishlist, work: Work) -> dict[str, Any]:
    wishlist = work.state(WISHLIST, owner(work))
    return _record(work, command.product_id, decide.add(wishlist, work.state(PRODUCT, command.product_id)))


@handles(RemoveFromWishlist)
def remove_from_wishlist(command: RemoveFromWishlist, work: Work) -> dict[str, Any]:
    wishlist = work.state(WISHLIST, owner(work))
    return _record(work, command.product_id, decide.remove(wishlist, command.product_id))


@handles(ToggleWishlist)
def toggle_wishlist(command: ToggleWishlist, work: Work) -> dict[str, Any]:
    wishlist = work.state(WISHLIST, owner(work))
    product = work.state(PRODUCT, command.product_id)
    events = decide.remove(wishlist, command.product_id) or decide.add(wishlist, product)
    return _record(work, command.product_id, events)


def _record(work: Work, product_id: int, events: list[Event]) -> dict[str, Any]:
    mine = owner(work)
    work.record(WISHLIST, mine, events)
    return {"product_id": product_id, "in_wishlist": product_id in work.state(WISHLIST, mine).products}
