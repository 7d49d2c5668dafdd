"""Stock events fold into the product they name, so that one read answers what it is and how many
there are. Goods of a variant that was removed are no longer anybody's to show."""

from projections.model import Fold, Moment
from read_side.documents.product import Product, Variant
from write_side.messages import Event
from write_side.stock.events import (
    PastAdjustmentRecorded,
    PastReturnRecorded,
    PastSaleRecorded,
    StockAdjusted,
    StockOpened,
    StockReleased,
    StockReserved,
    StockReturned,
    StockShipped,
)


def _move(product: Product, variant_id: int | None, when: Moment, on_hand: int = 0, reserved: int = 0) -> None:
    thing: Product | Variant | None = product
    if variant_id is not None:
        thing = product.variants.get(variant_id)
    if thing is not None:
        thing.on_hand += on_hand
        thing.reserved += reserved
        thing.stock_changed_at = when.at


def opened(product: Product, event: StockOpened, when: Moment) -> None:
    _move(product, event.variant_id, when, on_hand=event.on_hand)


def adjusted(product: Product, event: StockAdjusted | PastAdjustmentRecorded, when: Moment) -> None:
    _move(product, event.variant_id, when, on_hand=event.by)


def reserved(product: Product, event: StockReserved, when: Moment) -> None:
    _move(product, event.variant_id, when, reserved=event.quantity)


def released(product: Product, event: StockReleased, when: Moment) -> None:
    _move(product, event.variant_id, when, reserved=-event.quantity)


def shipped(product: Product, event: StockShipped, when: Moment) -> None:
    _move(product, event.variant_id, when, on_hand=-event.quantity, reserved=-event.quantity)


def returned(product: Product, event: StockReturned | PastReturnRecorded, when: Moment) -> None:
    _move(product, event.variant_id, when, on_hand=event.quantity)


def sold_before(product: Product, event: PastSaleRecorded, when: Moment) -> None:
    """Nothing was reserved: the goods had left long before."""
    _move(product, event.variant_id, when, on_hand=-event.quantity)


FOLDS: dict[type[Event], Fold] = {
    StockOpened: opened,
    StockAdjusted: adjusted,
    StockReserved: reserved,
    StockReleased: released,
    StockShipped: shipped,
    StockReturned: returned,
    PastSaleRecorded: sold_before,
    PastReturnRecorded: returned,
    PastAdjustmentRecorded: adjusted,
}
