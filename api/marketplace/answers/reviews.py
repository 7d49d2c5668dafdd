"""Reviews of products."""

import msgspec

from api.marketplace.answers.products import Moment, Person


class Review(msgspec.Struct):
    """`product`: its id."""

    id: int
    product: int
    user: Person
    rating: int
    title: str
    comment: str
    created_at: Moment
    updated_at: Moment
