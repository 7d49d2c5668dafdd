"""Reviews as the contract has them."""

from api.martaff.answers.reviews import Review
from read_side.documents import review as documents


def review(found: documents.Review) -> Review:
    return Review(
        id=found.review_id,
        product=found.product_id,
        user=found.person_id,
        rating=found.rating,
        comment=found.comment,
        created_at=found.created_at,
    )
