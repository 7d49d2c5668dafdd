"""Reviews fold into the product they are of, and into its seller: how many are shown, and the sum of what they
gave."""

from projections.model import Fold, Moment
from read_side.documents.product import Product
from read_side.documents.seller import Seller
from write_side.messages import Event
from write_side.review.events import ReviewApproved, ReviewChanged, ReviewHidden, ReviewRemoved, ReviewWritten


def counted(rated: Product | Seller, event: ReviewWritten | ReviewApproved, _when: Moment) -> None:
    rated.rating_sum += event.rating
    rated.review_count += 1


def hidden(rated: Product | Seller, event: ReviewHidden, _when: Moment) -> None:
    rated.rating_sum -= event.rating
    rated.review_count -= 1


def changed(rated: Product | Seller, event: ReviewChanged, _when: Moment) -> None:
    rated.rating_sum += event.difference


def removed(rated: Product | Seller, event: ReviewRemoved, _when: Moment) -> None:
    if event.shown:
        rated.rating_sum -= event.rating
        rated.review_count -= 1


FOLDS: dict[type[Event], Fold] = {
    ReviewWritten: counted,
    ReviewApproved: counted,
    ReviewHidden: hidden,
    ReviewChanged: changed,
    ReviewRemoved: removed,
}
