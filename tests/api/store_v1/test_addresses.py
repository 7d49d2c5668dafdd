"""The address book."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.shopper import ADDRESS, Shopper, refused

OPTIONAL = ("phone_number", "apartment", "state")


def test_an_address_is_answered_whole(shopper: Shopper) -> None:
    answer = shopper.post("/auth/me/addresses/", ADDRESS | {"is_default": True})
    assert answer.status_code == 201
    made = answer.json()
    assert set(made) == {*ADDRESS, "id", "is_default", "created_at"}
    assert {name: made[name] for name in ADDRESS} == ADDRESS
    assert made["is_default"] is True
    listed = shopper.get("/auth/me/addresses/").json()
    assert listed == {"count": 1, "next": None, "previous": None, "results": [made]}


def test_what_is_optional_is_null_when_it_was_not_sent(shopper: Shopper) -> None:
    body = {name: value for name, value in ADDRESS.items() if name not in OPTIONAL}
    made = shopper.post("/auth/me/addresses/", body).json()
    assert [made[name] for name in (*OPTIONAL, "is_default")] == [None, None, None, False]


@pytest.mark.parametrize("field", sorted(set(ADDRESS) - set(OPTIONAL)))
def test_what_is_required_is_named(shopper: Shopper, field: str) -> None:
    body: dict[str, Any] = dict(ADDRESS)
    del body[field]
    answer = shopper.post("/auth/me/addresses/", body)
    assert refused(answer, 400, "validation_error") == {field: ["This field is required."]}
    for blank in ("", "   ", None):
        answer = shopper.post("/auth/me/addresses/", body | {field: blank})
        assert list(refused(answer, 400, "validation_error")) == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address_type", "home"),
        ("phone_number", "12"),
        ("is_default", "yes"),
        ("full_name", "a\x00b"),
        ("city", ["London"]),
        ("zip_code", "x" * 21),
    ],
)
def test_what_does_not_fit_is_named(shopper: Shopper, field: str, value: Any) -> None:
    answer = shopper.post("/auth/me/addresses/", ADDRESS | {field: value})
    assert list(refused(answer, 400, "validation_error")) == [field]


def test_the_newest_default_of_a_type_wins(shopper: Shopper) -> None:
    first = shopper.address(is_default=True)
    billing = shopper.address(address_type="billing", is_default=True)
    second = shopper.address(is_default=True)
    plain = shopper.address()
    defaults = {entry["id"]: entry["is_default"] for entry in shopper.get("/auth/me/addresses/").json()["results"]}
    assert defaults == {first: False, billing: True, second: True, plain: False}


def test_of_simultaneous_defaults_one_stays(shopper: Shopper) -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: shopper.address(is_default=True), range(6)))
    listed = shopper.get("/auth/me/addresses/").json()["results"]
    assert sorted(entry["is_default"] for entry in listed) == [False] * 5 + [True]


def test_a_book_has_pages(shopper: Shopper) -> None:
    made = [shopper.address() for _ in range(3)]
    first = shopper.get("/auth/me/addresses/", params={"page_size": 2}).json()
    assert [entry["id"] for entry in first["results"]] == made[:2]
    assert first["previous"] is None
    second = shopper.http.get(first["next"]).json()
    assert [entry["id"] for entry in second["results"]] == made[2:]
    assert second["next"] is None
    refused(shopper.get("/auth/me/addresses/", params={"page": 3, "page_size": 2}), 404, "not_found")


def test_a_book_is_its_owners_alone(passer_by: Shopper, shopper: Shopper) -> None:
    shopper.address()
    assert passer_by.newcomer().get("/auth/me/addresses/").json()["count"] == 0
