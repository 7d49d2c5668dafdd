"""Ids and UUIDs are the same thing in two forms; what is stored is read back as it was."""

import contextlib
from uuid import UUID

import pytest
from eventsourcing.persistence import MapperDeserialisationError
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from write_side.account.events import ProfileChanged
from write_side.cart.events import ItemAddedToCart
from write_side.catalog.product.events import ProductChanged, ProductCreated
from write_side.codecs import decode, encode
from write_side.fields import decimal_text, minor_units
from write_side.identifiers import KINDS, MAX_ID, parse_id, to_uuid, uuid_text
from write_side.messages import Event, Metadata
from write_side.order.events import OrderPlaced
from write_side.values import Charges, OrderLine, Sealed

ids = st.integers(1, MAX_ID)
kinds = st.sampled_from(sorted(KINDS))
text = st.text(st.characters(codec="utf-8"), max_size=30)
money = st.integers(0, 10**12)


@given(kinds, ids)
def test_an_id_survives_every_form(kind: str, value: int) -> None:
    uuid = to_uuid(kind, value)
    assert uuid.version == 8 and uuid.variant == "specified in RFC 4122"
    assert uuid_text(kind, value) == str(uuid)
    forms = [value, str(value), uuid, str(uuid), str(uuid).upper(), uuid.hex, uuid.urn]
    assert {parse_id(form) for form in forms} == {value}


@given(kinds, kinds, ids, ids)
def test_different_ids_and_kinds_have_different_uuids(kind: str, other_kind: str, one: int, other: int) -> None:
    assert (to_uuid(kind, one) == to_uuid(other_kind, other)) == ((kind, one) == (other_kind, other))


@given(st.uuids() | st.uuids(version=4))
def test_a_foreign_uuid_is_no_id(uuid: UUID) -> None:
    with pytest.raises(ValueError):
        parse_id(uuid)


@given(kinds, ids, st.integers(53, 127).filter(lambda bit: not 64 <= bit <= 75))
def test_a_uuid_with_one_fixed_bit_flipped_is_no_id(kind: str, value: int, bit: int) -> None:
    with pytest.raises(ValueError):
        parse_id(UUID(int=to_uuid(kind, value).int ^ 1 << bit))


@given(st.none() | st.booleans() | st.floats() | text | st.integers(max_value=0) | st.integers(min_value=MAX_ID + 1))
def test_anything_else_is_a_value_error_or_an_id(value: object) -> None:
    try:
        found = parse_id(value)
    except ValueError:
        return
    assert isinstance(value, str) and 0 < found <= MAX_ID


@given(st.integers(-(10**12), 10**12))
def test_money_survives_as_text(minor: int) -> None:
    assert minor_units(decimal_text(minor)) == minor


@given(st.text(max_size=40) | st.floats() | st.decimals())
def test_no_text_and_no_number_is_worse_than_a_value_error(value: object) -> None:
    with contextlib.suppress(ValueError):
        assert abs(minor_units(value)) <= 10**12


optional = st.just(UNSET)
lines = st.builds(
    OrderLine,
    line_id=ids,
    product_id=ids,
    sku=text,
    name=text,
    unit_price=money,
    quantity=st.integers(1, 10**6),
    variant_id=st.none() | ids,
    variant_name=st.none() | text,
    seller_id=st.none() | ids,
)
charges = st.builds(Charges, subtotal=money, tax=money, shipping=money, discount=money, total=money)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        ItemAddedToCart,
        line_id=ids,
        product_id=ids,
        quantity=st.integers(1, 10**6),
        unit_price=st.none() | money,
        variant_id=st.none() | ids,
    ),
    st.builds(
        ProductCreated,
        product_id=ids,
        name=text,
        slug=text,
        sku=text,
        selling_price=money,
        low_stock_threshold=st.integers(0, 2**31),
        attributes=st.dictionaries(text, text, max_size=3),
        description=text,
    ),
    st.builds(
        ProductChanged,
        product_id=ids,
        name=optional | text,
        category_id=optional | st.none() | ids,
        featured=optional | st.booleans(),
    ),
    st.builds(ProfileChanged, person_id=ids, first_name=optional | text.map(Sealed), phone_number=optional | st.none()),
    st.builds(
        OrderPlaced,
        order_id=ids,
        number=text,
        person_id=ids,
        lines=st.lists(lines, max_size=4).map(tuple),
        charges=charges,
        pricing=text,
        shipping_address=st.none() | text.map(Sealed),
    ),
)
metadata = st.builds(
    Metadata,
    at=st.datetimes().map(lambda at: at.isoformat() + "Z"),
    actor=st.none() | ids,
    service=st.none() | text,
    request=st.none() | text,
    causation=st.none() | ids,
)


@given(events, metadata)
def test_an_event_and_its_metadata_survive_storage(event: Event, meta: Metadata) -> None:
    stored = encode(event, meta)
    assert decode(event.TOPIC, stored) == (event, meta)
    assert encode(*decode(event.TOPIC, stored)) == stored
    stored.decode()  # UTF-8, for the view that analysts read


@given(st.sampled_from(["cart.item-added", "order.placed"]), st.binary(max_size=60))
def test_bytes_that_are_no_event_are_one_kind_of_error(topic: str, junk: bytes) -> None:
    with pytest.raises(MapperDeserialisationError):
        decode(topic, junk)
