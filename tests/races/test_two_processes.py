"""Races between processes, each with a bus and a cache of its own."""

from collections import Counter
from typing import Any

import naive
import pytest
from support.databases import Databases
from support.rival_process import Crew
from support.rivals import await_appends_waiting, log_held
from support.shop import PASSWORD, SERVICE, Shop

from write_side.account.commands import RegisterAccount
from write_side.cart.commands import AddToCart
from write_side.catalog.category.commands import CreateCategory
from write_side.catalog.product.commands import CreateProduct, UpdateProduct
from write_side.catalog.product.state import PRODUCT
from write_side.codecs import decode
from write_side.messages import ANONYMOUS
from write_side.order.commands import CancelOrder, PlaceOrder
from write_side.stock.state import STOCK
from write_side.work import Aggregate

UNITS, BUYERS = 50, 200


def state(shop: Shop, aggregate: Aggregate[Any], key: int) -> Any:
    """As the log has it, past every cache."""
    now = aggregate.initial
    for stored in shop.write_side.log.select_events(aggregate.stream(key)):
        now = aggregate.evolve(now, decode(stored.topic, stored.state)[0])
    return now


def count(shop: Shop, topic: str) -> int:
    rows, _ = shop.write_side.log.read(0, 100_000, [topic])
    return len(rows)


def test_two_hundred_buyers_racing_for_fifty_units_buy_exactly_fifty(shop: Shop, crew: Crew) -> None:
    lamp = shop.product("Lamp", stock=UNITS)
    buyers = shop.people(BUYERS)
    shop_bus = shop.write_side.bus
    for filled in [shop_bus.submit(AddToCart(product_id=lamp.product_id), buyer.actor) for buyer in buyers]:
        filled.result()
    outcomes = crew.together([(PlaceOrder(), buyer.actor) for buyer in buyers])
    refused = Counter(outcome for outcome in outcomes if isinstance(outcome, str))
    assert refused == {"insufficient-stock": BUYERS - UNITS}
    assert count(shop, "order.placed") == UNITS
    stock = state(shop, STOCK, lamp.product_id)
    assert (stock.on_hand, stock.reserved, stock.available) == (UNITS, UNITS, 0)

    # The control: the same race, run as shops run it that only look at the stock, sells too much.
    vase = shop.product("Vase", stock=UNITS)
    shares = [(vase.product_id, range(10**9 + part, 10**9 + BUYERS, 2)) for part in (0, 1)]
    sold = sum(crew.call(naive.sell, shares))
    assert sold > UNITS
    assert state(shop, STOCK, vase.product_id).available == UNITS - sold < 0


def test_of_many_who_register_one_address_one_gets_it(shop: Shop, crew: Crew) -> None:
    spellings = ["jo@shop.test", "JO@shop.test", "Jo@Shop.Test"]
    registrations = [
        (RegisterAccount.model_validate({"email": spellings[i % 3], "password": PASSWORD}), ANONYMOUS)
        for i in range(40)
    ]
    outcomes = crew.together(registrations)
    winners = [outcome for outcome in outcomes if isinstance(outcome, dict)]
    assert len(winners) == 1
    assert outcomes.count("email-taken") == 39
    assert count(shop, "account.registered") == 1
    signed_in = shop.write_side.sign_in.with_password("jo@shop.test", PASSWORD)
    assert signed_in is not None and signed_in.person_id == winners[0]["person_id"]


def test_many_who_make_one_category_on_the_fly_make_one(shop: Shop, crew: Crew) -> None:
    paths = [["Home", "Kitchen", "Kettles"], ["home", "KITCHEN", "kettles"], ["Home", "Kitchen", "Pots"]]
    products = [(CreateProduct(name=f"P{i}", price=100, category=paths[i % 3]), SERVICE) for i in range(60)]
    products += [(CreateCategory(name="Home"), SERVICE)] * 10  # type: ignore[list-item]
    outcomes = crew.together(products)
    assert all(isinstance(outcome, dict) for outcome in outcomes)
    assert count(shop, "category.created") == 4
    places = Counter(
        state(shop, PRODUCT, outcome["product_id"]).category_id
        for outcome in outcomes
        if isinstance(outcome, dict) and "product_id" in outcome
    )
    assert sorted(places.values()) == [20, 40]


def test_partial_updates_of_different_fields_all_survive(shop: Shop, crew: Crew) -> None:
    lamp = shop.product("Lamp", price="1.00")
    fields = {
        "name": "Desk lamp",
        "description": "Bends",
        "price": 1999,
        "weight": "1 kg",
        "featured": True,
        "attributes": {"colour": "red"},
        "low_stock_threshold": 3,
        "active": False,
    }
    updates = [
        (UpdateProduct.model_validate({"product_id": lamp.product_id, **_as_sent(name, value)}), SERVICE)
        for name, value in fields.items()
    ]
    outcomes = crew.together(updates)
    assert all(isinstance(outcome, dict) for outcome in outcomes)
    after = state(shop, PRODUCT, lamp.product_id)
    assert {name: getattr(after, "selling_price" if name == "price" else name) for name in fields} == fields


def test_prices_and_percentages_that_change_at_once_both_count(shop: Shop, crew: Crew) -> None:
    lamp = shop.product("Lamp", price="10.00")
    offers: list[dict[str, Any]] = [{"price": "20.00"}, {"discount_percent": 25}]
    updates = [
        (UpdateProduct.model_validate({"product_id": lamp.product_id, "offer": offer}), SERVICE) for offer in offers
    ]
    crew.together(updates)
    after = state(shop, PRODUCT, lamp.product_id)
    assert (after.list_price, after.selling_price, after.discount_percent) == (2000, 1500, "25")


def test_variants_and_places_that_are_given_at_once_are_made_once(shop: Shop, crew: Crew) -> None:
    lamp = shop.product("Lamp", stock=0, category=["Home", "Light"])
    wanted = {
        "product_id": lamp.product_id,
        "category_part": {"parent": ["Home", "Sale"]},
        "variants": [{"attributes": {"colour": colour}, "stock": 3} for colour in ("red", "blue")],
    }
    outcomes = crew.together([(UpdateProduct.model_validate(wanted), SERVICE)] * 20)
    assert all(isinstance(outcome, dict) for outcome in outcomes)
    assert [count(shop, topic) for topic in ("product.variant-added", "category.created")] == [2, 4]
    assert [variant.name for variant in state(shop, PRODUCT, lamp.product_id).variants.values()] == ["red", "blue"]


def _as_sent(name: str, value: Any) -> dict[str, Any]:
    return {name: "19.99" if name == "price" else value}


def test_an_update_decided_before_a_rival_s_commit_keeps_the_rival_s(
    shop: Shop, crew: Crew, databases: Databases
) -> None:
    """Both have decided on the same version and wait to append: the second one decides again."""
    lamp = shop.product("Lamp")
    rename = UpdateProduct(product_id=lamp.product_id, name="Desk lamp")
    weigh = UpdateProduct(product_id=lamp.product_id, weight="1 kg")
    crew.one([(UpdateProduct(product_id=lamp.product_id, featured=True), SERVICE)])  # it is in that cache now
    with log_held(databases):
        here = shop.write_side.bus.submit(rename, SERVICE)
        there = crew.start([(weigh, SERVICE)])
        await_appends_waiting(databases, 2)
    here.result(30)
    assert isinstance(there.result(30)[0], dict)
    after = state(shop, PRODUCT, lamp.product_id)
    assert (after.name, after.weight, after.featured) == ("Desk lamp", "1 kg", True)


@pytest.mark.parametrize("member", [0, 1])
def test_no_process_answers_from_what_it_remembers(shop: Shop, crew: Crew, member: int) -> None:
    """One sells the last unit and gives it back, again and again; the other's every answer is right."""
    seller, buyer = shop.people(2)
    last = shop.product(stock=1)
    add = (AddToCart(product_id=last.product_id), buyer.actor)
    for _ in range(10):
        order_id = shop.order(seller, last)
        assert crew.one([add], member) == ["insufficient-stock"]
        shop.do(CancelOrder(order_id=order_id), seller)
        (line,) = crew.one([add], member)
        assert isinstance(line, dict) and line["quantity"] == 1
        (order,) = crew.one([(PlaceOrder(), buyer.actor)], member)
        assert isinstance(order, dict)
        with pytest.raises(Exception, match="Insufficient stock"):
            shop.add(seller, last)
        crew.one([(CancelOrder(order_id=order["order_id"]), buyer.actor)], member)
