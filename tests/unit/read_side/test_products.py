"""Facts of a product that every surface shows."""

import pytest

from read_side.documents.person import username
from read_side.documents.product import Product
from read_side.documents.review import Review

SELLER, OTHER = 7, 8


@pytest.mark.parametrize(
    ("product", "nobody", "other", "seller", "admin"),
    [
        (Product(product_id=1, seller_id=SELLER, active=True), True, True, True, True),
        (Product(product_id=1, seller_id=SELLER, active=False), False, False, True, True),
        (Product(product_id=1, seller_id=SELLER, active=True, deleted=True), False, False, False, False),
        (Product(product_id=1, seller_id=None, active=False), False, False, False, True),
    ],
)
def test_who_sees_a_product(product: Product, nobody: bool, other: bool, seller: bool, admin: bool) -> None:
    assert product.visible_to(None, admin=False) is nobody
    assert product.visible_to(OTHER, admin=False) is other
    assert product.visible_to(SELLER, admin=False) is seller
    assert product.visible_to(OTHER, admin=True) is admin


def test_the_rating_is_the_average_of_what_there_is() -> None:
    assert Product(product_id=1).rating is None
    assert Product(product_id=1, rating_sum=14, review_count=3).rating == 4.67


def test_a_name_tells_no_address() -> None:
    assert Review(review_id=1, person_id=42).reviewer == username(42) == "user-42"
