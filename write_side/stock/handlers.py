"""Which streams stock's own commands read and write."""

from typing import Any

from write_side.catalog.product.decide import ensure_owner
from write_side.catalog.product.state import PRODUCT
from write_side.stock import decide
from write_side.stock.commands import AdjustStock
from write_side.stock.state import STOCK
from write_side.work import Work, handles


@handles(AdjustStock)
def adjust_stock(command: AdjustStock, work: Work) -> dict[str, Any]:
    sellable = work.owner("sku", command.sku)
    if sellable is None:
        raise decide.NoSuchSku
    stock = work.state(STOCK, sellable)
    ensure_owner(work.state(PRODUCT, stock.product_id), work.actor)
    work.record(STOCK, sellable, decide.adjust(stock, command.by, command.to, command.reason))
    after = work.state(STOCK, sellable)
    return {
        "sku": after.sku,
        "product_id": after.product_id,
        "on_hand": after.on_hand,
        "reserved": after.reserved,
        "available": after.available,
    }
