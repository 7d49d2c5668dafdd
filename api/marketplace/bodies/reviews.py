"""What is sent of reviews."""

from api.rows.body import Body
from write_side.review.commands import Comment, Rating, Title


class NewReview(Body):
    """Of a new review, and of one that is written anew."""

    rating: Rating
    title: Title = ""
    comment: Comment = ""


class ReviewChange(Body):
    """Only what is sent counts."""

    rating: Rating = 1
    title: Title = ""
    comment: Comment = ""
