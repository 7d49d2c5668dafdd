"""`product-visits` and `category-visits`: how often each was looked at. They follow the log of observations."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from projections.model import Entry, Model, Moment, Ranked
from read_side.documents.metrics import CategoryVisits, ProductVisits
from write_side.observations.observed import Kind, Observed


class Looks(NamedTuple):
    """At one product, in one batch."""

    views: int = 0
    clicks: int = 0


def products(_stream: str, observed: Observed, _when: Moment) -> Mapping[str, Looks]:
    """A batch counts each person apart; a product has them all."""
    views, clicks = _sums(observed, Kind.PRODUCT_VIEWED), _sums(observed, Kind.PRODUCT_CLICKED)
    return {key: Looks(views.get(key, 0), clicks.get(key, 0)) for key in views | clicks}


def looked_at(product: ProductVisits, looks: Looks, when: Moment) -> None:
    product.views += looks.views
    product.clicks += looks.clicks
    product.updated_at = when.at


def categories(_stream: str, observed: Observed, _when: Moment) -> Mapping[str, int]:
    return _sums(observed, Kind.CATEGORY_VISITED)


def visited(category: CategoryVisits, times: int, when: Moment) -> None:
    category.visits += times
    category.updated_at = when.at


def entries(category: CategoryVisits) -> Iterator[Entry]:
    """`visits`: all that were visited, by how often."""
    if category.visits:
        yield Ranked("visits", category.visits)


def _sums(observed: Observed, kind: Kind) -> dict[str, int]:
    sums: dict[str, int] = {}
    for count in observed.counts:
        if count.kind == kind:
            key = str(count.subject)
            sums[key] = sums.get(key, 0) + count.times
    return sums


PRODUCT_VISITS = Model(
    name="product-visits",
    document=ProductVisits,
    empty=lambda key: ProductVisits(product_id=int(key)),
    key=products,
    folds={Observed: looked_at},
)
CATEGORY_VISITS = Model(
    name="category-visits",
    document=CategoryVisits,
    empty=lambda key: CategoryVisits(category_id=int(key)),
    key=categories,
    folds={Observed: visited},
    entries=entries,
)
