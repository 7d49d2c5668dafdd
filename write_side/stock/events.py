"""Stock events, in streams `stock-<product or variant id>`. Each names its product, so that a reader
need not know which variant belongs to which."""

from typing import ClassVar

from write_side.messages import Event


class StockOpened(Event, frozen=True):
    """The thing can be stocked from now on, beginning with `on_hand`."""

    TOPIC: ClassVar[str] = "stock.opened"

    product_id: int
    sku: str
    on_hand: int
    variant_id: int | None = None


class StockAdjusted(Event, frozen=True):
    """`by` more (or less) on hand, by hand: a delivery, a count, a breakage."""

    TOPIC: ClassVar[str] = "stock.adjusted"

    product_id: int
    by: int
    reason: str
    variant_id: int | None = None


class StockReserved(Event, frozen=True):
    TOPIC: ClassVar[str] = "stock.reserved"

    product_id: int
    order_id: int
    quantity: int
    variant_id: int | None = None


class StockReleased(Event, frozen=True):
    """A reservation was given back: its order was cancelled."""

    TOPIC: ClassVar[str] = "stock.released"

    product_id: int
    order_id: int
    quantity: int
    variant_id: int | None = None


class StockShipped(Event, frozen=True):
    """A reservation was consumed: the goods left."""

    TOPIC: ClassVar[str] = "stock.shipped"

    product_id: int
    order_id: int
    quantity: int
    variant_id: int | None = None


class StockReturned(Event, frozen=True):
    """Goods came back and can be sold again."""

    TOPIC: ClassVar[str] = "stock.returned"

    product_id: int
    order_id: int
    quantity: int
    variant_id: int | None = None


class StockFellLow(Event, frozen=True):
    """The product's number, of its base and its variants together, fell to its threshold or below it (or
    began there). Nothing is said again until it has been above."""

    TOPIC: ClassVar[str] = "stock.fell-low"

    product_id: int
    available: int
    threshold: int


class PastSaleRecorded(Event, frozen=True):
    """Goods of a past order left; all its lines of this SKU together. `placed_at` is business time."""

    TOPIC: ClassVar[str] = "stock.sold-before"

    product_id: int
    order_id: int
    quantity: int
    placed_at: str
    variant_id: int | None = None


class PastReturnRecorded(Event, frozen=True):
    """Goods of past business came back. `returned_at` is business time."""

    TOPIC: ClassVar[str] = "stock.returned-before"

    product_id: int
    return_id: int
    quantity: int
    returned_at: str
    variant_id: int | None = None


class PastAdjustmentRecorded(Event, frozen=True):
    """`by` more (or less) on hand in past business: written off, found, or the opening level.
    `adjusted_at` is business time, `reference` the adjustment's own in its source."""

    TOPIC: ClassVar[str] = "stock.adjusted-before"

    product_id: int
    source: str
    reference: str
    by: int
    adjusted_at: str
    reason: str
    variant_id: int | None = None


StockEvent = (
    StockOpened
    | StockAdjusted
    | StockReserved
    | StockReleased
    | StockShipped
    | StockReturned
    | StockFellLow
    | PastSaleRecorded
    | PastReturnRecorded
    | PastAdjustmentRecorded
)
