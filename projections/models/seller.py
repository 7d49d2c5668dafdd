"""`sellers`: what was sold of a seller's and how it was rated, by seller."""

from collections.abc import Mapping
from typing import Any

from projections.model import Fold, Model, Moment
from projections.models import product_reviews as reviews
from projections.models.deals import SALES, deal_of
from read_side.documents.seller import Seller
from write_side.messages import Event
from write_side.order.events import OrderCancelled


def sellers(_stream: str, told: Any, when: Moment) -> Mapping[str, Any]:
    """An order may have several; a review written before its event named a seller has none."""
    if type(told) in reviews.FOLDS:
        return {} if told.seller_id is None else {str(told.seller_id): told}
    deal = deal_of(told, when)
    units: dict[str, int] = {}
    for line in deal.lines:
        if line.seller_id is not None:
            key = str(line.seller_id)
            units[key] = units.get(key, 0) + deal.sign * line.quantity
    return units


def sold(seller: Seller, units: int, _when: Moment) -> None:
    seller.units += units


FOLDS: dict[type[Event], Fold] = {**dict.fromkeys(SALES, sold), **reviews.FOLDS}

SELLERS = Model(
    name="sellers",
    document=Seller,
    empty=lambda key: Seller(seller_id=int(key)),
    key=sellers,
    folds=FOLDS,
    recalls=frozenset({OrderCancelled}),
)
