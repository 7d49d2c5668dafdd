"""What may be asked of reviews."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from write_side.fields import Id, Text
from write_side.messages import Access, Command

Rating = Annotated[int, Field(strict=True, ge=1, le=5)]
Title = Annotated[Text, AfterValidator(str.strip), Field(max_length=200)]
Comment = Annotated[Text, AfterValidator(str.strip), Field(max_length=10_000)]
Note = Annotated[Text, Field(max_length=1000)]


Policy = Annotated[Literal["store", "marketplace", "martaff"], Field(description="the review policy")]


class WriteReview(Command):
    """Reviews a product as the caller. Whether it must have been bought, and whether the caller may review it
    again, is the policy's."""

    product_id: Id
    rating: Rating
    title: Title = ""
    comment: Comment = ""
    policy: Policy = "store"


class ChangeReview(Command):
    """Changes what is sent of the caller's own review."""

    review_id: Id
    rating: Rating | None = None
    title: Title | None = None
    comment: Comment | None = None


class RemoveReview(Command):
    """Takes a review away for good: administrators anybody's, others their own where the policy lets them."""

    review_id: Id
    policy: Policy = "store"


class HideReview(Command):
    """Hides a review from everybody but its author; it no longer counts for the product's rating."""

    access: ClassVar[Access] = Access.ADMIN

    review_id: Id
    note: Note = ""


class ApproveReview(Command):
    """Shows a hidden review again."""

    access: ClassVar[Access] = Access.ADMIN

    review_id: Id
    note: Note = ""
