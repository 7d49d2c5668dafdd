"""Sellers in the contract's words."""

from api.marketplace.answers import sellers as answers
from api.marketplace.show.products import Names, list_product
from api.marketplace.show.reviews import review
from read_side.documents.person import username
from read_side.queries.sellers import PublicSeller
from write_side.media import PATH


def seller(found: PublicSeller, names: Names) -> answers.SellerPage:
    business = found.business
    picture = names.origin + PATH + found.picture.key if found.picture is not None else None
    return answers.SellerPage(
        seller=answers.Seller(found.person_id, username(found.person_id), found.joined_at, picture),
        stats=answers.Stats(
            total_products=found.on_sale,
            total_sales=business.units,
            average_rating=business.rating or 0.0,
            total_reviews=business.review_count,
        ),
        products=[list_product(product, names) for product in found.products],
        reviews=[review(written) for written in found.reviews],
    )
