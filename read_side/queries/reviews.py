"""Reviews, latest first."""

import msgspec

from read_side.documents.review import Review
from read_side.queries.page import Page, offset_of
from read_side.redis import Documents

_review = msgspec.json.Decoder(Review)


class Reviews:
    """Who may see a hidden review is the surface's affair; one that was removed is found no more."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def by_id(self, review_id: int) -> Review | None:
        found = await self._documents.one("reviews", str(review_id), _review)
        return found if found is not None and not found.removed else None

    async def of_product(self, product_id: int, page: int, size: int, rating: int | None = None) -> Page[Review]:
        """Those that everybody sees, or of them those that gave so much."""
        index = f"product:{product_id}" if rating is None else f"product:{product_id}:{rating}"
        return await self._list(index, page, size)

    async def of_seller(self, seller_id: int, page: int, size: int) -> Page[Review]:
        """Of the seller's products, those that everybody sees."""
        return await self._list(f"seller:{seller_id}", page, size)

    async def of_person(self, person_id: int, page: int, size: int) -> Page[Review]:
        """Hidden ones, too."""
        return await self._list(f"person:{person_id}", page, size)

    async def all(self, page: int, size: int, *, hidden: bool = False) -> Page[Review]:
        """All there are, or (`hidden`) only those that somebody has hidden."""
        return await self._list("hidden" if hidden else "all", page, size)

    async def _list(self, index: str, page: int, size: int) -> Page[Review]:
        return Page(*await self._documents.page("reviews", index, offset_of(page, size), size, _review))
