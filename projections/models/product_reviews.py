"""Reviews fold into the product they are of: how many are shown, and the sum of what they gave."""

from projections.model import Fold, Moment
from read_side.documents.product import Product
from write_side.messages import Event
from write_side.review.events import ReviewApproved, ReviewChanged, ReviewHidden, ReviewRemoved, ReviewWritten


def counted(product: Product, event: ReviewWritten | ReviewApproved, _when: Moment) -> None:
    product.rating_sum += event.rating
    product.review_count += 1


def hidden(product: Product, event: ReviewHidden, _when: Moment) -> None:
    product.rating_sum -= event.rating
    product.review_count -= 1


def changed(product: Product, event: ReviewChanged, _when: Moment) -> None:
    product.rating_sum += event.difference


def removed(product: Product, event: ReviewRemoved, _when: Moment) -> None:
    if event.shown:
        product.rating_sum -= event.rating
        product.review_count -= 1


FOLDS: dict[type[Event], Fold] = {
    ReviewWritten: counted,
    ReviewApproved: counted,
    ReviewHidden: hidden,
    ReviewChanged: changed,
    ReviewRemoved: removed,
}
