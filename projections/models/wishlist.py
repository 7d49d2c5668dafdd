"""`wishlists`: a person's wishlist, by person."""

from projections.model import Model, Moment, number_of
from read_side.documents.wishlist import Wishlist
from write_side.account.events import AccountErased
from write_side.wishlist.events import ProductUnwished, ProductWished


def added(wishlist: Wishlist, event: ProductWished, when: Moment) -> None:
    wishlist.products[event.product_id] = when.at


def removed(wishlist: Wishlist, event: ProductUnwished, _when: Moment) -> None:
    del wishlist.products[event.product_id]


def emptied(wishlist: Wishlist, _event: AccountErased, _when: Moment) -> None:
    wishlist.products = {}


WISHLISTS = Model(
    name="wishlists",
    document=Wishlist,
    empty=lambda key: Wishlist(person_id=int(key)),
    key=lambda stream, _event, _when: number_of(stream),
    folds={ProductWished: added, ProductUnwished: removed, AccountErased: emptied},
)
