"""Reviews and wishes from several processes at once: each has a bus and a cache of its own."""

from collections import Counter

import pytest
from support.databases import Databases
from support.rival_process import Crew
from support.rivals import await_appends_waiting, log_held
from support.shop import SERVICE, Person, Shop

from write_side.codecs import decode
from write_side.order.commands import CancelOrder, RecordCarrierNews, StartOrder
from write_side.review.commands import WriteReview
from write_side.review.state import REVIEWER, Reviewer
from write_side.wishlist.commands import AddToWishlist, ToggleWishlist
from write_side.wishlist.state import WISHLIST

pytestmark = pytest.mark.xdist_group("races")  # the processes are started once


def count(shop: Shop, topic: str) -> int:
    rows, _ = shop.write_side.log.read(0, 100_000, [topic])
    return len(rows)


def reviewer(shop: Shop, person: Person) -> Reviewer:
    """As the log has it, past every cache."""
    now = REVIEWER.initial
    for stored in shop.write_side.log.select_events(REVIEWER.stream(person.person_id)):
        now = REVIEWER.evolve(now, decode(stored.topic, stored.state)[0])
    return now


def test_of_many_posts_by_one_person_one_is_the_review(shop: Shop, crew: Crew) -> None:
    lamp = shop.product("Lamp", price="10.00")
    author = shop.person()
    shop.pay(author, shop.order(author, lamp), "10.00")
    write = WriteReview(product_id=lamp.product_id, rating=5, title="T", comment="C", policy="store")
    outcomes = crew.together([(write, author.actor)] * 40)
    assert Counter(outcome if isinstance(outcome, str) else "done" for outcome in outcomes) == {
        "done": 1,
        "already-reviewed": 39,
    }
    assert count(shop, "review.written") == len(reviewer(shop, author).reviews) == 1


def test_two_posts_that_were_both_decided_are_one_review(shop: Shop, crew: Crew, databases: Databases) -> None:
    """Both have found no review and wait to append: the second one decides again."""
    lamp = shop.product("Lamp", price="10.00")
    author = shop.person()
    shop.pay(author, shop.order(author, lamp), "10.00")
    write = WriteReview(product_id=lamp.product_id, rating=5, policy="store")
    with log_held(databases):
        here = shop.write_side.bus.submit(write, author.actor)
        there = crew.start([(write, author.actor)])
        await_appends_waiting(databases, 2)
    first = here.exception(30)
    outcomes = ["done" if first is None else getattr(first, "type", ""), *there.result(30)]
    assert sorted(outcome if isinstance(outcome, str) else "done" for outcome in outcomes) == [
        "already-reviewed",
        "done",
    ]
    assert count(shop, "review.written") == 1


def test_a_purchase_that_is_cancelled_meanwhile_counts_no_longer(shop: Shop, crew: Crew, databases: Databases) -> None:
    """The review rests on an order that somebody else cancels before it is appended."""
    lamp = shop.product("Lamp", price="10.00")
    author = shop.person()
    order_id = shop.order(author, lamp)
    shop.pay(author, order_id, "10.00")
    with log_held(databases):
        cancelled = shop.write_side.bus.submit(CancelOrder(order_id=order_id), author.actor)
        await_appends_waiting(databases, 1)
        write = WriteReview(product_id=lamp.product_id, rating=1, policy="store")
        written = crew.start([(write, author.actor)])
        await_appends_waiting(databases, 2)
    cancelled.result(30)
    assert written.result(30) == ["not-bought"]
    assert reviewer(shop, author).reviews == {}


def test_toggles_each_flip_and_additions_do_not(shop: Shop, crew: Crew) -> None:
    lamp, vase = shop.product("Lamp"), shop.product("Vase")
    people = shop.people(4)
    toggles = [(ToggleWishlist(product_id=lamp.product_id), person.actor) for person in people for _ in range(9)]
    outcomes = crew.together(toggles)
    now = Counter(outcome["in_wishlist"] for outcome in outcomes if isinstance(outcome, dict))
    assert now == {True: 20, False: 16}
    crew.together([(AddToWishlist(product_id=vase.product_id), person.actor) for person in people for _ in range(5)])
    for person in people:
        wishlist = WISHLIST.initial
        for stored in shop.write_side.log.select_events(WISHLIST.stream(person.person_id)):
            wishlist = WISHLIST.evolve(wishlist, decode(stored.topic, stored.state)[0])
        assert wishlist.products == {lamp.product_id, vase.product_id}
    assert count(shop, "wishlist.product-added") == 20 + 4


def test_a_carrier_s_event_takes_effect_once_wherever_it_arrives(shop: Shop, crew: Crew) -> None:
    lamp, buyer = shop.product("Lamp", stock=5), shop.person()
    order_id = shop.order(buyer, lamp)
    shop.do(StartOrder(order_id=order_id))
    said = RecordCarrierNews(order_id=order_id, event_id="ev-1", news="delivered", tracking_number="T")
    outcomes = crew.together([(said, SERVICE)] * 40)
    assert Counter(outcome["repeated"] for outcome in outcomes if isinstance(outcome, dict)) == {False: 1, True: 39}
    assert [count(shop, topic) for topic in ("order.shipped", "order.delivered", "stock.shipped")] == [1, 1, 1]
