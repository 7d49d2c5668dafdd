"""A person's cart, with what its products cost and how many there are now."""

import msgspec

from read_side.documents.cart import Cart, CartLine
from read_side.documents.product import Product, Variant
from read_side.queries.products import Products
from read_side.redis import Documents

_cart = msgspec.json.Decoder(Cart)


class PricedLine(msgspec.Struct, frozen=True):
    """`product` None: unknown (its document is parked). A line whose product or variant is no
    longer sold stays in the cart; `available` is 0 then."""

    line: CartLine
    product: Product | None
    variant: Variant | None
    unit_price: int
    sold: bool
    available: int

    @property
    def total(self) -> int:
        return self.unit_price * self.line.quantity

    @property
    def fits(self) -> bool:
        """Whether so many could be bought now."""
        return self.line.quantity <= self.available


class PricedCart(msgspec.Struct, frozen=True):
    """Amounts in minor units."""

    person_id: int
    created_at: str
    updated_at: str
    lines: list[PricedLine]

    @property
    def subtotal(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def fits(self) -> bool:
        """Whether all of it could be bought now."""
        return all(line.fits for line in self.lines)

    @property
    def units(self) -> int:
        return sum(line.line.quantity for line in self.lines)


class Carts:
    def __init__(self, documents: Documents, products: Products) -> None:
        self._documents = documents
        self._products = products

    async def of(self, person_id: int) -> PricedCart:
        """The person's cart; an empty one when nothing was ever put in it."""
        cart = await self._documents.one("carts", str(person_id), _cart) or Cart(person_id)
        wanted = dict.fromkeys(line.product_id for line in cart.lines.values())
        products = await self._products.by_ids(wanted)
        lines = [_price(line, products.get(line.product_id)) for line in cart.lines.values()]
        return PricedCart(person_id, cart.created_at, cart.updated_at, lines)


def _price(line: CartLine, product: Product | None) -> PricedLine:
    if product is None:
        return PricedLine(line, None, None, 0, False, 0)
    variant = product.variants.get(line.variant_id) if line.variant_id is not None else None
    sold = product.sold and (line.variant_id is None or variant is not None)
    available = product.available_of(line.variant_id) if sold else 0
    return PricedLine(line, product, variant, product.price_of(line.variant_id), sold, available)
