"""Review events, in streams `review-<person id>`. Each names its product, the product's seller and what it does
to the ratings, so that a reader of either need not know the review."""

from typing import ClassVar

from msgspec import UNSET, UnsetType

from write_side.messages import Event


class ReviewWritten(Event, frozen=True):
    """`verified`: its author had bought the product. Everybody sees it, until it is hidden."""

    TOPIC: ClassVar[str] = "review.written"

    review_id: int
    product_id: int
    person_id: int
    rating: int
    title: str
    comment: str
    verified: bool
    seller_id: int | None = None


class ReviewChanged(Event, frozen=True):
    """By its author. `difference`: how much the sum of the product's shown ratings changed."""

    TOPIC: ClassVar[str] = "review.changed"

    review_id: int
    product_id: int
    difference: int
    rating: int | UnsetType = UNSET
    title: str | UnsetType = UNSET
    comment: str | UnsetType = UNSET
    seller_id: int | None = None


class ReviewHidden(Event, frozen=True):
    """By an administrator; it stays its author's and counts no longer. `rating`: what it had given."""

    TOPIC: ClassVar[str] = "review.hidden"

    review_id: int
    product_id: int
    rating: int
    note: str = ""
    seller_id: int | None = None


class ReviewApproved(Event, frozen=True):
    """A hidden one is shown again."""

    TOPIC: ClassVar[str] = "review.approved"

    review_id: int
    product_id: int
    rating: int
    note: str = ""
    seller_id: int | None = None


class ReviewRemoved(Event, frozen=True):
    """For good, by its author or an administrator. `shown`: whether it counted until now."""

    TOPIC: ClassVar[str] = "review.removed"

    review_id: int
    product_id: int
    rating: int
    shown: bool
    seller_id: int | None = None


class PurchaseConfirmed(Event, frozen=True):
    """An order of the person's was paid: its products may be reviewed as bought."""

    TOPIC: ClassVar[str] = "review.purchase-confirmed"

    order_id: int
    products: tuple[int, ...]


class PurchaseCancelled(Event, frozen=True):
    """A paid order was cancelled, and counts as bought no longer. What was written stays."""

    TOPIC: ClassVar[str] = "review.purchase-cancelled"

    order_id: int


ReviewEvent = (
    ReviewWritten
    | ReviewChanged
    | ReviewHidden
    | ReviewApproved
    | ReviewRemoved
    | PurchaseConfirmed
    | PurchaseCancelled
)
