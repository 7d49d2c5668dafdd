"""What a product costs: what it is sold at, and what a discount makes of its price.

A discount is a percentage, a price, or both; then the price is what is charged and the percentage is shown. A price
that was made of the percentage goes on following it; one that was given stays until another is.
"""

from decimal import ROUND_HALF_UP, Decimal, localcontext

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from write_side.catalog.product.state import Product
from write_side.fields import Percent, Price
from write_side.refusals import Invalid


class DiscountAbovePrice(Invalid):
    """`extra`: field, the one that does not fit."""

    type = "discount-above-price"
    title = "A discount price must not be higher than the price"


class Offer(BaseModel):
    """A price, and what is taken off it. In an update only what is sent changes; null takes a discount away."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    price: Price | None = Field(default=None, description="before any discount")
    discount_percent: Percent | None = None
    discount_price: Price | None = Field(default=None, description="made of the percentage when left out")


class Prices(msgspec.Struct, frozen=True, kw_only=True):
    """As in the events: `list_price` None is a product without a discount."""

    selling_price: int
    list_price: int | None = None
    discount_percent: str | None = None

    @property
    def full(self) -> int:
        """Before the discount."""
        return self.selling_price if self.list_price is None else self.list_price

    @property
    def follows(self) -> bool:
        """Whether what is charged is what the percentage makes of the price."""
        if self.discount_percent is None or self.list_price is None:
            return False
        return self.selling_price == reduced(self.list_price, self.discount_percent)


def prices_of(product: Product) -> Prices:
    return Prices(
        selling_price=product.selling_price, list_price=product.list_price, discount_percent=product.discount_percent
    )


def reduced(price: int, percent: str) -> int:
    """The price less the percentage, to the cent; half a cent is rounded up."""
    with localcontext(prec=60):  # exact for any price and any percentage that a command can carry
        return int((price * (100 - Decimal(percent)) / 100).to_integral_value(ROUND_HALF_UP))


def offered(before: Prices, offer: Offer) -> Prices:
    """The prices after the offer. Raises DiscountAbovePrice."""
    sent = offer.model_fields_set
    full = before.full if offer.price is None else offer.price
    percent = offer.discount_percent if "discount_percent" in sent else before.discount_percent
    charged = _charged(before, offer, full, percent)
    if charged is None:
        return Prices(selling_price=full, discount_percent=percent)
    by_percent = "discount_percent" in sent or before.follows
    if offer.discount_price is None and not by_percent and charged >= full < before.full:
        # The price fell to what was charged: nothing is taken off any more, and nobody sent a wrong discount.
        return Prices(selling_price=full)
    if charged > full:
        raise DiscountAbovePrice(field="discount_price")
    return Prices(selling_price=charged, list_price=full, discount_percent=percent)


def _charged(before: Prices, offer: Offer, full: int, percent: str | None) -> int | None:
    """None: the price itself."""
    sent = offer.model_fields_set
    if offer.discount_price is not None:
        return offer.discount_price
    given = before.list_price is not None and not before.follows and "discount_price" not in sent
    if percent is not None and ("discount_percent" in sent or not given):
        return reduced(full, percent)
    return before.selling_price if given else None
