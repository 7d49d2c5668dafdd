"""What a discount makes of a price: both verdicts of every rule."""

from typing import Any

import pytest
from pydantic import ValidationError
from support.given import World

from write_side.catalog.product.commands import CreateProduct, UpdateProduct
from write_side.catalog.product.events import ProductCreated, ProductRepriced
from write_side.catalog.product.pricing import DiscountAbovePrice, Offer, Prices, offered, reduced
from write_side.catalog.product.state import PRODUCT, Product
from write_side.fields import percentage
from write_side.messages import Actor

SERVICE = Actor(service="tests")
PLAIN = Prices(selling_price=10000)
PERCENT = Prices(selling_price=9000, list_price=10000, discount_percent="10")
GIVEN = Prices(selling_price=8000, list_price=10000, discount_percent="10")


def after(before: Prices, **offer: Any) -> tuple[int, int | None, str | None]:
    prices = offered(before, Offer.model_validate(offer))
    return prices.selling_price, prices.list_price, prices.discount_percent


@pytest.mark.parametrize(
    ("price", "percent", "charged"),
    [
        (1999, "15", 1699),
        (1999, "0", 1999),
        (1999, "100", 0),
        (1, "50", 1),  # half a cent is rounded up
        (5, "50", 3),
        (999, "33.333333333333336", 666),
        (10**12, "0.00000000001", 10**12),
    ],
)
def test_a_percentage_is_taken_off_to_the_cent(price: int, percent: str, charged: int) -> None:
    assert reduced(price, percent) == charged


@pytest.mark.parametrize(
    ("before", "offer", "prices"),
    [
        (PLAIN, {"discount_percent": 10}, (9000, 10000, "10")),
        (PLAIN, {"discount_price": "80.00"}, (8000, 10000, None)),
        (PLAIN, {"discount_percent": 10, "discount_price": "80.00"}, (8000, 10000, "10")),
        (PLAIN, {"price": "50.00"}, (5000, None, None)),
        (PERCENT, {"price": "50.00"}, (4500, 5000, "10")),  # follows
        (PERCENT, {"discount_percent": 25.5}, (7450, 10000, "25.5")),
        (PERCENT, {"discount_percent": None}, (10000, None, None)),
        (PERCENT, {"discount_price": "80.00"}, (8000, 10000, "10")),
        (PERCENT, {"discount_price": None}, (9000, 10000, "10")),
        (PERCENT, {}, (9000, 10000, "10")),
        (GIVEN, {"price": "90.00"}, (8000, 9000, "10")),  # stays as it was given
        (GIVEN, {"price": "80.01"}, (8000, 8001, "10")),
        (GIVEN, {"price": "80.00"}, (8000, None, None)),  # ends
        (GIVEN, {"price": "79.99"}, (7999, None, None)),
        (Prices(selling_price=10000, list_price=10000), {"price": "100.00"}, (10000, 10000, None)),
        (GIVEN, {"discount_percent": 50}, (5000, 10000, "50")),
        (GIVEN, {"discount_percent": None}, (8000, 10000, None)),
        (GIVEN, {"discount_price": None}, (9000, 10000, "10")),
        (GIVEN, {"discount_percent": None, "discount_price": None}, (10000, None, None)),
        (GIVEN, {"price": "70.00", "discount_percent": None, "discount_price": None}, (7000, None, None)),
        (PLAIN, {"discount_price": "100.00"}, (10000, 10000, None)),
    ],
)
def test_only_what_is_sent_of_an_offer_changes(before: Prices, offer: dict[str, Any], prices: tuple[Any, ...]) -> None:
    assert after(before, **offer) == prices


@pytest.mark.parametrize(
    ("before", "offer"),
    [
        (PLAIN, {"discount_price": "100.01"}),
        (GIVEN, {"discount_price": "100.01"}),
        (GIVEN, {"price": "79.99", "discount_price": "80.00"}),
    ],
)
def test_a_discount_makes_nothing_dearer(before: Prices, offer: dict[str, Any]) -> None:
    with pytest.raises(DiscountAbovePrice) as refused:
        after(before, **offer)
    assert refused.value.extra == {"field": "discount_price"}


@pytest.mark.parametrize(
    ("value", "text"), [(15, "15"), (12.50, "12.5"), ("7.25", "7.25"), ("1e1", "10"), (0.0, "0"), ("100.0", "100")]
)
def test_a_percentage_is_kept_as_exact_as_it_was_given(value: object, text: str) -> None:
    assert percentage(value) == text


@pytest.mark.parametrize("value", [-1, 100.01, "x", "", "NaN", "inf", True, None, [], "1_0", "٣", "1e-999", 10**30])
def test_what_is_no_percentage_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="number from 0 to 100"):
        percentage(value)


def make(world: World, **fields: Any) -> Product:
    command = CreateProduct.model_validate({"name": "Kettle", **fields})
    return world.state(PRODUCT, world.when(command, SERVICE).result["product_id"])


def test_a_product_is_made_with_a_price_or_an_offer() -> None:
    world = World()
    made = make(world, offer={"price": "19.99", "discount_percent": 15})
    assert (made.selling_price, made.list_price, made.discount_percent) == (1699, 1999, "15")
    by_hand = make(world, price="16.99", compare_price="19.99")
    assert (by_hand.selling_price, by_hand.list_price, by_hand.discount_percent) == (1699, 1999, None)
    for wrong in ({}, {"offer": {"discount_percent": 5}}, {"offer": {"price": "1.00"}, "price": "1.00"}):
        with pytest.raises(ValidationError) as refused:
            make(world, **wrong)
        assert [item["loc"] for item in refused.value.errors()] == [("price",)]
    with pytest.raises(DiscountAbovePrice):
        make(world, offer={"price": "1.00", "discount_price": "1.01"})


def test_an_offer_is_recorded_as_the_prices_it_makes() -> None:
    world = World()
    product_id = make(world, offer={"price": "19.99", "discount_percent": 15}).product_id

    def change(**fields: Any) -> list[Any]:
        return world.when(UpdateProduct.model_validate({"product_id": product_id, **fields}), SERVICE).events

    assert change(offer={"price": "39.99"}) == [
        ProductRepriced(
            product_id=product_id, selling_price=3399, list_price=3999, cost_price=None, discount_percent="15"
        )
    ]
    assert change(offer={"price": "39.99"}) == []
    assert change(price="33.99", compare_price="39.99") == []
    assert change(cost_price="5.00")[0].discount_percent == "15"
    assert change(price="30.00") == [
        ProductRepriced(product_id=product_id, selling_price=3000, list_price=3999, cost_price=500)
    ]
    with pytest.raises(ValidationError, match="either an offer or prices"):
        change(offer={"price": "1.00"}, price="1.00")


def test_what_was_made_before_discounts_has_none() -> None:
    old = ProductCreated(product_id=1, name="K", slug="k", sku="K", selling_price=1, low_stock_threshold=1)
    assert (old.discount_percent, old.policy) == (None, "store")
