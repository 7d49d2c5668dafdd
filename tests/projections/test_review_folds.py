"""Given reviews and wishes, when they are folded, then lists and ratings say what is shown. All of a test's
events are one batch: the second event of a document must see the first one's work."""

from typing import TypeVar

import msgspec
from memory_session import Projection
from shop_past import Happened, open_sealed, rows

from projections.model import Ranked
from projections.models import redis_models
from read_side.documents.product import Product
from read_side.documents.review import Review
from read_side.documents.wishlist import Wishlist
from write_side.catalog.product.events import (
    ProductChanged,
    ProductCreated,
    ProductDeactivated,
    VariantAdded,
)
from write_side.messages import Event
from write_side.review.events import ReviewApproved, ReviewChanged, ReviewHidden, ReviewRemoved, ReviewWritten
from write_side.stock.events import StockAdjusted, StockOpened, StockReserved
from write_side.wishlist.events import ProductUnwished, ProductWished

T = TypeVar("T")
KETTLE: Happened = (
    "product-5",
    ProductCreated(
        product_id=5, name="Kettle", slug="kettle", sku="K", selling_price=100, low_stock_threshold=3, seller_id=8
    ),
)


def folded(*happened: Happened) -> Projection:
    projection = Projection(redis_models(open_sealed))
    projection.take(rows(list(happened)))
    assert projection.session.parks == []
    return projection


def document(projection: Projection, model: str, key: int, kind: type[T]) -> T:
    return msgspec.json.decode(projection.session.documents[(model, str(key))], type=kind)


def lists(projection: Projection, model: str, key: int) -> set[tuple[str, int]]:
    """The lists that a document stands in, and where."""
    return {
        (entry.name, entry.score)
        for target, entry in projection.session.entries
        if target == (model, str(key)) and isinstance(entry, Ranked)
    }


def written(review_id: int, rating: int, person_id: int = 3) -> Happened:
    event = ReviewWritten(
        review_id=review_id,
        product_id=5,
        person_id=person_id,
        rating=rating,
        title="T",
        comment="C",
        verified=True,
    )
    return f"review-{person_id}", event


def of_review(event: Event, person_id: int = 3) -> Happened:
    return f"review-{person_id}", event


def rating(projection: Projection) -> tuple[int, int]:
    product = document(projection, "products", 5, Product)
    return product.rating_sum, product.review_count


def test_ratings_add_up_and_each_review_is_listed() -> None:
    projection = folded(KETTLE, written(1, 5), written(2, 2, person_id=4), written(3, 4, person_id=6))
    assert rating(projection) == (11, 3)
    assert lists(projection, "reviews", 2) == {("all", 3), ("person:4", 3), ("product:5", 3), ("product:5:2", 3)}
    review = document(projection, "reviews", 2, Review)
    assert (review.rating, review.title, review.comment, review.verified, review.shown) == (2, "T", "C", True, True)


def test_a_hidden_review_neither_counts_nor_shows() -> None:
    hide = of_review(ReviewHidden(review_id=1, product_id=5, rating=5, note="rude"))
    hidden = folded(KETTLE, written(1, 5), written(2, 2, person_id=4), hide)
    assert rating(hidden) == (2, 1)
    assert lists(hidden, "reviews", 1) == {("all", 2), ("person:3", 2), ("hidden", 2)}
    again = folded(KETTLE, written(1, 5), hide, of_review(ReviewApproved(review_id=1, product_id=5, rating=5)))
    assert rating(again) == (5, 1)
    assert ("product:5", 2) in lists(again, "reviews", 1)


def test_a_change_moves_the_sum_by_its_difference() -> None:
    projection = folded(
        KETTLE,
        written(1, 5),
        of_review(ReviewChanged(review_id=1, product_id=5, difference=-3, rating=2)),
        of_review(ReviewChanged(review_id=1, product_id=5, difference=0, title="New")),
    )
    assert rating(projection) == (2, 1)
    review = document(projection, "reviews", 1, Review)
    assert (review.rating, review.title, review.comment) == (2, "New", "C")
    assert {name for name, _ in lists(projection, "reviews", 1) if name.startswith("product:5:")} == {"product:5:2"}


def test_a_removed_review_leaves_everything() -> None:
    def gone(shown: bool) -> Happened:
        return of_review(ReviewRemoved(review_id=1, product_id=5, rating=5, shown=shown))

    projection = folded(KETTLE, written(1, 5), gone(True))
    assert rating(projection) == (0, 0)
    assert lists(projection, "reviews", 1) == set()
    review = document(projection, "reviews", 1, Review)
    assert (review.removed, review.title, review.comment) == (True, "", "")
    hidden = folded(KETTLE, written(1, 5), of_review(ReviewHidden(review_id=1, product_id=5, rating=5)), gone(False))
    assert rating(hidden) == (0, 0)


def test_a_wish_that_comes_back_is_the_latest() -> None:
    steps = [ProductWished(product_id=5), ProductWished(product_id=6), ProductUnwished(product_id=5)]
    wishlist = document(folded(*(("wishlist-3", step) for step in steps)), "wishlists", 3, Wishlist)
    assert list(wishlist.products) == [6]
    steps.append(ProductWished(product_id=5))
    wishlist = document(folded(*(("wishlist-3", step) for step in steps)), "wishlists", 3, Wishlist)
    assert list(wishlist.products) == [6, 5]
    assert wishlist.products[5] > wishlist.products[6]


def test_what_is_low_on_stock_is_listed_by_how_many_there_are() -> None:
    def low(*happened: Happened) -> set[tuple[str, int]]:
        opened: Happened = ("stock-5", StockOpened(product_id=5, sku="K", on_hand=4))
        found = lists(folded(KETTLE, opened, *happened), "products", 5)
        return {entry for entry in found if entry[0].startswith("low")}

    fewer: Happened = ("stock-5", StockReserved(product_id=5, order_id=9, quantity=1))
    assert low() == set()
    assert low(fewer) == {("low", 3), ("low:8", 3)}
    assert low(fewer, fewer) == {("low", 2), ("low:8", 2)}
    assert low(fewer, ("stock-5", StockAdjusted(product_id=5, by=9, reason="r"))) == set()
    assert low(fewer, ("product-5", ProductChanged(product_id=5, low_stock_threshold=2))) == set()
    assert low(fewer, ("product-5", ProductDeactivated(product_id=5))) == set()
    variant: Happened = ("product-5", VariantAdded(product_id=5, variant_id=8, name="XL", sku="X"))
    assert low(fewer, variant, ("stock-8", StockOpened(product_id=5, variant_id=8, sku="X", on_hand=1))) == set()


def test_a_product_is_found_by_its_new_sku_alone() -> None:
    projection = folded(KETTLE, ("product-5", ProductChanged(product_id=5, sku="K2")))
    names = {entry.name for _, entry in projection.session.entries if getattr(entry, "table", "") == "sku"}
    assert names == {"K2"}
    assert document(projection, "products", 5, Product).sku == "K2"
