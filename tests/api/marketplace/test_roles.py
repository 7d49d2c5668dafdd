"""Who may call which row of the marketplace, and for whose things. A row that is not listed fails."""

import pytest
from support.matrix import (
    PUBLIC,
    SELLER,
    SIGNED_IN,
    STAFF,
    Rule,
    Table,
    World,
    check_odd_paths,
    check_roles,
    check_strangers,
    check_tokens,
    check_wrong_methods,
    live_rows,
    world_of,
)
from support.surfaces import MARKETPLACE, Caller, document_at

P = "/products/{slug}/"
REVIEW, IMAGE, ORDER = {"id": "<review>"}, {"id": "<image>"}, {"id": "<order>"}
ALL = ("buyer", "seller", "admin")
WHOLE = {"name": "theirs now", "price": "1.00", "category": "1"}

TABLE: Table = {
    # categories
    ("GET", "/categories/"): Rule(who=PUBLIC),
    ("GET", "/categories/{slug}/"): Rule(who=PUBLIC),
    ("GET", "/categories/{slug}/products/"): Rule(who=PUBLIC),
    # products
    ("GET", "/products/"): Rule(who=PUBLIC),
    ("POST", "/products/"): Rule(who=SELLER),
    ("GET", "/products/favorites/"): Rule(who=SIGNED_IN),
    ("GET", "/products/my_products/"): Rule(who=SELLER),
    ("GET", P): Rule(who=PUBLIC),
    ("PUT", P): Rule(who=SELLER, own=True, sends=WHOLE),
    ("PATCH", P): Rule(who=SELLER, own=True, sends={"name": "theirs now", "is_active": False}),
    ("DELETE", P): Rule(who=SELLER, own=True),
    ("POST", P + "favorite/"): Rule(who=SIGNED_IN),
    ("POST", P + "click/"): Rule(who=PUBLIC),
    # reviews
    ("GET", P + "reviews/"): Rule(who=PUBLIC),
    ("POST", P + "reviews/"): Rule(who=SIGNED_IN),
    ("POST", P + "add_review/"): Rule(who=SIGNED_IN),
    ("GET", P + "reviews/{id}/"): Rule(who=PUBLIC, at=REVIEW),
    ("PUT", P + "reviews/{id}/"): Rule(who=SIGNED_IN, own=True, at=REVIEW, sends={"rating": 1}, strangers=ALL),
    ("PATCH", P + "reviews/{id}/"): Rule(who=SIGNED_IN, own=True, at=REVIEW, sends={"comment": "no"}, strangers=ALL),
    ("DELETE", P + "reviews/{id}/"): Rule(who=SIGNED_IN, own=True, at=REVIEW),
    # images
    ("GET", P + "images/"): Rule(who=PUBLIC),
    ("POST", P + "images/"): Rule(who=SELLER, own=True, files=("image",)),
    ("POST", P + "upload_image/"): Rule(who=SELLER, own=True, files=("image",)),
    ("DELETE", P + "delete_image/"): Rule(who=SELLER, own=True, sends={"image_key": "<key>"}),
    ("DELETE", P + "delete_all_images/"): Rule(who=SELLER, own=True),
    ("GET", P + "main_image/"): Rule(who=PUBLIC),
    ("GET", P + "images_with_presigned_urls/"): Rule(who=PUBLIC),
    ("GET", P + "images/{id}/"): Rule(who=PUBLIC, at=IMAGE),
    ("PUT", P + "images/{id}/"): Rule(who=SELLER, own=True, at=IMAGE, sends={"alt_text": "theirs"}),
    ("PATCH", P + "images/{id}/"): Rule(who=SELLER, own=True, at=IMAGE, sends={"alt_text": "theirs"}),
    ("DELETE", P + "images/{id}/"): Rule(who=SELLER, own=True, at=IMAGE),
    # the cart
    ("GET", "/cart/"): Rule(who=SIGNED_IN),
    ("POST", "/cart/add_item/"): Rule(who=SIGNED_IN),
    ("PATCH", "/cart/update_item/"): Rule(
        who=SIGNED_IN, own=True, sends={"item_id": "<line>", "quantity": 2}, strangers=ALL
    ),
    ("DELETE", "/cart/remove_item/"): Rule(who=SIGNED_IN, own=True, sends={"item_id": "<line>"}, strangers=ALL),
    ("DELETE", "/cart/clear/"): Rule(who=SIGNED_IN),
    ("PATCH", "/cart/update_item_status/"): Rule(
        who=SIGNED_IN, own=True, sends={"item_id": "<line>", "status": "packed"}, strangers=ALL
    ),
    ("POST", "/cart/validate_stock/"): Rule(who=SIGNED_IN),
    # orders
    ("GET", "/orders/"): Rule(who=SIGNED_IN),
    ("POST", "/orders/"): Rule(who=SIGNED_IN),
    ("GET", "/orders/my_orders/"): Rule(who=SIGNED_IN),
    ("GET", "/orders/seller_orders/"): Rule(who=SELLER),
    ("GET", "/orders/{id}/"): Rule(who=SIGNED_IN, own=True, at=ORDER),
    ("PATCH", "/orders/{id}/"): Rule(who=SIGNED_IN, own=True, at=ORDER, sends={"notes": "theirs"}),
    ("DELETE", "/orders/{id}/"): Rule(who=STAFF, at=ORDER, ends=True),
    ("PATCH", "/orders/{id}/update_status/"): Rule(who=SIGNED_IN, own=True, at=ORDER, sends={"status": "cancelled"}),
    ("PATCH", "/orders/{id}/update_tracking/"): Rule(who=SIGNED_IN, own=True, at=ORDER, sends={"tracking_number": "T"}),
    ("GET", "/orders/{id}/tracking_info/"): Rule(who=SIGNED_IN, own=True, at=ORDER),
    ("PATCH", "/orders/{id}/cancel_order/"): Rule(
        who=SIGNED_IN, own=True, at=ORDER, sends={"cancellation_reason": "theirs"}
    ),
    ("PATCH", "/orders/{id}/process_order/"): Rule(who=SIGNED_IN, own=True, at=ORDER),
    ("PATCH", "/orders/{id}/update_order_status/"): Rule(
        who=SIGNED_IN, own=True, at=ORDER, sends={"status": "awaiting_shipment"}
    ),
    ("PATCH", "/orders/{id}/update_carrier_code/"): Rule(
        who=SIGNED_IN, own=True, at=ORDER, sends={"carrier_code": "C"}
    ),
    # figures
    ("GET", "/metrics/"): Rule(who=SELLER),
    ("GET", "/metrics/{id}/"): Rule(who=SELLER, own=True, at={"id": "<product>"}, strangers=("seller",)),
    ("GET", "/metrics/dashboard_metrics/"): Rule(who=SELLER),
    ("GET", "/metrics/product_metrics/{product_slug}/"): Rule(
        who=SELLER, own=True, at={"product_slug": "<slug>"}, strangers=("seller",)
    ),
    # people
    ("GET", "/profiles/profile_picture/"): Rule(who=SIGNED_IN),
    ("POST", "/profiles/upload_profile_picture/"): Rule(who=SIGNED_IN),
    ("PATCH", "/profiles/update_profile_picture/"): Rule(who=SIGNED_IN),
    ("DELETE", "/profiles/delete_profile_picture/"): Rule(who=SIGNED_IN),
    ("GET", "/sellers/{seller_id}/"): Rule(who=PUBLIC, at={"seller_id": "<owner>"}),
}
ROWS = sorted(TABLE)
OWN = [row for row in ROWS if TABLE[row].own]
PATHS = sorted({path for _, path in ROWS})


@pytest.fixture(scope="module")
def world(passer_by: Caller, staff: Caller) -> World:
    return world_of(passer_by, staff)


@pytest.fixture(scope="module")
def live(passer_by: Caller) -> set[tuple[str, str]]:
    return live_rows(document_at(passer_by.url, MARKETPLACE).document, MARKETPLACE.prefix)


def test_every_row_is_listed(live: set[tuple[str, str]]) -> None:
    assert live == set(TABLE)


@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_who_may_call(world: World, row: tuple[str, str]) -> None:
    check_roles(world, row, TABLE[row])


@pytest.mark.parametrize("row", OWN, ids=" ".join)
def test_what_is_somebody_else_s_stays_as_it_is(world: World, row: tuple[str, str]) -> None:
    check_strangers(world, row, TABLE[row])


@pytest.mark.parametrize("row", [row for row in ROWS if TABLE[row].who is not PUBLIC], ids=" ".join)
def test_a_bad_token_is_nobody_s(world: World, row: tuple[str, str]) -> None:
    check_tokens(world, row, TABLE[row])


@pytest.mark.parametrize("path", [path for path in PATHS if "{" in path])
def test_odd_things_in_a_path(passer_by: Caller, staff: Caller, path: str) -> None:
    check_odd_paths(passer_by, staff, path, {method for method, known in ROWS if known == path})


@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_method(passer_by: Caller, path: str) -> None:
    check_wrong_methods(passer_by, path, {method for method, known in ROWS if known == path})
