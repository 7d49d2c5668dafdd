"""Categories and brands, kept in memory: every product shows them, and they change rarely.

The copy is read again when the projector announces a change, when the live generation moves, and
after Redis was away; while Redis is away there is no announcement, and the copy is not trusted.
"""

import asyncio
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import msgspec

from read_side.documents.catalogue import Brand, Brands, Categories, Category
from read_side.positions import Positions
from read_side.redis import Documents

T = TypeVar("T")
_categories = msgspec.json.Decoder(Categories)
_brands = msgspec.json.Decoder(Brands)


def _fold(name: str) -> str:
    """As names are compared when categories are made (`write_side/fields.py`)."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class Tree:
    """All categories at one moment. Siblings are in the order in which they were made."""

    def __init__(self, categories: Iterable[Category] = ()) -> None:
        self.by_id = {category.category_id: category for category in categories}
        self.by_slug = {category.slug: category for category in self.by_id.values()}
        self._children: dict[int | None, list[Category]] = defaultdict(list)
        for category in sorted(self.by_id.values(), key=lambda category: category.created):
            # A category whose parent was removed is a root: it must not vanish from the tree.
            parent = category.parent_id if category.parent_id in self.by_id else None
            self._children[parent].append(category)

    @property
    def roots(self) -> list[Category]:
        return self._children[None]

    def with_text(self, text: str) -> list[Category]:
        """Those that have each word of the text somewhere in their names or descriptions, whatever its case; all for
        none. In the order in which they were made."""
        words = text.casefold().split()
        found = [
            category
            for category in self.by_id.values()
            if all(word in category.name.casefold() or word in category.description.casefold() for word in words)
        ]
        return sorted(found, key=lambda category: category.created)

    def children(self, category_id: int) -> list[Category]:
        return self._children.get(category_id, [])

    def named(self, name: str) -> list[int]:
        """Categories of this name, whatever its case, wherever they are."""
        wanted = _fold(name)
        return [category.category_id for category in self.by_id.values() if _fold(category.name) == wanted]

    def descendants(self, category_id: int) -> list[int]:
        """The category and everything below it."""
        found = [category_id]
        for known in found:
            found.extend(child.category_id for child in self.children(known))
        return found

    def path(self, category_id: int | None) -> list[Category]:
        """From the root to the category; empty for none or a removed one."""
        path: list[Category] = []
        category = self.by_id.get(category_id) if category_id is not None else None
        while category is not None:
            path.insert(0, category)
            category = self.by_id.get(category.parent_id) if category.parent_id else None
        return path


class BrandList:
    """All brands at one moment."""

    def __init__(self, brands: Iterable[Brand] = ()) -> None:
        self.by_id = {brand.brand_id: brand for brand in brands}
        self.by_slug = {brand.slug: brand for brand in self.by_id.values()}

    def named(self, name: str) -> Brand | None:
        """The brand of exactly this name, whatever its case."""
        wanted = name.casefold()
        return next((b for b in self.by_id.values() if b.name.casefold() == wanted), None)


class _Kept(Generic[T]):
    """One model's document, made into something useful and kept until it changes."""

    def __init__(self, model: str, empty: T, make: Callable[[bytes], T]) -> None:
        self.model = model
        self._empty = empty
        self._make = make
        self._value = empty
        self._changes = 0  # that were announced
        self._seen = -1  # of them, when what is kept was asked for
        self._swaps = -1
        self._reading: asyncio.Task[None] | None = None

    def spoil(self) -> None:
        self._changes += 1

    async def value(self, documents: Documents, trusted: bool) -> T:
        while not (trusted and self._seen == self._changes and self._swaps == documents.swaps):
            # Many may find it stale at once; one of them reads. A change that is announced while it
            # reads makes the answer stale again, and the loop goes round.
            if self._reading is None:
                self._reading = asyncio.create_task(self._read(documents))
            await asyncio.shield(self._reading)
            if not trusted:
                break
        return self._value

    async def _read(self, documents: Documents) -> None:
        changes = self._changes
        try:
            (found,) = await documents.get(self.model, ("all",))
            self._value = self._make(found) if found is not None else self._empty
            self._seen, self._swaps = changes, documents.swaps
        finally:
            self._reading = None


class Catalogue:
    """The tree and the brands as they are now. Raises Unavailable when they must be read and
    cannot."""

    def __init__(self, documents: Documents, positions: Positions) -> None:
        self._documents = documents
        self._positions = positions
        self._tree = _Kept("categories", Tree(), lambda raw: Tree(_categories.decode(raw).categories.values()))
        self._brands = _Kept("brands", BrandList(), lambda raw: BrandList(_brands.decode(raw).brands.values()))
        positions.on_change(self._changed)

    async def tree(self) -> Tree:
        return await self._tree.value(self._documents, self._positions.alive)

    async def brands(self) -> BrandList:
        return await self._brands.value(self._documents, self._positions.alive)

    async def product_counts(self, category_ids: Iterable[int]) -> dict[int, int]:
        """How many products on sale are in each category itself, descendants not counted."""
        ids = list(category_ids)
        counts = await asyncio.gather(
            *(self._documents.ask("ZCARD", "products", f"category:{number}") for number in ids)
        )
        return dict(zip(ids, counts, strict=True))

    def _changed(self, models: set[str] | None) -> None:
        for kept in (self._tree, self._brands):
            if models is None or kept.model in models:
                kept.spoil()
