"""What came in and went out of the stock of one thing that is stocked (a product's base or a variant).

Movements change what is on hand; a reservation moves nothing. They are read in the order of business
time: for past business what its record says, else the event's own. The opening comes before them all.
"""

import msgspec


class Month(msgspec.Struct, gc=False, array_like=True):
    """A business month's movements: how many, units in, units out, and in which buckets they lie."""

    movements: int = 0
    arrived: int = 0
    left: int = 0
    buckets: list[int] = []


class StockMonths(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """Model `stock-months`, by product or variant: what is on hand is `opened` and all months."""

    sellable_id: int
    position: int = 0
    sku: str = ""
    opened: int = 0
    opened_at: str = ""
    months: dict[str, Month] = {}

    @property
    def on_hand(self) -> int:
        return self.opened + sum(month.arrived - month.left for month in self.months.values())


class Movement(msgspec.Struct, gc=False, array_like=True):
    """`at`: business time; `kind`: sale, return or adjustment; `quantity` is below zero for what left;
    `reference`: the order or return, where there is one; `note`: why it was adjusted."""

    position: int
    at: str
    kind: str
    quantity: int
    reference: int | None = None
    note: str = ""


class Movements(msgspec.Struct, gc=False, omit_defaults=True, kw_only=True):
    """Model `stock-movements`, by thing, business month and stretch of the log (`77/2011-03/5`): a
    month of a thing that sells by the thousand stays in documents of bounded size. In the order of
    the log."""

    position: int = 0
    movements: list[Movement] = []


BUCKET = 1 << 14  # positions; at most every second is a movement of one thing: some 300 KB


def bucket_of(position: int) -> int:
    return position // BUCKET


def bucket_key(sellable_id: int | str, month: str, bucket: int) -> str:
    return f"{sellable_id}/{month}/{bucket}"
