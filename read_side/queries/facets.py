"""Counts beside a search: how many products each further choice would leave.

A facet's own selection does not narrow its own counts: with brand A chosen, brand B still shows how
many it would add. So every facet is counted under all selections but its own.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from read_side.documents.search import SEPARATOR
from read_side.queries.catalogue import Tree
from read_side.queries.filters import Clause, ProductFilter

MOST: Final = 10_000  # values per facet; counts are exact as long as there are no more
PRICE_EDGES: Final = (2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000)


class PriceRange(msgspec.Struct, frozen=True):
    """From `low` (None: 0) to just below `high` (None: no limit)."""

    low: int | None
    high: int | None
    count: int


class Facets(msgspec.Struct, frozen=True, kw_only=True):
    """`categories` counts a product for its category and every one above it. Prices in minor units;
    None where nothing is found."""

    categories: dict[int, int]
    brands: dict[int, int]
    price_ranges: list[PriceRange]
    lowest_price: int | None
    highest_price: int | None
    in_stock: int
    out_of_stock: int
    attributes: dict[str, dict[str, int]]


def aggregations(asked: ProductFilter, chosen: Mapping[str, Clause], edges: Sequence[int]) -> dict[str, Clause]:
    """What to ask, under the base query. `chosen` are the filter's selections."""

    def under_others(own: str, inner: dict[str, Clause]) -> Clause:
        others = [clause for name, clause in chosen.items() if name != own]
        return {"filter": {"bool": {"filter": others}}, "aggs": inner}

    ranges = [{"from": low, "to": high} for low, high in zip((None, *edges), (*edges, None), strict=True)]
    prices: dict[str, Clause] = {
        "stats": {"stats": {"field": "find.price"}},
        "ranges": {"range": {"field": "find.price", "ranges": [_drop_none(r) for r in ranges]}},
    }
    stock = {"stock": {"range": {"field": "find.available", "ranges": [{"to": 1}, {"from": 1}]}}}
    asked_for = {
        "category": under_others("category", _terms("category_id")),
        "brand": under_others("brand", _terms("brand_id")),
        "price": under_others("price", prices),
        "stock": under_others("stock", stock),
        "attribute": under_others("", _terms("find.pairs")),
    }
    # By number: the name of an aggregation may not hold every character that an attribute's may.
    for number, name in enumerate(asked.attributes):
        asked_for[f"attribute:{number}"] = under_others(f"attribute:{name}", _terms("find.pairs"))
    return asked_for


def read(asked: ProductFilter, answer: Mapping[str, Any], tree: Tree) -> Facets:
    """The answer to `aggregations`."""
    stats = answer["price"]["stats"]
    short, there = answer["stock"]["stock"]["buckets"]
    return Facets(
        categories=_roll_up(_counts(answer["category"]), tree),
        brands=_counts(answer["brand"]),
        price_ranges=[
            PriceRange(_whole(bucket.get("from")), _whole(bucket.get("to")), bucket["doc_count"])
            for bucket in answer["price"]["ranges"]["buckets"]
        ],
        lowest_price=_whole(stats["min"]),
        highest_price=_whole(stats["max"]),
        in_stock=there["doc_count"],
        out_of_stock=short["doc_count"],
        attributes=_attributes(asked, answer),
    )


def _attributes(asked: ProductFilter, answer: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    own_facets = {f"attribute:{number}": name for number, name in enumerate(asked.attributes)}
    for facet, own in {"attribute": "", **own_facets}.items():
        for pair, count in _counts(answer[facet]).items():
            name, _, value = pair.partition(SEPARATOR)
            if name == own or (not own and name not in asked.attributes):
                found[name][value] = count
    return dict(found)


def _roll_up(counts: dict[int, int], tree: Tree) -> dict[int, int]:
    """A product is in one category, so sums over a subtree count it once."""
    total: dict[int, int] = defaultdict(int)
    for category_id, count in counts.items():
        for category in tree.path(category_id):
            total[category.category_id] += count
    return dict(total)


def _terms(field: str) -> dict[str, Clause]:
    return {"values": {"terms": {"field": field, "size": MOST}}}


def _counts(answer: Mapping[str, Any]) -> dict[Any, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in answer["values"]["buckets"]}


def _drop_none(bounds: dict[str, int | None]) -> dict[str, int]:
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
