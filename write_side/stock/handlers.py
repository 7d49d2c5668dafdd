"""Which streams stock's own commands read and write."""

from typing import Any

from write_side import past
from write_side.catalog.product.decide import ensure_owner
from write_side.catalog.product.state import PRODUCT
from write_side.stock import decide, low
from write_side.stock.commands import AdjustStock, RecordPastAdjustment
from write_side.stock.state import STOCK, Stock
from write_side.work import Work, handles


@handles(AdjustStock)
def adjust_stock(command: AdjustStock, work: Work) -> dict[str, Any]:
    sellable = find(work, command.sku)
    stock = work.state(STOCK, sellable)
    product = work.state(PRODUCT, stock.product_id)
    ensure_owner(product, work.actor)
    watch = low.Watch(work, [product])
    work.record(STOCK, sellable, decide.adjust(stock, command.by, command.to, command.reason))
    watch.report()
    return _levels(work.state(STOCK, sellable)) | {"sku": command.sku}  # the stock knows the one it began with


@handles(RecordPastAdjustment)
def record_past_adjustment(command: RecordPastAdjustment, work: Work) -> dict[str, Any]:
    work.lookup([("past-adjustment", f"{command.source}:{command.reference}"), ("sku", command.sku)])
    known = past.recorded(work, "past-adjustment", command.source, command.reference)
    if known is not None:
        return _levels(work.state(STOCK, known))
    past.ensure_past(command.adjusted_at, work.now)
    sellable = find(work, command.sku)
    past.name(work, "past-adjustment", command.source, command.reference, sellable)
    event = decide.adjust_before(
        work.state(STOCK, sellable),
        command.source,
        command.reference,
        command.by,
        command.adjusted_at,
        command.reason,
    )
    work.record(STOCK, sellable, [event])
    return _levels(work.state(STOCK, sellable))


def find(work: Work, sku: str) -> int:
    """Whose stock an SKU names: a product's base or a variant. Raises NoSuchSku."""
    sellable = work.owner("sku", sku)
    if sellable is None:
        raise decide.NoSuchSku(sku=sku)
    return sellable


def _levels(after: Stock) -> dict[str, Any]:
    return {
        "sku": after.sku,
        "product_id": after.product_id,
        "on_hand": after.on_hand,
        "reserved": after.reserved,
        "available": after.available,
    }
