"""Orders and their payments, and who may see what of an order: its buyer and administrators all of it, who sells
a line of it that part alone, or every line where its sellers move it together. A hidden order is nobody's."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from read_side.documents.order import Order, Payment
from read_side.queries.page import Page, offset_of
from read_side.redis import Documents

_order = msgspec.json.Decoder(Order)
_payment = msgspec.json.Decoder(Payment)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who wants to see orders. `sells`: a seller or an administrator. `whole`: who sells a line sees every line, for
    they may move the whole order; where the bill goes stays the buyer's."""

    person_id: int
    sells: bool = False
    admin: bool = False
    whole: bool = False


class Orders:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def by_id(self, order_id: int) -> Order | None:
        """Whoever asks: for those who show it to the buyer alone."""
        found = await self._documents.one("orders", str(order_id), _order)
        return None if found is None or found.hidden else found

    async def seen_by(self, viewer: Viewer, order_id: int) -> Order | None:
        """What the viewer may see of it; None: nothing."""
        found = await self.by_id(order_id)
        return None if found is None else _seen_by(viewer, found)

    async def by_ids(self, viewer: Viewer, order_ids: Iterable[int]) -> list[Order]:
        """What the viewer may see of these orders, in their order."""
        found = await self._documents.many("orders", [str(number) for number in order_ids], _order)
        seen = [None if order.hidden else _seen_by(viewer, order) for order in found]
        return [order for order in seen if order is not None]

    async def of_buyer(self, person_id: int, page: int, size: int, *, newest_first: bool = True) -> Page[Order]:
        return await self._list(f"buyer:{person_id}", page, size, newest_first)

    async def of_seller(self, seller_id: int, page: int, size: int, statuses: Sequence[str] = ()) -> Page[Order]:
        """Orders with a line of this seller, of these statuses or of any; of each the seller's part. Newest
        first."""
        if len(statuses) == 1:
            found = await self._list(f"seller:{seller_id}:{statuses[0]}", page, size)
        elif statuses:
            found = await self._merged([f"seller:{seller_id}:{status}" for status in statuses], page, size)
        else:
            found = await self._list(f"seller:{seller_id}", page, size)
        return Page([sold_by(seller_id, order) for order in found.items], found.total)

    async def of_party(self, viewer: Viewer, page: int, size: int) -> Page[Order]:
        """What the viewer bought, or sold a line of. Newest first."""
        role = "party" if viewer.sells else "buyer"
        found = await self._list(f"{role}:{viewer.person_id}", page, size)
        seen = [_seen_by(viewer, order) for order in found.items]
        return Page([order for order in seen if order is not None], found.total)

    async def by_status(self, status: str, page: int, size: int, *, newest_first: bool = True) -> Page[Order]:
        """`status`: placed, paid, in-work, shipped, delivered, returned or cancelled."""
        return await self._list(f"status:{status}", page, size, newest_first)

    async def all(self, page: int, size: int, *, newest_first: bool = True) -> Page[Order]:
        return await self._list("all", page, size, newest_first)

    async def payment(self, order_id: int) -> Payment | None:
        """Both documents come in one round trip."""
        get, keys = self._documents.get, (str(order_id),)
        (order,), (payment,) = await asyncio.gather(get("orders", keys), get("payments", keys))
        hidden = order is not None and _order.decode(order).hidden
        return None if payment is None or hidden else _payment.decode(payment)

    async def _list(self, index: str, page: int, size: int, newest_first: bool = True) -> Page[Order]:
        offset = offset_of(page, size)
        return Page(*await self._documents.page("orders", index, offset, size, _order, newest_first=newest_first))

    async def _merged(self, indexes: list[str], page: int, size: int) -> Page[Order]:
        """Several lists as one: of each as many keys as a page deep down may need, and the documents of that
        page alone."""
        offset = offset_of(page, size)
        ask = self._documents.ask
        words = (0, offset + size - 1, "WITHSCORES")
        replies = await asyncio.gather(
            *(ask("ZREVRANGE", "orders", index, *words) for index in indexes),
            *(ask("ZCARD", "orders", index) for index in indexes),
        )
        # A document that moves between two of these requests may be in both lists, and is shown once.
        scores = {key: int(score) for reply in replies[: len(indexes)] for key, score in _pairs(reply)}
        keys = sorted(scores, key=lambda key: -scores[key])[offset : offset + size]
        found = await self._documents.many("orders", [key.decode() for key in keys], _order)
        return Page(found, sum(replies[len(indexes) :]))


def _pairs(reply: list[bytes]) -> list[tuple[bytes, bytes]]:
    return list(zip(reply[::2], reply[1::2], strict=True))


def _seen_by(viewer: Viewer, order: Order) -> Order | None:
    if viewer.admin or order.person_id == viewer.person_id:
        return order
    if viewer.sells and any(line.seller_id == viewer.person_id for line in order.lines):
        return _without_bill(order) if viewer.whole else sold_by(viewer.person_id, order)
    return None


def sold_by(seller_id: int, order: Order) -> Order:
    """What a seller needs to fulfil their part. What others sold beside it, and where the bill goes, is
    none of their affair; amounts are the whole order's."""
    lines = [line for line in order.lines if line.seller_id == seller_id]
    return _without_bill(msgspec.structs.replace(order, lines=lines))


def _without_bill(order: Order) -> Order:
    return msgspec.structs.replace(order, billing_address=None)
