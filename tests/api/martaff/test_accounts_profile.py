"""Profiles by role, accounts in part, pictures; all or nothing."""

import json
from typing import Any

import httpx
import pytest
from support.martaff import SECRET, Person, arrives, visitor
from support.pictures import HOSTILE, picture
from support.product import Client, unique
from support.shopper import Shopper

CUSTOMER, MANUFACTURER = {"is_customer": True}, {"is_manufacturer": True}
BOTH = CUSTOMER | MANUFACTURER
CONTACT = {"phone": "+4915112345678", "address": {"city": "Ulm", "lines": ["a", "b"]}, "ünï": None, "n": 1.5}
BANK = {"iban": "DE02120300000000202051"}


def person(anyone: Client, **flags: Any) -> Person:
    return Person.registered(anyone, **flags).signed_in()


def profile(one: Person) -> dict[str, Any]:
    found: dict[str, Any] = one.caller.get("/accounts/customer").json()
    return found


# -- what is shown --------------------------------------------------------------------------------


def test_a_new_customer_s_profile(anyone: Client) -> None:
    one = person(anyone, **CUSTOMER)
    shown = profile(one)
    assert list(shown) == ["user", "profile_picture", "contact_details", "loyalty_points", "created_at"]
    assert shown.pop("created_at").startswith("20")
    assert shown == {"user": one.person_id, "profile_picture": None, "contact_details": None, "loyalty_points": 0}


@pytest.mark.parametrize("flags", [MANUFACTURER, BOTH])
def test_a_new_manufacturer_s_profile(anyone: Client, flags: dict[str, bool]) -> None:
    shown = profile(person(anyone, **flags))
    assert list(shown) == ["user", "profile_picture", "bank_details", "created_at"]
    assert (shown["bank_details"], shown["profile_picture"]) == ({}, None)


def test_who_is_neither_has_none(anyone: Client) -> None:
    one = person(anyone)
    assert one.caller.get("/accounts/customer").status_code == 400
    for body in ({}, {"contact_details": CONTACT}):
        answer = one.caller.patch("/accounts/customer", body)
        assert (answer.status_code, answer.json()) == (400, {"detail": "No user details found!"})
    details = one.caller.get("/accounts/UserDetails/").json()
    assert (details["profile"], details["is_customer"], details["is_manufacturer"]) == (None, False, False)


@pytest.mark.parametrize(
    ("flags", "own"),
    [(CUSTOMER, ["contact_details", "loyalty_points"]), (MANUFACTURER, ["bank_details"]), (BOTH, ["bank_details"])],
)
def test_account_and_profile_together(anyone: Client, flags: dict[str, bool], own: list[str]) -> None:
    one = person(anyone, **flags)
    details = one.caller.get("/accounts/UserDetails/").json()
    assert list(details) == ["id", "is_customer", "is_manufacturer", "email", "profile"]
    assert (details["id"], details["email"]) == (one.person_id, one.email)
    assert list(details["profile"]) == ["id", "user", "profile_picture", *own, "created_at"]
    assert {name: details["profile"][name] for name in profile(one)} == profile(one)


@pytest.mark.parametrize(
    ("method", "path"),
    [(method, path) for path in ("/accounts/customer", "/accounts/UserDetails/") for method in ("GET", "PATCH")],
)
def test_nobody_has_none(anyone: Client, method: str, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Token x"}):
        assert visitor(anyone).send(method, path, headers=headers).status_code == 401


# -- what changes ---------------------------------------------------------------------------------


def test_what_is_sent_changes_and_the_rest_stays(anyone: Client) -> None:
    one = person(anyone, **CUSTOMER)
    change = {"contact_details": CONTACT, "loyalty_points": 99, "user": 1, "created_at": "x", "bank_details": None}
    answer = one.caller.patch("/accounts/customer", change)
    assert (answer.status_code, answer.json()["contact_details"]) == (200, CONTACT)
    assert answer.json() == profile(one) and profile(one)["loyalty_points"] == 0
    assert one.caller.patch("/accounts/customer", {}).json()["contact_details"] == CONTACT
    form = {"contact_details": (None, json.dumps({"city": "Köln"}))}
    assert one.caller.send("PATCH", "/accounts/customer", files=form).json()["contact_details"] == {"city": "Köln"}
    assert one.caller.patch("/accounts/customer", {"contact_details": None}).json()["contact_details"] is None
    native = anyone.signed_in(one.email, SECRET).query("account")
    assert (native["contact_details"], native["bank_details"], native["loyalty_points"]) == (None, None, 0)


@pytest.mark.parametrize("flags", [MANUFACTURER, BOTH])
def test_a_manufacturer_has_bank_details_alone(anyone: Client, flags: dict[str, bool]) -> None:
    one = person(anyone, **flags)
    answer = one.caller.patch("/accounts/customer", {"bank_details": BANK, "contact_details": "not looked at"})
    assert (answer.status_code, answer.json()["bank_details"]) == (200, BANK)
    assert "contact_details" not in answer.json()
    for bad in (None, "", "{", "[]", 5, []):
        refused = one.caller.patch("/accounts/customer", {"bank_details": bad})
        assert (refused.status_code, list(refused.json())) == (400, ["bank_details"]), bad
    assert profile(one)["bank_details"] == BANK


def test_contact_details_are_an_object(anyone: Client) -> None:
    one = person(anyone, **CUSTOMER)
    for bad in ("", "{", "text", "[1]", 5, [], {"a": "\x00"}, {"a": 1e999}, {"a": 2**70}, {"a": "x" * 30_000}):
        content = json.dumps({"contact_details": bad}).replace("Infinity", "1e999")
        kind = {"Content-Type": "application/json"}
        answer = one.caller.send("PATCH", "/accounts/customer", content=content, headers=kind)
        assert (answer.status_code, list(answer.json())) == (400, ["contact_details"]), answer.text
    assert profile(one)["contact_details"] is None


def test_a_picture_is_shown_where_it_says_and_replaced(anyone: Client) -> None:
    one = person(anyone, **CUSTOMER)
    file = ("me.png", picture("png"), "image/png")
    answer = one.caller.send("PATCH", "/accounts/customer", files={"profile_picture": file})
    first = answer.json()["profile_picture"]
    assert (answer.status_code, first) == (200, profile(one)["profile_picture"])
    shown = httpx.get(first)
    assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, file[1], "image/png")
    form = {"profile_picture": ("x.exe", picture("jpg"), "text/plain"), "contact_details": (None, '{"a": 1}')}
    assert one.caller.send("PATCH", "/accounts/UserDetails/", files=form).status_code == 200
    second = profile(one)["profile_picture"]
    assert second != first and httpx.get(second).headers["content-type"] == "image/jpeg"
    assert httpx.get(first).status_code == 404
    assert one.caller.get("/accounts/UserDetails/").json()["profile"]["profile_picture"] == second


def test_what_is_no_picture(anyone: Client) -> None:
    one = person(anyone, **MANUFACTURER)
    for name, content in sorted(HOSTILE.items()):
        form = {"profile_picture": ("me.png", content, "image/png"), "bank_details": (None, json.dumps(BANK))}
        answer = one.caller.send("PATCH", "/accounts/customer", files=form)
        assert (answer.status_code, list(answer.json())) == (400, ["profile_picture"]), f"{name}: {answer.text}"
    assert (profile(one)["profile_picture"], profile(one)["bank_details"]) == (None, {})


def test_a_picture_is_a_file(anyone: Client) -> None:
    one = person(anyone, **CUSTOMER)
    for value in ("http://elsewhere.test/a.png", None, "", {}):
        answer = one.caller.patch("/accounts/customer", {"profile_picture": value})
        assert (answer.status_code, list(answer.json())) == (400, ["profile_picture"])
    empty = one.caller.send("PATCH", "/accounts/customer", files={"profile_picture": ("a.png", b"", "image/png")})
    assert empty.status_code == 400


# -- the account ----------------------------------------------------------------------------------


def test_a_new_address_signs_in_and_tokens_stay_good(anyone: Client) -> None:
    one = person(anyone, **CUSTOMER)
    first = one.email
    for way in ("data", "files", "json"):
        old, new = one.email, f"{unique('New')}@People.test"
        sent = {"files": {"email": (None, new)}} if way == "files" else {way: {"email": new, "id": 5}}
        answer = one.caller.send("PATCH", "/accounts/UserDetails/", **sent)
        assert (answer.status_code, answer.json()) == (
            200,
            {"id": one.person_id, "is_customer": True, "is_manufacturer": False, "email": new.lower()},
        )
        assert profile(one)["user"] == one.person_id
        assert one.refresh().status_code == 200
        assert one.log_in().status_code == 401
        one.email = new
        assert one.log_in().status_code == 200 and old != new
    again = visitor(anyone).post("/accounts/register", {"email": first, "password": SECRET})
    assert again.status_code == 200  # the first one is free


def test_address_profile_and_picture_change_together_or_not_at_all(anyone: Client) -> None:
    one, other = person(anyone, **CUSTOMER), person(anyone, **CUSTOMER)
    png = ("me.png", picture("png"), "image/png")
    new = f"{unique('new')}@people.test"
    bad: list[tuple[dict[str, Any], str]] = [
        ({"email": (None, other.email.upper()), "contact_details": (None, "{}"), "profile_picture": png}, "email"),
        ({"email": (None, new), "contact_details": (None, "{"), "profile_picture": png}, "contact_details"),
        ({"email": (None, new), "profile_picture": ("me.png", b"no picture", "image/png")}, "profile_picture"),
        ({"email": (None, "no address"), "contact_details": (None, "{}")}, "email"),
        ({"email": (None, ""), "contact_details": (None, "{}")}, "email"),
    ]
    for form, field in bad:
        answer = one.caller.send("PATCH", "/accounts/UserDetails/", files=form)
        assert (answer.status_code, list(answer.json())) == (400, [field])
    assert one.caller.patch("/accounts/UserDetails/", {"email": None}).status_code == 400
    shown = profile(one)
    assert (shown["contact_details"], shown["profile_picture"]) == (None, None)
    assert one.caller.get("/accounts/UserDetails/").json()["email"] == one.email
    good = {"email": (None, new), "contact_details": (None, '{"city": "Ulm"}'), "profile_picture": png}
    assert one.caller.send("PATCH", "/accounts/UserDetails/", files=good).json()["email"] == new
    shown = profile(one)
    assert shown["contact_details"] == {"city": "Ulm"} and httpx.get(shown["profile_picture"]).content == png[1]


# -- loyalty --------------------------------------------------------------------------------------


def test_points_come_with_payment(anyone: Client) -> None:
    one = person(anyone, **CUSTOMER)
    buyer = Shopper(anyone.url).signed_in(one.email, SECRET)
    order = buyer.order(anyone.newcomer("seller").product(price="19.99"))
    assert (order["total_amount"], profile(one)["loyalty_points"]) == ("26.98", 0)
    buyer.pay(order)
    assert arrives(lambda: profile(one)["loyalty_points"]) == 26
    assert anyone.signed_in(one.email, SECRET).query("account")["loyalty_points"] == 26


# -- the end --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["DELETE", "POST"])
def test_who_is_deleted_is_gone_and_nobody_else(anyone: Client, method: str) -> None:
    one, other = person(anyone, **CUSTOMER), person(anyone, **CUSTOMER)
    number = f"+1556{one.person_id:011d}"
    form = {
        "contact_details": (None, json.dumps({"phone": number})),
        "profile_picture": ("me.png", picture("png"), "image/png"),
    }
    shown = one.caller.send("PATCH", "/accounts/customer", files=form).json()["profile_picture"]
    refresh = {"Cookie": f"refresh={one.token}"}
    answer = one.caller.send(method, "/accounts/delete/")
    assert (answer.status_code, answer.json()) == (200, {"message": "User deleted successfully"})
    bearer = {"Authorization": f"Bearer {one.access}"}
    for way, path in (
        ("DELETE", "/accounts/delete/"),
        ("GET", "/accounts/customer"),
        ("PATCH", "/accounts/UserDetails/"),
    ):
        assert visitor(anyone).send(way, path, headers=bearer).status_code == 401
    assert one.log_in().status_code == 401
    nobody = visitor(anyone)
    assert nobody.post("/accounts/refresh/", headers=refresh).status_code == 401
    assert nobody.post("/reset-password/", {"email": one.email}).status_code == 401
    assert nobody.post("/forgot-email/", {"phone_number": number}).status_code == 404
    assert profile(other)["user"] == other.person_id
    again = nobody.post("/accounts/register", {"email": one.email, "password": SECRET, **CUSTOMER})
    assert again.status_code == 200 and again.json()["id"] != str(one.person_id)
    one.person_id = int(again.json()["id"])
    assert profile(one.signed_in())["contact_details"] is None
    arrives(lambda: httpx.get(shown).status_code == 404)
