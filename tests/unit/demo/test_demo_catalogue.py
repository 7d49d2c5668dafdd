"""The demo catalogue keeps what its readers count on: size, shape, uniqueness, scarcity."""

import json
import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from decimal import Decimal

import pytest

from storefold.demo.catalogue import DemoProduct, demo_products

MONEY = re.compile(r"\d+\.\d\d")
SENTENCE_END = re.compile(r"[.!?](?: |$)")


@pytest.fixture(scope="module")
def products() -> list[DemoProduct]:
    return demo_products()


def sellable(product: DemoProduct) -> int:
    return product["stock"] + sum(variant["stock"] for variant in product["variants"])


def test_there_are_360_products_with_names_of_their_own(products: list[DemoProduct]) -> None:
    assert len(products) == 360
    assert len({product["name"].casefold() for product in products}) == 360
    assert len({product["description"] for product in products}) == 360


def test_no_sku_is_used_twice_even_by_a_variant(products: list[DemoProduct]) -> None:
    skus = [product["sku"] for product in products]
    skus += [variant["sku"] for product in products for variant in product["variants"]]
    assert len(skus) == len(set(skus))
    assert all(re.fullmatch(r"[A-Z0-9-]{1,64}", sku) for sku in skus)


def test_categories_have_three_levels_and_each_name_one_place(products: list[DemoProduct]) -> None:
    paths = {tuple(product["category"]) for product in products}
    assert {len(path) for path in paths} == {3}
    assert len({path[:1] for path in paths}) == 8
    assert len({path[:2] for path in paths}) == 24
    assert len(paths) == 64
    # Slugs are global: a name in two places would give one of them a number.
    places = {path[:depth] for path in paths for depth in (1, 2, 3)}
    assert len({place[-1] for place in places}) == len(places)


def test_money_has_two_places_and_cost_stays_below_price(products: list[DemoProduct]) -> None:
    for product in products:
        amounts = [product["cost_price"], product["price"]]
        amounts += [product["compare_price"]] if "compare_price" in product else []
        assert all(MONEY.fullmatch(amount) for amount in amounts), product["sku"]
        values = [Decimal(amount) for amount in amounts]
        assert values == sorted(set(values)), product["sku"]
        assert values[0] > 0
    assert sum("compare_price" in product for product in products) == 44


def test_a_variant_never_costs_less_than_its_product(products: list[DemoProduct]) -> None:
    prices = [
        (variant["price"], product["price"])
        for product in products
        for variant in product["variants"]
        if variant["price"] is not None
    ]
    assert prices
    assert all(MONEY.fullmatch(own) and Decimal(own) > Decimal(base) for own, base in prices)


def test_twelve_products_are_out_of_stock_and_twenty_are_low(products: list[DemoProduct]) -> None:
    units = [sellable(product) for product in products]
    assert sum(number == 0 for number in units) == 12
    assert sum(1 <= number <= 10 for number in units) == 20
    assert not any(10 < number < 15 for number in units)
    assert all(product["stock"] <= 400 for product in products)


def test_the_base_has_stock_whenever_the_product_has(products: list[DemoProduct]) -> None:
    assert all((product["stock"] > 0) == (sellable(product) > 0) for product in products)


def test_a_quarter_of_the_products_have_variants(products: list[DemoProduct]) -> None:
    varied = [product for product in products if product["variants"]]
    assert 80 <= len(varied) <= 110
    for product in varied:
        variants = product["variants"]
        assert len(variants) > 1
        assert len({variant["name"] for variant in variants}) == len(variants)
        assert len({tuple(variant["attributes"]) for variant in variants}) == 1
        assert all(variant["sku"].startswith(f"{product['sku']}-") for variant in variants)


def test_products_of_a_leaf_share_their_attribute_names(products: list[DemoProduct]) -> None:
    leaves: defaultdict[tuple[str, ...], list[set[str]]] = defaultdict(list)
    for product in products:
        assert 2 <= len(product["attributes"]) <= 5, product["sku"]
        assert all(product["attributes"].values())
        leaves[tuple(product["category"])].append(set(product["attributes"]))
    for names in leaves.values():
        # An attribute may not apply to one item; it never stands on one item alone.
        assert max(names, key=len) == set.union(*names)
        assert len(set.intersection(*names)) >= 2


def test_descriptions_are_two_or_three_sentences(products: list[DemoProduct]) -> None:
    for product in products:
        assert 2 <= len(SENTENCE_END.findall(product["description"])) <= 3, product["description"]


def test_featured_products_can_be_bought(products: list[DemoProduct]) -> None:
    featured = [product for product in products if product["featured"]]
    assert len(featured) == 24
    assert all(sellable(product) for product in featured)


def test_names_exercise_the_folding_of_search(products: list[DemoProduct]) -> None:
    names = " ".join(product["name"] for product in products)
    assert "Crème Brûlée" in names
    assert "&" in names
    assert "'" in names


def test_weights_are_optional_and_well_formed(products: list[DemoProduct]) -> None:
    weights = [product["weight"] for product in products if "weight" in product]
    assert 300 < len(weights) < 360
    assert all(MONEY.fullmatch(weight) and Decimal(weight) > 0 for weight in weights)


def test_first_page_is_a_mixture(products: list[DemoProduct]) -> None:
    assert len({product["category"][0] for product in products[-20:]}) >= 4


def test_each_call_returns_the_same_products_and_shares_nothing() -> None:
    first = demo_products()
    expected = json.dumps(first)
    for product in first:
        product["attributes"].clear()
        product["category"].clear()
        product["variants"].clear()
    assert json.dumps(demo_products()) == expected


def test_another_process_with_another_hash_seed_makes_the_same_catalogue() -> None:
    code = "import json; from storefold.demo.catalogue import demo_products;print(json.dumps(demo_products()))"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert json.loads(answer.stdout) == demo_products()


def test_making_the_catalogue_takes_less_than_a_fifth_of_a_second() -> None:
    def measure() -> float:
        start = time.perf_counter()
        demo_products()
        return time.perf_counter() - start

    assert min(measure() for _ in range(3)) < 0.2
