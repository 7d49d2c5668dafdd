"""The rules of reviews."""

from typing import Any

from write_side.catalog.product.decide import NoSuchProduct
from write_side.catalog.product.state import Product
from write_side.messages import Event
from write_side.order.state import Order
from write_side.policies import ReviewPolicy
from write_side.refusals import Conflict, Forbidden, NotFound
from write_side.review.commands import ChangeReview, WriteReview
from write_side.review.events import (
    PurchaseCancelled,
    PurchaseConfirmed,
    ReviewApproved,
    ReviewChanged,
    ReviewHidden,
    ReviewRemoved,
    ReviewWritten,
)
from write_side.review.state import CHANGEABLE, Review, Reviewer


class NotBought(Forbidden):
    type = "not-bought"
    title = "Only products that you have bought can be reviewed"


class AlreadyReviewed(Conflict):
    type = "already-reviewed"
    title = "You have already reviewed this product"


class NoSuchReview(NotFound):
    type = "no-such-review"
    title = "No such review"


class NotYourReview(Forbidden):
    type = "not-your-review"
    title = "The review is somebody else's"


class OnlyStaffRemoves(Forbidden):
    type = "only-staff-removes"
    title = "Only administrators take reviews away here"


def ensure_author(reviewer: Reviewer, review_id: int, *, own: bool) -> None:
    """Of who wants to change it; `reviewer` is its author. Another's that is hidden does not exist."""
    review = find(reviewer, review_id)
    if not own:
        raise NotYourReview if review.shown else NoSuchReview


def ensure_removable(reviewer: Reviewer, review_id: int, policy: ReviewPolicy, *, own: bool, admin: bool) -> None:
    if admin:
        return
    ensure_author(reviewer, review_id, own=own)
    if not policy.author_removes:
        raise OnlyStaffRemoves


def write(
    reviewer: Reviewer,
    product: Product,
    command: WriteReview,
    policy: ReviewPolicy,
    *,
    review_id: int,
    person_id: int,
) -> ReviewWritten:
    if not product.sold:
        raise NoSuchProduct
    bought = reviewer.bought(product.product_id)
    if policy.purchase_needed and not bought:
        raise NotBought
    if policy.one_per_person and reviewer.reviewed(product.product_id):
        raise AlreadyReviewed
    return ReviewWritten(
        review_id=review_id,
        product_id=product.product_id,
        person_id=person_id,
        rating=command.rating,
        title=command.title,
        comment=command.comment,
        verified=bought,
        seller_id=product.seller_id,
    )


def change(reviewer: Reviewer, command: ChangeReview) -> list[Event]:
    review = find(reviewer, command.review_id)
    changes: dict[str, Any] = {
        field: value
        for field in CHANGEABLE
        if (value := getattr(command, field)) is not None and value != getattr(review, field)
    }
    if not changes:
        return []
    difference = changes.get("rating", review.rating) - review.rating if review.shown else 0
    return [ReviewChanged(**_about(command.review_id, review), difference=difference, **changes)]


def hide(reviewer: Reviewer, review_id: int, note: str) -> list[Event]:
    review = find(reviewer, review_id)
    if not review.shown:
        return []
    return [ReviewHidden(**_about(review_id, review), rating=review.rating, note=note)]


def approve(reviewer: Reviewer, review_id: int, note: str) -> list[Event]:
    review = find(reviewer, review_id)
    if review.shown:
        return []
    return [ReviewApproved(**_about(review_id, review), rating=review.rating, note=note)]


def remove(reviewer: Reviewer, review_id: int) -> list[Event]:
    review = find(reviewer, review_id)
    return [ReviewRemoved(**_about(review_id, review), rating=review.rating, shown=review.shown)]


def _about(review_id: int, review: Review) -> dict[str, Any]:
    """Whom an event of a review concerns."""
    return {"review_id": review_id, "product_id": review.product_id, "seller_id": review.seller_id}


def find(reviewer: Reviewer, review_id: int) -> Review:
    review = reviewer.reviews.get(review_id)
    if review is None:
        raise NoSuchReview
    return review


def confirm_purchase(reviewer: Reviewer, order: Order) -> list[Event]:
    """Of an order that has just been paid. Money for a cancelled one buys nothing: it goes back."""
    if order.cancelled or order.order_id in reviewer.purchases:
        return []
    products = tuple(sorted({line.product_id for line in order.lines}))
    return [PurchaseConfirmed(order_id=order.order_id, products=products)]


def cancel_purchase(reviewer: Reviewer, order_id: int) -> list[Event]:
    return [PurchaseCancelled(order_id=order_id)] if order_id in reviewer.purchases else []
