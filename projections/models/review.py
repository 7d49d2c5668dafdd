"""`reviews`: a review, by review. What it does to its product's rating is in `product_reviews.py`."""

from collections.abc import Iterator

from msgspec import UNSET

from projections.model import Entry, Model, Moment, Ranked
from read_side.documents.review import Review
from write_side.review.events import ReviewApproved, ReviewChanged, ReviewHidden, ReviewRemoved, ReviewWritten
from write_side.review.state import CHANGEABLE


def written(review: Review, event: ReviewWritten, when: Moment) -> None:
    review.created = when.position
    review.created_at = review.updated_at = when.at
    review.product_id = event.product_id
    review.person_id = event.person_id
    review.seller_id = event.seller_id
    review.rating = event.rating
    review.title = event.title
    review.comment = event.comment
    review.verified = event.verified


def changed(review: Review, event: ReviewChanged, when: Moment) -> None:
    for field in CHANGEABLE:
        value = getattr(event, field)
        if value is not UNSET:
            setattr(review, field, value)
    review.updated_at = when.at


def hidden(review: Review, event: ReviewHidden, when: Moment) -> None:
    review.shown = False
    review.note = event.note
    review.updated_at = when.at


def approved(review: Review, event: ReviewApproved, when: Moment) -> None:
    review.shown = True
    review.note = event.note
    review.updated_at = when.at


def removed(review: Review, _event: ReviewRemoved, when: Moment) -> None:
    review.removed = True
    review.title = review.comment = review.note = ""
    review.updated_at = when.at


def entries(review: Review) -> Iterator[Entry]:
    """`product:<id>` and (of a seller's products) `seller:<id>`: what everybody sees, `product:<id>:<rating>`: of it
    what gave so much; `person:<id>` and `all`: hidden ones, too; `hidden`: those alone."""
    if review.removed or not review.created:
        return
    yield Ranked("all", review.created)
    yield Ranked(f"person:{review.person_id}", review.created)
    if not review.shown:
        yield Ranked("hidden", review.created)
        return
    yield Ranked(f"product:{review.product_id}", review.created)
    yield Ranked(f"product:{review.product_id}:{review.rating}", review.created)
    if review.seller_id is not None:
        yield Ranked(f"seller:{review.seller_id}", review.created)


REVIEWS = Model(
    name="reviews",
    version=2,
    document=Review,
    empty=lambda key: Review(review_id=int(key)),
    key=lambda _stream, event, _when: str(event.review_id),
    folds={
        ReviewWritten: written,
        ReviewChanged: changed,
        ReviewHidden: hidden,
        ReviewApproved: approved,
        ReviewRemoved: removed,
    },
    entries=entries,
)
