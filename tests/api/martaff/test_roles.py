"""Who may call which row of martaff's API, and for whose things. A row that is not listed fails."""

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
from support.surfaces import MARTAFF, Caller, document_at

REVIEW, PRODUCT = {"review_id": "<review>"}, {"id": "<product>"}
ALL = ("buyer", "seller", "admin")
WHOLE = {"name": "theirs now", "price": "1.00", "category": {"name": "Theirs"}, "stock": 1}

TABLE: Table = {
    # ways in and out
    ("POST", "/accounts/register"): Rule(who=PUBLIC),
    ("POST", "/accounts/login"): Rule(who=PUBLIC),
    ("POST", "/accounts/logout"): Rule(who=PUBLIC),
    ("POST", "/accounts/refresh/"): Rule(who=PUBLIC),
    ("GET", "/accounts/google/authorize"): Rule(who=PUBLIC),
    ("GET", "/accounts/google/callback"): Rule(who=PUBLIC),
    ("GET", "/accounts/google/login"): Rule(who=PUBLIC),
    ("POST", "/accounts/one-time-login/"): Rule(who=PUBLIC),
    ("POST", "/reset-password/"): Rule(who=PUBLIC),
    ("POST", "/reset-password-confirm/"): Rule(who=PUBLIC),
    ("GET", "/reset-password-confirm/{token}/"): Rule(who=PUBLIC),
    ("POST", "/reset-password-confirm/{token}/"): Rule(who=PUBLIC),
    ("POST", "/forgot-email/"): Rule(who=PUBLIC),
    # one's own account
    ("GET", "/accounts/customer"): Rule(who=SIGNED_IN),
    ("PATCH", "/accounts/customer"): Rule(who=SIGNED_IN),
    ("GET", "/accounts/UserDetails/"): Rule(who=SIGNED_IN),
    ("PATCH", "/accounts/UserDetails/"): Rule(who=SIGNED_IN),
    ("DELETE", "/accounts/delete/"): Rule(who=SIGNED_IN, ends=True),
    ("POST", "/accounts/delete/"): Rule(who=SIGNED_IN, ends=True),
    # products
    ("POST", "/products/add-product/"): Rule(who=SELLER),
    ("PATCH", "/products/update-product/{id}/"): Rule(who=SELLER, own=True, at=PRODUCT, sends={"name": "theirs now"}),
    ("PUT", "/products/put-product/{id}/"): Rule(who=SELLER, own=True, at=PRODUCT, sends=WHOLE),
    ("DELETE", "/products/delete-product/{id}/"): Rule(who=SELLER, own=True, at=PRODUCT),
    ("GET", "/products/list"): Rule(who=PUBLIC),
    ("GET", "/products/list/"): Rule(who=PUBLIC),
    # reviews
    ("GET", "/products/reviews/"): Rule(who=PUBLIC, query=REVIEW),
    ("POST", "/products/reviews/"): Rule(who=SIGNED_IN, query={"product_id": "<product>"}),
    ("PATCH", "/products/reviews/"): Rule(who=SIGNED_IN, own=True, query=REVIEW, sends={"rating": 1}),
    ("DELETE", "/products/reviews/"): Rule(who=STAFF, query=REVIEW, ends=True),
    ("GET", "/products/review-list/{product_id}/reviews/"): Rule(who=PUBLIC, at={"product_id": "<product>"}),
    ("POST", "/products/review-list/{product_id}/reviews/"): Rule(who=SIGNED_IN, at={"product_id": "<product>"}),
    ("GET", "/products/reviews-update/{review_id}/"): Rule(who=PUBLIC, at=REVIEW),
    ("PATCH", "/products/reviews-update/{review_id}/"): Rule(
        who=SIGNED_IN, own=True, at=REVIEW, sends={"comment": "theirs"}, strangers=ALL
    ),
    ("DELETE", "/products/reviews-update/{review_id}/"): Rule(who=STAFF, at=REVIEW, ends=True),
}
ROWS = sorted(TABLE)
OWN = [row for row in ROWS if TABLE[row].own]
PATHS = sorted({path for _, path in ROWS})


@pytest.fixture(scope="module")
def world(passer_by: Caller, staff: Caller) -> World:
    return world_of(passer_by, staff)


@pytest.fixture(scope="module")
def live(passer_by: Caller) -> set[tuple[str, str]]:
    return live_rows(document_at(passer_by.url, MARTAFF).document, MARTAFF.prefix)


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
