"""A product's variants, base and category as they are given together, both verdicts of every rule."""

from typing import Any

import pytest
from pydantic import ValidationError
from support.given import Happened, World

from write_side.catalog.category.commands import RemoveCategory
from write_side.catalog.category.decide import NoPlaceToKeep
from write_side.catalog.category.state import CATEGORY
from write_side.catalog.product.commands import MAX_DEPTH, CreateProduct, UpdateProduct
from write_side.catalog.product.decide import TooManyVariants
from write_side.catalog.product.parts import StockMissing, VariantTwice
from write_side.catalog.product.state import PRODUCT
from write_side.messages import Actor
from write_side.stock.events import StockFellLow
from write_side.stock.state import STOCK

SERVICE = Actor(service="tests")


def variation(size: str, color: str, stock: int, **more: Any) -> dict[str, Any]:
    return {"attributes": {"size": size, "color": color}, "stock": stock, **more}


S_RED, M_RED, M_BLUE = variation("S", "red", 4), variation("M", "red", 5), variation("M", "blue", 6)


@pytest.fixture
def world() -> World:
    return World()


def make(world: World, **fields: Any) -> int:
    command = CreateProduct.model_validate({"name": "Shirt", "price": "10.00", "policy": "martaff", **fields})
    return int(world.when(command, SERVICE).result["product_id"])


def change(world: World, product_id: int, **fields: Any) -> Happened:
    command = UpdateProduct.model_validate({"product_id": product_id, "policy": "martaff", **fields})
    return world.when(command, SERVICE)


def levels(world: World, product_id: int) -> tuple[int, dict[str, int]]:
    """What the base has, and each variant by its name."""
    variants = world.state(PRODUCT, product_id).variants
    stocks = {variant.name: world.state(STOCK, key).available for key, variant in variants.items()}
    return world.state(STOCK, product_id).available, stocks


def test_a_stock_counts_only_where_there_are_no_variants_and_the_policy_says_so(world: World) -> None:
    assert levels(world, make(world, stock=9)) == (9, {})
    assert levels(world, make(world, stock=9, variants=[S_RED, M_RED])) == (0, {"S / red": 4, "M / red": 5})
    assert levels(world, make(world, stock=9, variants=[S_RED], policy="store")) == (9, {"S / red": 4})


def test_a_stock_or_a_variant_is_demanded_where_the_policy_says_so(world: World) -> None:
    for nothing in ({}, {"variants": []}):
        with pytest.raises(StockMissing):
            make(world, **nothing)
    assert levels(world, make(world, policy="store")) == (0, {})
    product_id = make(world, stock=0)
    with pytest.raises(StockMissing):
        change(world, product_id, variants=[], variants_mode="replace")
    assert change(world, product_id, name="Shirts").result["product_id"] == product_id


def test_variants_are_merged_by_what_they_are(world: World) -> None:
    product_id = make(world, variants=[S_RED, M_RED])
    before = world.state(PRODUCT, product_id).variants
    change(world, product_id, variants=[variation("m", "RED", 1), M_BLUE])
    assert levels(world, product_id) == (0, {"S / red": 4, "M / red": 1, "M / blue": 6})
    after = world.state(PRODUCT, product_id).variants
    assert {key: after[key].sku for key in before} == {key: variant.sku for key, variant in before.items()}
    assert change(world, product_id, variants=[M_BLUE]).events == []
    change(world, product_id, variants=[variation("M", "blue", 6, name="Sky", price="12.00")])
    assert [(v.name, v.price) for v in world.state(PRODUCT, product_id).variants.values()][-1] == ("Sky", 1200)


def test_variants_are_replaced_when_that_is_asked(world: World) -> None:
    product_id = make(world, variants=[S_RED, M_RED])
    [_, medium] = world.state(PRODUCT, product_id).variants
    change(world, product_id, variants=[variation("M", "red", 2), M_BLUE], variants_mode="replace")
    assert levels(world, product_id) == (0, {"M / red": 2, "M / blue": 6})
    assert medium in world.state(PRODUCT, product_id).variants
    change(world, product_id, variants=[], stock=3, variants_mode="replace")
    assert levels(world, product_id) == (3, {})


def test_a_base_gives_way_to_variants_and_stays_beside_them(world: World) -> None:
    product_id = make(world, stock=9)
    change(world, product_id, variants=[S_RED])
    assert levels(world, product_id) == (0, {"S / red": 4})
    assert change(world, product_id, stock=50).events == []
    change(world, product_id, stock=50, policy="store")
    assert levels(world, product_id) == (50, {"S / red": 4})


def test_a_variant_is_given_once(world: World) -> None:
    twice = [S_RED, variation("s", "Red", 1)]
    with pytest.raises(VariantTwice):
        make(world, variants=twice)
    product_id = make(world, stock=1)
    with pytest.raises(VariantTwice):
        change(world, product_id, variants=twice)
    named = [{"name": "red"}, {"name": "Red "}]
    with pytest.raises(VariantTwice):
        change(world, product_id, variants=named)
    assert change(world, product_id, variants=[S_RED, M_RED]).events


def test_a_variant_has_a_name_or_attributes(world: World) -> None:
    product_id = make(world, variants=[{"name": "Plain", "stock": 1}, S_RED])
    assert levels(world, product_id) == (0, {"Plain": 1, "S / red": 4})
    with pytest.raises(ValidationError) as refused:
        change(world, product_id, variants=[{"stock": 1}])
    assert [item["loc"] for item in refused.value.errors()] == [("variants", 0, "name")]


def test_there_is_room_for_so_many_variants(world: World) -> None:
    product_id = make(world, variants=[variation("S", f"{n}", 1) for n in range(200)])
    with pytest.raises(TooManyVariants):
        change(world, product_id, variants=[M_RED])
    change(world, product_id, variants=[M_RED], variants_mode="replace")


def test_what_is_available_in_all_and_of_each_part_are_two_ways(world: World) -> None:
    for part in ({"stock": 1}, {"variants": [S_RED]}):
        with pytest.raises(ValidationError, match="in all or what each part has"):
            change(world, 1, available=2, **part)


def test_running_low_is_said_of_the_number_that_all_parts_make(world: World) -> None:
    product_id = make(world, variants=[S_RED, M_RED], low_stock_threshold=5)

    def said(**fields: Any) -> list[int]:
        events = change(world, product_id, **fields).events
        return [event.available for event in events if isinstance(event, StockFellLow)]

    assert said(variants=[variation("S", "red", 1)]) == []
    assert said(variants=[M_BLUE, variation("M", "red", 0)]) == []
    assert said(variants=[variation("M", "blue", 4)]) == [5]
    assert said(variants=[variation("M", "blue", 3)]) == []
    assert said(variants=[variation("M", "blue", 5)]) == []
    assert said(variants=[S_RED], variants_mode="replace") == [4]


# -- categories -----------------------------------------------------------------------------------


def path(world: World, product_id: int) -> list[str]:
    names: list[str] = []
    current = world.state(PRODUCT, product_id).category_id
    while current is not None:
        category = world.state(CATEGORY, current)
        names.insert(0, category.name)
        current = category.parent_id
    return names


def test_a_category_given_in_part_keeps_its_other_part(world: World) -> None:
    product_id = make(world, stock=1, category=["Clothes", "Men", "Shirts"])
    change(world, product_id, category_part={"name": "Trousers"})
    assert path(world, product_id) == ["Clothes", "Men", "Trousers"]
    change(world, product_id, category_part={"parent": ["Sale", "Winter"]})
    assert path(world, product_id) == ["Sale", "Winter", "Trousers"]
    change(world, product_id, category_part={"name": "shirts", "parent": ["clothes", "MEN"]})
    assert path(world, product_id) == ["Clothes", "Men", "Shirts"], "what is there is used again"
    assert change(world, product_id, category_part={"name": "Shirts"}).events == []


def test_without_a_category_there_is_no_part_to_keep(world: World) -> None:
    product_id = make(world, stock=1)
    with pytest.raises(NoPlaceToKeep):
        change(world, product_id, category_part={"parent": ["Sale"]})
    change(world, product_id, category_part={"name": "Shirts"})
    assert path(world, product_id) == ["Shirts"]
    for nothing in ({}, {"parent": ["x"] * MAX_DEPTH}):
        with pytest.raises(ValidationError):
            change(world, product_id, category_part=nothing)


def test_a_place_under_what_was_removed_is_a_root(world: World) -> None:
    product_id = make(world, stock=1, category=["Clothes", "Shirts"])
    clothes = world.state(CATEGORY, world.state(PRODUCT, product_id).category_id or 0).parent_id
    assert clothes is not None
    world.when(RemoveCategory(category_id=clothes), SERVICE)
    change(world, product_id, category_part={"name": "Trousers"})
    assert path(world, product_id) == ["Trousers"]


def test_as_many_levels_of_categories_as_there_may_be_are_made(world: World) -> None:
    names = [f"level {n}" for n in range(MAX_DEPTH)]
    made = make(world, stock=1, category=names)
    assert path(world, made) == names
    again = make(world, stock=1, category=[*names[:30], "Other", "level 1"])
    assert path(world, again) == [*names[:30], "Other", "level 1"]
    assert path(world, make(world, stock=1, category=["Level 0", "LEVEL 1"])) == names[:2]


def test_what_is_below_a_category_that_is_being_made_is_not_asked_for(world: World) -> None:
    asked: list[tuple[str, str]] = []
    owner = world.owner

    def watched(kind: str, value: str) -> int | None:
        asked.append((kind, value))
        return owner(kind, value)

    world.owner = watched  # type: ignore[method-assign]
    make(world, stock=1, category=["A", "B", "C"])
    assert [value for kind, value in asked if kind == "category"] == ["0/a"] * 2
