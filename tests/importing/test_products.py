"""Which command a row becomes, and why some become none."""

from decimal import Decimal
from typing import Any

import pytest

from storefold.importing.ledger import Ledger, Skipped
from storefold.importing.products import Unfit, name_of, read_product
from storefold.importing.rows import Row
from storefold.importing.stock import Opening
from write_side.catalog.product.commands import CreateProduct


def product_of(**fields: Any) -> CreateProduct:
    return read_product(Row(7, fields)).command


def test_a_row_with_our_own_names() -> None:
    row = Row(
        7,
        {
            "name": "Lamp",
            "price": Decimal("19.99"),
            "sku": "L-1",
            "category": ["Home", "Light"],
            "brand": "Lumo",
            "stock": 4,
            "attributes": {"color": "red", "watts": 40, "none": None},
            "variants": [{"name": "Blue / L", "price": "21"}, {"name": "Green", "sku": "L-G", "stock": 2}],
        },
    )
    product = read_product(row, seller_id=5)
    command = product.command
    assert (command.name, command.price, command.sku, command.stock) == ("Lamp", 1999, "L-1", 4)
    assert (command.category, command.brand, command.seller_id) == (["Home", "Light"], "Lumo", 5)
    assert command.attributes == {"color": "red", "watts": "40"}
    assert [(v.sku, v.price, v.stock) for v in command.variants] == [("L-1-blue-l", 2100, 0), ("L-G", None, 2)]
    assert (product.line, product.has_stock, product.unknown) == (7, True, ())


def test_a_row_with_the_names_of_others() -> None:
    product = read_product(
        Row(
            1,
            {
                "Product Name": "Lamp",
                "Unit Price": "19.90",
                "StockCode": "85123A",
                "categories": "Home > Light",
                "attribute:Color": "red",
                "Colour temperature": "warm",
                "images": ["a.png", "b.png"],
                "Quantity": " 12 ",
                "weight": 2,
                "tags": "cosy, warm,, Cosy",
                "offer": "today only",
                "policy": "30 days",
                "description": "",
            },
        ),
        {"Colour temperature": "attribute:warmth", "Nothing": "name"},
    )
    command = product.command
    assert (command.name, command.price, command.sku) == ("Lamp", 1990, "85123A")
    assert (command.category, command.image, command.stock) == (["Home", "Light"], "a.png", 12)
    assert (command.attributes, command.weight) == ({"Color": "red", "warmth": "warm"}, "2")
    assert (command.tags, product.unknown) == (["cosy", "warm"], ("offer", "policy"))
    assert "description" not in command.model_fields_set


def test_our_own_name_wins_and_what_nobody_knows_is_named() -> None:
    product = read_product(Row(1, {"name": "A", "unit_price": "2", "price": "1", "popularity": 3, "seller_id": 9}))
    assert (product.command.price, product.unknown) == (100, ("popularity", "seller_id"))
    assert product.command.seller_id is None


def test_a_derived_sku_is_the_same_again_and_different_for_another_picture() -> None:
    first = product_of(name="Case", price="1", brand="B", image="1.png")
    dearer = product_of(name="case ", price="2", brand="B", image="1.png", description="new")
    other = product_of(name="Case", price="1", brand="B", image="2.png")
    assert first.sku == dearer.sku != other.sku
    assert first.sku.startswith("IMP-")
    assert (
        product_of(name="Case", price="1", id=17).sku
        == product_of(name="Box", price="1", objectID="17").sku
        == "IMP-17"
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"price": "1"}, "name: Field required"),
        ({"name": "A"}, "price: Field required"),
        ({"name": " ", "price": "1"}, "name: must not be blank"),
        ({"name": "A", "price": "-1"}, "price: must not be negative"),
        ({"name": "A", "price": "1.999"}, "price: must have at most two decimals"),
        ({"name": "A", "price": "free"}, "price: must be a decimal amount"),
        ({"name": "A", "price": True}, "price: must be a decimal amount"),
        ({"name": "A\x00", "price": "1"}, "name: must not contain NUL"),
        ({"name": "A\ud800", "price": "1"}, "name: Input should be a valid string"),
        ({"name": "A", "price": "1", "stock": -1}, "stock: Input should be greater"),
        ({"name": "A", "price": "1", "stock": "many"}, "stock: Input should be a valid integer"),
        ({"name": "A", "price": "1", "slug": "no spaces"}, "slug"),
        ({"name": "A", "price": "1", "category": {"a": 1}}, "category: Input should be a valid list"),
        ({"name": "A", "price": "1", "variants": "x"}, "variants.0"),
        ({"name": "A", "price": "1", "variants": [{"sku": "x"}]}, "variants.0.name: Field required"),
        ({"name": "A", "price": "1", "attributes": "x", "attribute:y": "z"}, "attributes"),
        ({"name": "A" * 501, "price": "1"}, "name: String should have at most 500"),
    ],
)
def test_rows_that_are_no_products(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unfit, match=reason.replace(".", r"\.")):
        read_product(Row(1, fields))


@pytest.mark.parametrize("value", [None, 3, "text", [1]])
def test_what_is_no_object(value: Any) -> None:
    with pytest.raises(Unfit, match="not an object"):
        read_product(Row(1, value))
    assert name_of(Row(1, value)) == ""


def test_a_row_is_named_for_people() -> None:
    assert name_of(Row(1, {"title": "Lamp\ud800", "sku": "L"})) == "L, Lamp?"


def test_opening_stock() -> None:
    assert Opening.parse("100").of("any") == 100
    drawn = {Opening.parse("20-80").of(f"S-{number}") for number in range(1000)}
    assert drawn == set(range(20, 81))
    assert Opening.parse("20-80").of("S-1") == Opening.parse("20-80").of("S-1")


@pytest.mark.parametrize("text", ["", "-1", "many", "80-20", "1.5", "9999999999"])
def test_opening_stock_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Opening.parse(text)


def test_the_ledger_knows_the_first_line_of_a_sku_and_who_was_skipped() -> None:
    with Ledger() as ledger:
        assert [ledger.first_line("A", 2), ledger.first_line("B", 3), ledger.first_line("A", 9)] == [2, 3, 2]
        late, early = Skipped(9, "x", "y"), Skipped(3, "", "z")
        ledger.skip(late)
        ledger.skip(early)
        assert list(ledger.skipped()) == [early, late]
