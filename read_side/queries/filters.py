"""What a product search may ask, and how it is said to Elasticsearch.

Only `match`, `term`, `terms` and `range` queries are made, and what a client sends is always a
value in them: nothing it writes is ever read as syntax.
"""

import unicodedata
from enum import StrEnum
from typing import Any

import msgspec

from read_side.documents.search import SEPARATOR, fold

Clause = dict[str, Any]

LONGEST = 1000  # characters of a search text; a longer one matches nothing
NOTHING: Clause = {"match_none": {}}
_HIGHEST = 2**62


class Match(StrEnum):
    """How words are looked for: stemmed (`shoes` finds `shoe`), as the beginnings of words, or
    stemmed and, when nothing matches, with typos forgiven; or (`NAME`) whole words of the name alone. Every
    word must be found."""

    WORDS = "words"
    NAME = "name"
    BEGINNINGS = "beginnings"
    FORGIVING = "forgiving"


class ProductFilter(msgspec.Struct, frozen=True, kw_only=True):
    """All given parts must hold. Prices in minor units, inclusive; `full` ones are before a reduction. Several
    brands, categories, tags or values of one attribute mean any of them. `hidden`: inactive products, too (deleted
    never); with `active`: only those that are, or are not. `name`: words of the name, beside the text."""

    text: str | None = None
    match: Match = Match.WORDS
    category_ids: tuple[int, ...] | None = None
    descendants: bool = True  # of those categories, too
    min_price: int | None = None
    max_price: int | None = None
    min_full_price: int | None = None
    max_full_price: int | None = None
    in_stock: bool | None = None
    brand_ids: tuple[int, ...] | None = None
    attributes: dict[str, tuple[str, ...]] = {}
    tags: tuple[str, ...] | None = None
    seller_id: int | None = None
    featured: bool | None = None
    ids: tuple[int, ...] | None = None
    hidden: bool = False
    active: bool | None = None
    name: str | None = None

    @property
    def searched(self) -> str | None:
        """The text; None for a blank one, which asks for nothing."""
        return self.text if self.text and not self.text.isspace() else None


def base(asked: ProductFilter, match: Match) -> Clause:
    """What is not a facet: it narrows every count."""
    filters: list[Clause] = [{"term": {"find.kept": True}} if asked.hidden else _SOLD]
    if asked.active is not None:
        filters.append({"term": {"find.sold": asked.active}})
    if (full := _between(asked.min_full_price, asked.max_full_price)) is not None:
        filters.append({"range": {"find.full_price": full}})
    if asked.name is not None:
        filters.append(_name(asked.name))
    if asked.seller_id is not None:
        filters.append({"term": {"seller_id": asked.seller_id}})
    if asked.featured is not None:
        filters.append({"term": {"find.featured": asked.featured}})
    if asked.tags is not None:
        filters.append({"terms": {"find.tags": [fold(tag) for tag in asked.tags]}})
    if asked.ids is not None:
        filters.append({"terms": {"product_id": list(asked.ids)}})
    if asked.searched is None:
        return {"bool": {"filter": filters}}
    return {"bool": {"filter": filters, **_text(asked.searched, match)}}


def selections(asked: ProductFilter, category_ids: list[int] | None) -> dict[str, Clause]:
    """The facets that were chosen from, by name: each narrows the others' counts, not its own."""
    chosen: dict[str, Clause] = {}
    if category_ids is not None:
        chosen["category"] = {"terms": {"category_id": category_ids}}
    if asked.brand_ids is not None:
        chosen["brand"] = {"terms": {"brand_id": list(asked.brand_ids)}}
    if (price := _between(asked.min_price, asked.max_price)) is not None:
        chosen["price"] = {"range": {"find.price": price}}
    if asked.in_stock is not None:
        limits = {"gt": 0} if asked.in_stock else {"lte": 0}
        chosen["stock"] = {"range": {"find.available": limits}}
    for name, values in asked.attributes.items():
        pairs = [f"{name}{SEPARATOR}{value}" for value in values]
        chosen[f"attribute:{name}"] = {"terms": {"find.pairs": pairs}}
    return chosen


def _between(least: int | None, most: int | None) -> Clause | None:
    bounds = {"gte": least, "lte": most}
    # No price is that high, and a number past 64 bits would be an error.
    return {name: min(bound, _HIGHEST) for name, bound in bounds.items() if bound is not None} or None


def _name(text: str) -> Clause:
    if len(text) > LONGEST:
        return NOTHING
    return {"match": {"name.plain": {"query": text, "operator": "and"}}}


_SOLD: Clause = {"term": {"find.sold": True}}


def _text(text: str, match: Match) -> Clause:
    if len(text) > LONGEST:
        return {"must": [NOTHING]}
    if match is Match.NAME:
        return {"must": [_name(text)]}
    if match is Match.BEGINNINGS:
        # Word by word, so that each may be found in another field. Signs alone are in no index: of `salt & pepper`
        # they are passed over, and what has nothing else finds nothing.
        words = text.split()
        return {"must": [_beginning(word) for word in words if _indexed(word)] or [NOTHING]}
    if match is Match.FORGIVING:
        return {"must": [_forgiving(word) for word in text.split()]}
    words_of = {
        "multi_match": {
            "query": text,
            "type": "cross_fields",
            "operator": "and",
            "fields": ["name^4", "find.skus^2", "description"],
        }
    }
    sku = {"term": {"find.skus.exact": {"value": text.strip(), "boost": 20}}}
    return {
        "must": [{"bool": {"should": [words_of, sku]}}],
        "should": [
            # Among what matches: the words as they were written, best in the order they were.
            {"match": {"name.plain": {"query": text, "operator": "and", "boost": 2}}},
            {"match_phrase": {"name.plain": {"query": text, "boost": 2}}},
        ],
    }


def _indexed(word: str) -> bool:
    """Whether anything of it is a word or a picture, and not a sign between words."""
    return any(sign.isalnum() or unicodedata.category(sign) == "So" for sign in word)


def _beginning(word: str) -> Clause:
    return {
        "multi_match": {
            "query": word,
            "type": "bool_prefix",
            "operator": "and",
            "fields": ["name.plain^2", "description.plain"],
        }
    }


def _forgiving(word: str) -> Clause:
    return {
        "multi_match": {
            "query": word,
            "fields": ["name.plain^4", "find.skus^2", "description.plain"],
            "operator": "and",
            "fuzziness": "AUTO",
            "prefix_length": 1,
        }
    }
