"""What the rules need to know of somebody who reviews."""

from typing import Any

import msgspec
from msgspec import UNSET

from write_side.messages import Event
from write_side.review.events import (
    PurchaseCancelled,
    PurchaseConfirmed,
    ReviewApproved,
    ReviewChanged,
    ReviewHidden,
    ReviewRemoved,
    ReviewWritten,
)
from write_side.work import Aggregate

CHANGEABLE = ("rating", "title", "comment")


class Review(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    product_id: int
    rating: int
    title: str
    comment: str
    shown: bool = True
    seller_id: int | None = None


class Reviewer(msgspec.Struct, frozen=True, kw_only=True):
    """Reviews by their ids, and the products of paid orders by order."""

    reviews: dict[int, Review] = {}
    purchases: dict[int, tuple[int, ...]] = {}

    def bought(self, product_id: int) -> bool:
        return any(product_id in products for products in self.purchases.values())

    def reviewed(self, product_id: int) -> bool:
        return any(review.product_id == product_id for review in self.reviews.values())


def evolve(reviewer: Reviewer, event: Event) -> Reviewer:
    match event:
        case ReviewWritten():
            review = Review(
                product_id=event.product_id,
                rating=event.rating,
                title=event.title,
                comment=event.comment,
                seller_id=event.seller_id,
            )
            return _replace(reviewer, reviews={**reviewer.reviews, event.review_id: review})
        case ReviewChanged():
            changes = {field: value for field in CHANGEABLE if (value := getattr(event, field)) is not UNSET}
            return _with(reviewer, event.review_id, changes)
        case ReviewHidden():
            return _with(reviewer, event.review_id, {"shown": False})
        case ReviewApproved():
            return _with(reviewer, event.review_id, {"shown": True})
        case ReviewRemoved():
            rest = {k: v for k, v in reviewer.reviews.items() if k != event.review_id}
            return _replace(reviewer, reviews=rest)
        case PurchaseConfirmed():
            return _replace(reviewer, purchases={**reviewer.purchases, event.order_id: event.products})
        case PurchaseCancelled():
            left = {k: v for k, v in reviewer.purchases.items() if k != event.order_id}
            return _replace(reviewer, purchases=left)
        case _:
            return reviewer


def _with(reviewer: Reviewer, review_id: int, changes: dict[str, Any]) -> Reviewer:
    before = reviewer.reviews.get(review_id)
    if before is None:
        return reviewer
    return _replace(reviewer, reviews={**reviewer.reviews, review_id: _replace(before, **changes)})


_replace = msgspec.structs.replace

REVIEWER = Aggregate("review", Reviewer(), evolve)
