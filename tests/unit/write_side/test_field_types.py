"""What a client can send wrongly is refused with the field's name before any rule runs."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from read_side.documents import search
from write_side.account.commands import AddAddress, ChangeEmail, RegisterAccount, UpdateProfile
from write_side.account.entry_commands import ResetPassword
from write_side.cart.commands import AddToCart, ClearCart
from write_side.catalog.product.commands import CreateProduct
from write_side.fields import decimal_text, fold, minor_units, slugify
from write_side.messages import Command
from write_side.policies import PRICING
from write_side.stock.commands import AdjustStock


@pytest.mark.parametrize(
    ("given", "cents"),
    [
        ("19.99", 1999),
        (" 19.99 ", 1999),
        ("19.9", 1990),
        ("19.990000", 1999),
        ("0", 0),
        (19, 1900),
        (19.99, 1999),
        (0.07, 7),
        (Decimal("1E+2"), 10_000),
        ("-0.01", -1),
        ("10000000000", 10**12),
    ],
)
def test_amounts(given: object, cents: int) -> None:
    assert minor_units(given) == cents


@pytest.mark.parametrize(
    "given",
    [
        *("", "x", "1,99", "19.999", "1.990000000000000000000000000001", "NaN", "Infinity", "-Infinity", "sNaN"),
        *("1e999999", "1e-999999", "10000000000.01", "9" * 40),
        *(0.1 + 0.2, 1e300, float("nan"), float("inf"), True, None, [], {}),
    ],
)
def test_what_is_no_amount_is_a_value_error_and_nothing_worse(given: object) -> None:
    with pytest.raises(ValueError):
        minor_units(given)


@pytest.mark.parametrize(
    ("minor", "text"), [(0, "0.00"), (5, "0.05"), (1999, "19.99"), (-1999, "-19.99"), (-5, "-0.05")]
)
def test_amounts_as_text(minor: int, text: str) -> None:
    assert decimal_text(minor) == text


DEEP: dict[str, object] = {}
for _ in range(25):
    DEEP = {"a": DEEP}
LARGE = {"a": "x" * 20_001}
BAD: list[tuple[type[Command], str, list[object]]] = [
    (AddToCart, "product_id", [0, -1, 2**53, 1.5, True, "x", "", None, "00000000-0000-0000-0000-000000000001", []]),
    (AddToCart, "quantity", [0, -1, 10**12, 1.5, "2", True, None]),
    (CreateProduct, "price", ["-0.01", "1.999", "abc", None, True, "1e999999", "1e2", "1_000", "٣", "１０", "1.2.3"]),
    (CreateProduct, "stock", [-1, 2**31, 1.0, "5"]),
    (CreateProduct, "name", ["", "   ", "a\x00b", "\ud800", 5, "x" * 501, None]),
    (CreateProduct, "slug", ["", "a b", "ä", "a/b", "x" * 201]),
    (CreateProduct, "sku", ["", " ", "a\x00", "x" * 101]),
    (CreateProduct, "category", [[], [""], ["x"] * 51, 5]),
    (CreateProduct, "attributes", [{"": "x"}, {"x": ""}, {"x": 5}, {str(n): "x" for n in range(51)}, []]),
    (CreateProduct, "variants", [[{"name": "Red", "unknown": 1}], [{"name": "V"}] * 201]),
    (CreateProduct, "unknown", [1]),
    (ClearCart, "unknown", [1]),
    (RegisterAccount, "email", ["", "no address", "a@b", "a@b.test\x00", "x" * 250 + "@shop.test", None]),
    (RegisterAccount, "password", ["short", "x" * 1025, None]),
    (RegisterAccount, "phone_number", ["123", "+49 151 1234567", "x"]),
    (RegisterAccount, "roles", [["admin"], ["superadmin"], "buyer"]),
    (RegisterAccount, "policy", ["none", "martaff-reset", None]),
    (
        UpdateProfile,
        "contact_details",
        [[], "x", 5, {"a": "\x00"}, {"\x00": 1}, {"a": 1e400}, {"a": 2**60}, DEEP, LARGE],
    ),
    (UpdateProfile, "bank_details", [None, [], "x", {"a": "\ud800"}]),
    (UpdateProfile, "email", ["", "no address"]),
    (ChangeEmail, "email", ["", "no address", None]),
    (ResetPassword, "token", ["x" * 201, None]),
    (AddAddress, "address_type", ["home", "", None]),
    (AdjustStock, "by", [2**31, 1.5, "1"]),
    (AdjustStock, "to", [-1]),
]
GOOD: dict[type[Command], dict[str, object]] = {
    AddToCart: {"product_id": 1},
    CreateProduct: {"name": "Kettle", "price": "19.99"},
    ClearCart: {},
    RegisterAccount: {"email": "jo@shop.test", "password": "long enough"},
    UpdateProfile: {"contact_details": {"phone": "+15551234567", "many": [1, 2.5, None, True, {"ü": "x"}]}},
    ChangeEmail: {"email": "jo@shop.test"},
    ResetPassword: {"token": "t", "password": "p"},
    AddAddress: {
        "address_type": "shipping",
        "full_name": "Jo",
        "street_address": "S 1",
        "city": "C",
        "country": "D",
        "zip_code": "1",
    },
    AdjustStock: {"sku": "K"},
}


@pytest.mark.parametrize(
    ("command", "field", "value"), [(command, field, value) for command, field, bad in BAD for value in bad]
)
def test_a_bad_field_is_refused_by_name(command: type[Command], field: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        command.model_validate(GOOD[command] | {field: value})
    assert field in {error["loc"][0] for error in refused.value.errors()}


@pytest.mark.parametrize("command", [c for c in GOOD if c is not AdjustStock])
def test_the_same_without_it_is_good(command: type[Command]) -> None:
    command.model_validate(GOOD[command])


@pytest.mark.parametrize("change", [{}, {"by": 1, "to": 1}])
def test_stock_is_adjusted_by_or_to(change: dict[str, int]) -> None:
    AdjustStock.model_validate({"sku": "K", "by": 1})
    AdjustStock.model_validate({"sku": "K", "to": 1})
    with pytest.raises(ValidationError, match="either by or to"):
        AdjustStock.model_validate({"sku": "K", **change})


def test_text_is_stored_in_one_normal_form() -> None:
    composed = CreateProduct.model_validate({"name": "Cafe\u0301", "price": 1}).name
    assert composed == "Caf\u00e9"


def test_a_password_never_shows() -> None:
    command = RegisterAccount.model_validate(GOOD[RegisterAccount])
    assert "long enough" not in f"{command!r} {command} {command.model_dump()} {command.model_dump_json()}"
    assert "long enough" in command.model_dump_json(context={"secrets": True})  # for the request's hash


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Crème Brûlée, 2 l!", "creme-brulee-2-l"), ("  ", "item"), ("漢字", "item"), ("a" * 300, "a" * 100)],
)
def test_slugs(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_folded_names_are_equal_whatever_their_letters_and_spaces() -> None:
    assert fold(" STRASSE  x") == fold("straße x")
    assert fold("a b") != fold("ab")


@pytest.mark.parametrize("text", ["New", " Größe  XL", "ﬁt", "ÉLAN", "茶 壺", "İ", "", "A\tb"])
def test_the_search_folds_tags_as_the_commands_do(text: str) -> None:
    """Both sides know the rule, for the read side imports nothing of the write side's."""
    assert search.fold(text) == fold(text)


def test_tax_is_cut_and_never_rounded() -> None:
    charges = PRICING["store"].charge(1999)
    assert (charges.tax, charges.shipping, charges.total) == (199, 500, 2698)
    free = PRICING["none"].charge(1999)
    assert (free.tax, free.shipping, free.total) == (0, 0, 1999)
