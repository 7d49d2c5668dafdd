"""Stock by SKU."""

import msgspec

from read_side.queries.products import Products


class StockLevel(msgspec.Struct, frozen=True):
    """`variant_id` None: the product's base. `available` is what can still be sold."""

    sku: str
    product_id: int
    variant_id: int | None
    on_hand: int
    reserved: int
    updated_at: str

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


class Stock:
    def __init__(self, products: Products) -> None:
        self._products = products

    async def by_sku(self, sku: str) -> StockLevel | None:
        found = await self._products.by_sku(sku)
        if found is None:
            return None
        product, variant_id = found
        thing = product if variant_id is None else product.variants[variant_id]
        return StockLevel(
            sku,
            product.product_id,
            variant_id,
            thing.on_hand,
            thing.reserved,
            thing.stock_changed_at,
        )
