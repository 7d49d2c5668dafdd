"""Orders and their payments."""

import msgspec

from read_side.documents.order import Order, Payment
from read_side.queries.page import Page, offset_of
from read_side.redis import Documents

_order = msgspec.json.Decoder(Order)
_payment = msgspec.json.Decoder(Payment)


class Orders:
    """Whether the caller may see an order is the surface's affair."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def by_id(self, order_id: int) -> Order | None:
        return await self._documents.one("orders", str(order_id), _order)

    async def of_buyer(self, person_id: int, page: int, size: int, *, newest_first: bool = True) -> Page[Order]:
        return await self._list(f"buyer:{person_id}", page, size, newest_first)

    async def of_seller(self, seller_id: int, page: int, size: int, *, newest_first: bool = True) -> Page[Order]:
        """Orders with a line of this seller."""
        return await self._list(f"seller:{seller_id}", page, size, newest_first)

    async def by_status(self, status: str, page: int, size: int, *, newest_first: bool = True) -> Page[Order]:
        """`status`: placed, paid, in-work, shipped, delivered, returned or cancelled."""
        return await self._list(f"status:{status}", page, size, newest_first)

    async def all(self, page: int, size: int, *, newest_first: bool = True) -> Page[Order]:
        return await self._list("all", page, size, newest_first)

    async def payment(self, order_id: int) -> Payment | None:
        return await self._documents.one("payments", str(order_id), _payment)

    async def _list(self, index: str, page: int, size: int, newest_first: bool) -> Page[Order]:
        offset = offset_of(page, size)
        return Page(*await self._documents.page("orders", index, offset, size, _order, newest_first=newest_first))
