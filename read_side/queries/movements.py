"""What came in and went out of the stock of one SKU, with what was on hand after each movement."""

import itertools

import msgspec

from read_side.documents.movement import Month, Movement, Movements, StockMonths, bucket_key
from read_side.queries.products import Products
from read_side.redis import Documents

_months = msgspec.json.Decoder(StockMonths)
_movements = msgspec.json.Decoder(Movements)


class MonthLevel(msgspec.Struct, frozen=True):
    """A business month's movements, and what was on hand when it ended."""

    month: str
    movements: int
    arrived: int
    left: int
    on_hand: int


class Levelled(msgspec.Struct, frozen=True):
    movement: Movement
    on_hand: int


class StockHistory(msgspec.Struct, frozen=True):
    """`months` oldest first; `movements` are those of one month, in the order of business time."""

    sku: str
    product_id: int
    variant_id: int | None
    seller_id: int | None
    opened: int
    opened_at: str
    on_hand: int
    months: list[MonthLevel]
    month: str | None
    movements: list[Levelled]


class StockHistories:
    def __init__(self, documents: Documents, products: Products) -> None:
        self._documents = documents
        self._products = products

    async def by_sku(self, sku: str, month: str | None = None) -> StockHistory | None:
        """The movements of `month` (`2011-03`), by default of the latest that has any. Levels are
        those of one moment: a movement that arrives while this reads is left out."""
        found = await self._products.by_sku(sku)
        if found is None:
            return None
        product, variant_id = found
        sellable_id = variant_id or product.product_id
        stock = await self._documents.one("stock-months", str(sellable_id), _months)
        if stock is None:
            stock = StockMonths(sellable_id=sellable_id)
        levels = _levels(stock)
        month = month or (levels[-1].month if levels else None)
        before = [level for level in levels if month is not None and level.month < month]
        movements = [] if month is None else await self._movements(stock, month)
        amounts = [movement.quantity for movement in movements]
        start = before[-1].on_hand if before else stock.opened
        after = itertools.islice(itertools.accumulate(amounts, initial=start), 1, None)
        return StockHistory(
            sku=sku,
            product_id=product.product_id,
            variant_id=variant_id,
            seller_id=product.seller_id,
            opened=stock.opened,
            opened_at=stock.opened_at,
            on_hand=stock.on_hand,
            months=levels,
            month=month,
            movements=[Levelled(movement, level) for movement, level in zip(movements, after, strict=True)],
        )

    async def _movements(self, stock: StockMonths, month: str) -> list[Movement]:
        buckets = stock.months.get(month, Month()).buckets
        keys = [bucket_key(stock.sellable_id, month, bucket) for bucket in buckets]
        found = await self._documents.many("stock-movements", keys, _movements)
        movements = [m for each in found for m in each.movements if m.position <= stock.position]
        # Without its Z a time to the second sorts before one with its fraction.
        return sorted(movements, key=lambda movement: (movement.at.rstrip("Z"), movement.position))


def _levels(stock: StockMonths) -> list[MonthLevel]:
    level, levels = stock.opened, []
    for name, month in sorted(stock.months.items()):
        level += month.arrived - month.left
        levels.append(MonthLevel(name, month.movements, month.arrived, month.left, level))
    return levels
