"""Every rule of reviews, both verdicts."""

from typing import Any

import msgspec
import pytest
from support.given import World

from write_side.catalog.product.decide import NoSuchProduct
from write_side.catalog.product.events import ProductCreated, ProductDeactivated
from write_side.catalog.product.state import PRODUCT
from write_side.messages import Actor, Event
from write_side.order.commands import CancelOrder
from write_side.order.events import OrderCancelled, OrderPlaced
from write_side.order.state import ORDER
from write_side.payment.commands import RecordPaymentSuccess
from write_side.payment.events import PaymentIntentCreated, PaymentRequested
from write_side.payment.state import PAYMENT
from write_side.review import decide
from write_side.review.commands import ApproveReview, ChangeReview, HideReview, RemoveReview, WriteReview
from write_side.review.events import (
    PurchaseCancelled,
    PurchaseConfirmed,
    ReviewApproved,
    ReviewChanged,
    ReviewHidden,
    ReviewRemoved,
    ReviewWritten,
)
from write_side.review.state import REVIEWER
from write_side.values import Charges, OrderLine

KETTLE = ProductCreated(product_id=1, name="Kettle", slug="kettle", sku="K", selling_price=1999, low_stock_threshold=5)
AUTHOR, OTHER = Actor(person_id=3), Actor(person_id=4)
ADMIN = Actor(person_id=2, roles=frozenset({"admin"}))
SERVICE = Actor(service="stripe")
BOUGHT = PurchaseConfirmed(order_id=5, products=(1,))
WORDS = {"rating": 4, "title": "Good", "comment": "It boils."}


def world(*of_author: Event) -> World:
    made = World()
    made.has(PRODUCT, 1, KETTLE)
    made.has(REVIEWER, 3, *of_author)
    return made


def write(policy: str = "store", **fields: Any) -> WriteReview:
    return WriteReview.model_validate({"product_id": 1, "policy": policy, **WORDS, **fields})


def written(shop: World) -> int:
    return int(shop.when(write(), AUTHOR).result["review_id"])


def test_every_event_of_a_review_names_whose_product_it_is() -> None:
    shop = world()
    shop.has(PRODUCT, 7, msgspec.structs.replace(KETTLE, product_id=7, seller_id=8))
    review_id = shop.when(write("marketplace", product_id=7), AUTHOR).result["review_id"]
    happened = [
        shop.when(ChangeReview(review_id=review_id, rating=1), AUTHOR),
        shop.when(HideReview(review_id=review_id), ADMIN),
        shop.when(ApproveReview(review_id=review_id), ADMIN),
        shop.when(RemoveReview(review_id=review_id), AUTHOR),
    ]
    assert [event.seller_id for done in happened for event in done.events] == [8] * 4  # type: ignore[attr-defined]


def test_who_bought_it_reviews_it() -> None:
    done = world(BOUGHT).when(write(), AUTHOR)
    review_id = done.result["review_id"]
    assert done.events == [ReviewWritten(review_id=review_id, product_id=1, person_id=3, verified=True, **WORDS)]
    assert done.streams == ["review-3"]
    assert done.result["verified"] is True and done.result["rating"] == 4


@pytest.mark.parametrize(
    "past", [[], [PurchaseConfirmed(order_id=5, products=(9,))], [BOUGHT, PurchaseCancelled(order_id=5)]]
)
def test_who_has_not_bought_it_does_not_where_the_policy_asks_for_it(past: list[Event]) -> None:
    with pytest.raises(decide.NotBought):
        world(*past).when(write("store"), AUTHOR)
    for policy in ("marketplace", "martaff"):
        done = world(*past).when(write(policy), AUTHOR)
        assert done.events[0].verified is False  # type: ignore[attr-defined]


def test_another_order_of_it_still_counts() -> None:
    again = PurchaseConfirmed(order_id=6, products=(1, 2))
    assert world(BOUGHT, again, PurchaseCancelled(order_id=5)).when(write(), AUTHOR).events


def test_one_review_per_person_where_the_policy_says_so() -> None:
    shop = world(BOUGHT)
    shop.when(write("martaff"), AUTHOR)
    for policy in ("store", "marketplace"):
        with pytest.raises(decide.AlreadyReviewed):
            shop.when(write(policy), AUTHOR)
    assert shop.when(write("martaff"), AUTHOR).events
    assert shop.when(write("marketplace"), OTHER).events  # of somebody else


def test_a_hidden_review_is_a_review_and_a_removed_one_is_none() -> None:
    shop = world(BOUGHT)
    review_id = written(shop)
    shop.when(HideReview(review_id=review_id), ADMIN)
    with pytest.raises(decide.AlreadyReviewed):
        shop.when(write(), AUTHOR)
    shop.when(RemoveReview(review_id=review_id), AUTHOR)
    assert shop.when(write(), AUTHOR).result["review_id"] != review_id


def test_what_is_not_sold_is_not_reviewed() -> None:
    shop = world(BOUGHT)
    with pytest.raises(NoSuchProduct):
        shop.when(WriteReview(product_id=9, **WORDS), AUTHOR)
    shop.has(PRODUCT, 1, ProductDeactivated(product_id=1))
    with pytest.raises(NoSuchProduct):
        shop.when(write(), AUTHOR)


def test_a_change_carries_what_changed_and_what_it_does_to_the_sum() -> None:
    shop = world(BOUGHT)
    review_id = written(shop)
    assert shop.when(ChangeReview(review_id=review_id, rating=1, title="Good"), AUTHOR).events == [
        ReviewChanged(review_id=review_id, product_id=1, difference=-3, rating=1)
    ]
    assert shop.when(ChangeReview(review_id=review_id, rating=1), AUTHOR).events == []
    shop.when(HideReview(review_id=review_id), ADMIN)
    assert shop.when(ChangeReview(review_id=review_id, rating=5, comment="Now"), AUTHOR).events == [
        ReviewChanged(review_id=review_id, product_id=1, difference=0, rating=5, comment="Now")
    ]
    for stranger in (OTHER, ADMIN):
        with pytest.raises(decide.NoSuchReview):  # what is hidden is not there
            shop.when(ChangeReview(review_id=review_id, rating=2), stranger)
    shop.when(ApproveReview(review_id=review_id), ADMIN)
    for stranger in (OTHER, ADMIN):
        with pytest.raises(decide.NotYourReview):
            shop.when(ChangeReview(review_id=review_id, rating=2), stranger)


def test_moderation_hides_and_shows_once() -> None:
    shop = world(BOUGHT)
    review_id = written(shop)
    assert shop.when(ApproveReview(review_id=review_id), ADMIN).events == []
    assert shop.when(HideReview(review_id=review_id, note="rude"), ADMIN).events == [
        ReviewHidden(review_id=review_id, product_id=1, rating=4, note="rude")
    ]
    assert shop.when(HideReview(review_id=review_id), ADMIN).events == []
    shown = shop.when(ApproveReview(review_id=review_id), ADMIN)
    assert shown.events == [ReviewApproved(review_id=review_id, product_id=1, rating=4)]
    assert shown.result["shown"] is True
    for command in (HideReview(review_id=77), ApproveReview(review_id=77)):
        with pytest.raises(decide.NoSuchReview):
            shop.when(command, ADMIN)


@pytest.mark.parametrize("who", [AUTHOR, ADMIN])
def test_its_author_and_administrators_remove_a_review_once(who: Actor) -> None:
    shop = world(BOUGHT)
    review_id = written(shop)
    with pytest.raises(decide.NotYourReview):
        shop.when(RemoveReview(review_id=review_id), OTHER)
    assert shop.when(RemoveReview(review_id=review_id), who).events == [
        ReviewRemoved(review_id=review_id, product_id=1, rating=4, shown=True)
    ]
    with pytest.raises(decide.NoSuchReview):
        shop.when(RemoveReview(review_id=review_id), who)


def test_where_the_policy_says_so_only_administrators_remove_a_review() -> None:
    shop = world(BOUGHT)
    remove = RemoveReview(review_id=written(shop), policy="martaff")
    with pytest.raises(decide.OnlyStaffRemoves):
        shop.when(remove, AUTHOR)
    with pytest.raises(decide.NotYourReview):
        shop.when(remove, OTHER)
    assert shop.when(remove, ADMIN).events


def test_a_hidden_review_is_removed_as_one_that_did_not_count() -> None:
    shop = world(BOUGHT)
    review_id = written(shop)
    shop.when(HideReview(review_id=review_id), ADMIN)
    (removed,) = shop.when(RemoveReview(review_id=review_id), ADMIN).events
    assert removed == ReviewRemoved(review_id=review_id, product_id=1, rating=4, shown=False)


# -- what was bought ------------------------------------------------------------------------------


def ordered(*more: Event) -> World:
    shop = world()
    line = {"sku": "K", "name": "Kettle", "unit_price": 1000, "quantity": 1}
    lines = tuple(OrderLine(line_id=70 + n, product_id=product, **line) for n, product in enumerate((1, 2, 1)))  # type: ignore[arg-type]
    charges = Charges(subtotal=3000, tax=0, shipping=0, discount=0, total=3000)
    placed = OrderPlaced(order_id=5, number="ORD-5", person_id=3, lines=lines, charges=charges, pricing="none")
    shop.has(ORDER, 5, placed, *more)
    asked = PaymentRequested(order_id=5, person_id=3, amount=3000, attempt=1)
    shop.has(PAYMENT, 5, asked, PaymentIntentCreated(order_id=5, intent_id="pi_5"))
    return shop


PAY = RecordPaymentSuccess.model_validate({"order_id": 5, "intent_id": "pi_5", "amount": "30.00"})


def test_a_paid_order_is_a_purchase_and_a_cancelled_one_is_none() -> None:
    shop = ordered()
    assert not shop.state(REVIEWER, 3).bought(1)
    assert PurchaseConfirmed(order_id=5, products=(1, 2)) in shop.when(PAY, SERVICE).events
    assert shop.when(PAY, SERVICE).events == []
    assert shop.state(REVIEWER, 3).bought(1) and shop.state(REVIEWER, 3).bought(2)
    assert PurchaseCancelled(order_id=5) in shop.when(CancelOrder(order_id=5), AUTHOR).events
    assert not shop.state(REVIEWER, 3).bought(1)


def test_an_order_that_was_never_paid_is_cancelled_without_a_word_to_the_reviewer() -> None:
    assert "review-3" not in ordered().when(CancelOrder(order_id=5), AUTHOR).streams


def test_money_for_a_cancelled_order_buys_nothing() -> None:
    done = ordered(OrderCancelled(order_id=5)).when(PAY, SERVICE)
    assert done.events and "review-3" not in done.streams
