"""A review as it is sent, or what of it changes."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from api.martaff.bodies.products import no_truth
from api.rows.body import Body
from api.rows.fields import Whole
from write_side.review.commands import Comment

Rating = Annotated[Whole, BeforeValidator(no_truth), Field(ge=1, le=5)]


class NewReview(Body):
    rating: Rating
    comment: Comment | None = ""


class ReviewChange(Body):
    rating: Rating = 1
    comment: Comment | None = ""
