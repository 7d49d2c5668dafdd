"""Given what sellers sold and how it was rated, when it is folded, then their public figures say so. All of a test's
events are one batch: the second event of a document must see the first one's work."""

import msgspec
from memory_session import Projection
from shop_past import Happened, open_sealed, rows

from projections.models import redis_models
from projections.models.seller import SELLERS
from read_side.documents.review import Review
from read_side.documents.seller import Seller
from write_side.messages import Event
from write_side.order.events import OrderCancelled, OrderPlaced, PastOrderRecorded
from write_side.review.events import ReviewApproved, ReviewChanged, ReviewHidden, ReviewRemoved, ReviewWritten
from write_side.values import Charges, OrderLine, Sealed

MONEY = Charges(subtotal=0, tax=0, shipping=0, discount=0, total=0)


def folded(*happened: Happened) -> Projection:
    projection = Projection(redis_models(open_sealed))
    projection.take(rows(list(happened)))
    assert projection.session.parks == []
    return projection


def seller(projection: Projection, key: int) -> Seller:
    stored = projection.session.documents.get((SELLERS.name, str(key)))
    return msgspec.json.decode(stored, type=Seller) if stored is not None else Seller(seller_id=key)


def lines(*sold: tuple[int | None, int]) -> tuple[OrderLine, ...]:
    """(seller, quantity) of each."""
    return tuple(
        OrderLine(line_id=n, product_id=n, sku="K", name="N", unit_price=100, quantity=quantity, seller_id=by)
        for n, (by, quantity) in enumerate(sold, 1)
    )


def placed(order_id: int, *sold: tuple[int | None, int]) -> Happened:
    return f"order-{order_id}", OrderPlaced(
        order_id=order_id,
        number=f"ORD-{order_id}",
        person_id=7,
        lines=lines(*sold),
        charges=MONEY,
        pricing="none",
        shipping_address=Sealed("lost:"),
        billing_address=Sealed("lost:"),
    )


def written(review_id: int, rating: int, seller_id: int | None = 8) -> Happened:
    return "review-3", ReviewWritten(
        review_id=review_id,
        product_id=5,
        person_id=3,
        rating=rating,
        title="T",
        comment="C",
        verified=False,
        seller_id=seller_id,
    )


def of_review(event: Event) -> Happened:
    return "review-3", event


def test_each_seller_sold_their_own_lines_and_a_cancelled_order_sold_nothing() -> None:
    projection = folded(
        placed(1, (8, 2), (9, 1), (8, 3), (None, 7)),
        placed(2, (8, 4)),
        placed(3, (9, 1)),
        ("order-2", OrderCancelled(order_id=2)),
        (
            "order-4",
            PastOrderRecorded(
                order_id=4,
                source="s",
                number="4",
                placed_at="2011-01-02T03:04:05Z",
                lines=lines((8, 10)),
                charges=(),
                money=MONEY,
            ),
        ),
    )
    assert (seller(projection, 8).units, seller(projection, 9).units) == (15, 2)


def test_ratings_are_those_of_shown_reviews() -> None:
    about = {"product_id": 5, "seller_id": 8}
    projection = folded(
        written(1, 5),
        written(2, 2),
        written(3, 4),
        written(4, 1),
        written(5, 1, seller_id=None),
        of_review(ReviewChanged(review_id=2, difference=1, rating=3, **about)),
        of_review(ReviewHidden(review_id=3, rating=4, **about)),
        of_review(ReviewHidden(review_id=4, rating=1, **about)),
        of_review(ReviewApproved(review_id=4, rating=1, **about)),
        of_review(ReviewRemoved(review_id=1, rating=5, shown=True, **about)),
        of_review(ReviewRemoved(review_id=3, rating=4, shown=False, **about)),
    )
    business = seller(projection, 8)
    assert (business.rating_sum, business.review_count, business.rating) == (4, 2, 2.0)
    assert Seller(seller_id=1).rating is None
    listed = {key for (_, key), entry in projection.session.entries if entry[0] == "seller:8"}
    assert listed == {"2", "4"}
    review = msgspec.json.decode(projection.session.documents[("reviews", "2")], type=Review)
    assert review.seller_id == 8


def test_any_batching_gives_the_same() -> None:
    happened = [placed(1, (8, 2)), written(1, 5), ("order-1", OrderCancelled(order_id=1)), written(2, 4)]
    whole = folded(*happened)
    pieces = Projection(redis_models(open_sealed))
    for row in rows(happened):
        pieces.take([row])
    assert pieces.session.documents == whole.session.documents
    assert seller(whole, 8).units == 0
