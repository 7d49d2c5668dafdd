"""What was sold and what came back: by business day and month, by product, by customer.

Business time is when an order was placed and a return came: for past business what its record says,
else the event's own time; days and months are UTC's. An order that was cancelled counts nowhere.
Amounts are minor units of one currency and never added across two.
"""

import msgspec


class Sales(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """Model `sales`, key `2011-03-04/GBP` (a day) or `2011-03/GBP` (a month), and `2011-03/GBP/shop` for
    what past business of the source `shop` has in that month. `revenue` is that of the goods, `charges`
    what was paid besides (tax, shipping, fees, less discounts); both as they were sold: what came back is
    counted apart, on the day it came."""

    period: str
    currency: str
    source: str = ""
    position: int = 0
    orders: int = 0
    units: int = 0
    revenue: int = 0
    charges: int = 0
    returns: int = 0
    returned_units: int = 0
    returned_amount: int = 0
    returned_charges: int = 0


class Amounts(msgspec.Struct, gc=False, omit_defaults=True):
    """Goods sold and goods given back."""

    revenue: int = 0
    returned: int = 0


class Trade(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """`orders` and `returns` count those with at least one line of it; amounts by currency."""

    position: int = 0
    orders: int = 0
    units: int = 0
    returns: int = 0
    returned_units: int = 0
    amounts: dict[str, Amounts] = {}


class ProductSales(Trade, gc=False, omit_defaults=True, kw_only=True):
    """Model `product-sales`, by product, its variants included."""

    product_id: int

    @property
    def return_rate(self) -> float | None:
        """Units that came back per unit sold; None for what was never sold here."""
        return self.returned_units / self.units if self.units else None


class CustomerSales(Trade, gc=False, omit_defaults=True, kw_only=True):
    """Model `customers`, by person. Guests have none. `country`: of the latest past order."""

    person_id: int
    country: str | None = None


class ReturnedLine(msgspec.Struct, gc=False, omit_defaults=True):
    """`order_id` None: no earlier purchase was found for it."""

    line_id: int
    product_id: int
    sku: str
    name: str
    unit_price: int
    quantity: int
    variant_id: int | None = None
    order_id: int | None = None
    order_line_id: int | None = None

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


class OtherCharge(msgspec.Struct, gc=False):
    """Postage, a fee, a discount; below zero it was given back."""

    code: str
    name: str
    quantity: int
    unit_price: int

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


class Return(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """Model `returns`, by return: goods of past business that came back. `returned_at` is business
    time, `recorded_at` when it was recorded here; `total` is what was given back."""

    return_id: int
    position: int = 0
    created: int = 0
    source: str = ""
    number: str = ""
    person_id: int | None = None
    returned_at: str = ""
    recorded_at: str = ""
    currency: str = ""
    lines: list[ReturnedLine] = []
    charges: list[OtherCharge] = []
    total: int = 0
