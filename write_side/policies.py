"""What surfaces differ in, as data that their commands name; the rules that use it are the core's."""

from dataclasses import dataclass
from typing import Final

from write_side.values import Charges


@dataclass(frozen=True, slots=True)
class Pricing:
    """Tax on the subtotal in percent, cut (never rounded) to cents; shipping per order."""

    tax_percent: int
    shipping: int

    def charge(self, subtotal: int) -> Charges:
        tax = subtotal * self.tax_percent // 100
        return Charges(
            subtotal=subtotal,
            tax=tax,
            shipping=self.shipping,
            discount=0,
            total=subtotal + tax + self.shipping,
        )


PRICING: Final = {
    "none": Pricing(tax_percent=0, shipping=0),
    "store": Pricing(tax_percent=10, shipping=500),
}

LOW_STOCK_THRESHOLD: Final = {"store": 10, "martaff": 5}
