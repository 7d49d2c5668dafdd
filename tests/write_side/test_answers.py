"""What commands answer with, so that a surface need not wait for a read model to show it."""

import pytest
from support.shop import Shop

from storefold.bootstrap import WriteSide
from write_side.account.commands import AddAddress, UpdateProfile
from write_side.account.state import ACCOUNT, Account
from write_side.batch import fold
from write_side.order.commands import PlaceOrder


def account_of(write_side: WriteSide, person_id: int) -> Account:
    stream = ACCOUNT.stream(person_id)
    stored = write_side.log.select_events(stream)
    rows = [(stream, event.originator_version, event.topic, event.state) for event in stored]
    found: Account = fold([stream], rows)[stream][1]
    return found


def test_placing_an_order_answers_with_all_but_the_addresses(shop: Shop) -> None:
    buyer, cup = shop.person(), shop.product("Cup", "19.99")
    shop.add(buyer, cup, 3)
    placed = shop.do(PlaceOrder(pricing="store"), buyer).result
    line = placed.pop("lines")[0]
    assert line.pop("line_id") > 0
    assert line == {
        "product_id": cup.product_id,
        "variant_id": None,
        "sku": cup.sku,
        "name": "Cup",
        "unit_price": "19.99",
        "quantity": 3,
        "total": "59.97",
    }
    assert placed.pop("order_id") > 0
    assert placed.pop("number").startswith("ORD-")
    assert placed.pop("placed_at").endswith("Z")
    assert placed == {
        "subtotal": "59.97",
        "tax": "5.99",
        "shipping": "5.00",
        "discount": "0.00",
        "total": "70.96",
        "currency": "USD",
    }


def test_adding_an_address_says_when(shop: Shop) -> None:
    there = {"full_name": "A", "street_address": "B", "city": "C", "country": "GB", "zip_code": "1"}
    command = AddAddress.model_validate({"address_type": "shipping", **there})
    assert shop.do(command, shop.person()).result["added_at"].endswith("Z")


@pytest.mark.parametrize(
    ("sent", "is_gone"), [({"phone_number": None}, True), ({"first_name": None}, False), ({"last_name": "L"}, False)]
)
def test_a_phone_number_can_be_taken_away(
    shop: Shop, write_side: WriteSide, sent: dict[str, str | None], is_gone: bool
) -> None:
    person = shop.person(phone_number="+1234567890", first_name="Ada")
    shop.do(UpdateProfile.model_validate(sent), person)
    account = account_of(write_side, person.person_id)
    assert (account.phone_number is None) == is_gone
    assert write_side.vault.open(account.first_name) == "Ada"
