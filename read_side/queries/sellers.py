"""Sellers as everybody sees them."""

import asyncio

import msgspec

from read_side.documents.person import Picture
from read_side.documents.product import Product
from read_side.documents.review import Review
from read_side.documents.seller import Seller
from read_side.queries.accounts import Accounts
from read_side.queries.products import Products
from read_side.queries.reviews import Reviews
from read_side.redis import Documents

_seller = msgspec.json.Decoder(Seller)
ROLES = {"seller", "admin", "superadmin"}


class PublicSeller(msgspec.Struct, frozen=True):
    """Nothing personal: neither a name nor how the person is reached. `products` and `reviews` are the newest,
    `on_sale` counts all products."""

    person_id: int
    joined_at: str
    picture: Picture | None
    business: Seller
    on_sale: int
    products: list[Product]
    reviews: list[Review]


class Sellers:
    def __init__(self, documents: Documents, accounts: Accounts, products: Products, reviews: Reviews) -> None:
        self._documents = documents
        self._accounts = accounts
        self._products = products
        self._reviews = reviews

    async def by_id(self, person_id: int, products: int, reviews: int) -> PublicSeller | None:
        """Who sells, with so many of their newest products and reviews; None for anybody else."""
        account, business, on_sale, written = await asyncio.gather(
            self._accounts.by_id(person_id),
            self._business(person_id),
            self._products.sold_by(person_id, 1, products),
            self._reviews.of_seller(person_id, 1, reviews),
        )
        if account is None or not account.active or ROLES.isdisjoint(account.roles):
            return None
        return PublicSeller(
            person_id,
            account.created_at,
            account.profile_picture,
            business,
            on_sale.total,
            on_sale.items,
            written.items,
        )

    async def _business(self, person_id: int) -> Seller:
        """Of somebody who has neither sold anything nor been rated, an empty one."""
        return await self._documents.one("sellers", str(person_id), _seller) or Seller(seller_id=person_id)
