"""Reviews in the contract's words."""

from api.marketplace.answers import reviews as answers
from api.marketplace.answers.products import Person
from read_side.documents.person import username
from read_side.documents.review import Review


def review(found: Review) -> answers.Review:
    return answers.Review(
        id=found.review_id,
        product=found.product_id,
        user=Person(found.person_id, username(found.person_id)),
        rating=found.rating,
        title=found.title,
        comment=found.comment,
        created_at=found.created_at,
        updated_at=found.updated_at,
    )
