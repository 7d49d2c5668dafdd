"""What the question after a seller is answered with; as in `values.py`."""

import msgspec

from api.queries.catalogue_answers import ProductAnswer
from api.queries.catalogue_answers import product as product_answer
from api.queries.review_answers import ReviewAnswer
from api.queries.review_answers import review as review_answer
from read_side.queries.catalogue import BrandList, Tree
from read_side.queries.sellers import PublicSeller
from write_side.media import PATH


class SellerAnswer(msgspec.Struct):
    """What everybody may know of a seller. `units`: sold in orders that are not cancelled; `products` and `reviews`
    are the newest, the counts are of all. `picture`: a path of this API."""

    person_id: int
    joined_at: str
    picture: str | None
    product_count: int
    units: int
    rating: float | None
    review_count: int
    products: list[ProductAnswer]
    reviews: list[ReviewAnswer]


def seller(found: PublicSeller, tree: Tree, brands: BrandList) -> SellerAnswer:
    return SellerAnswer(
        person_id=found.person_id,
        joined_at=found.joined_at,
        picture=PATH + found.picture.key if found.picture is not None else None,
        product_count=found.on_sale,
        units=found.business.units,
        rating=found.business.rating,
        review_count=found.business.review_count,
        products=[product_answer(product, tree, brands) for product in found.products],
        reviews=[review_answer(review) for review in found.reviews],
    )
