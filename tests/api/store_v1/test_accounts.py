"""Registration, sign-in, tokens and the profile."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from support.product import Client, unique
from support.shopper import PASSWORD, Shopper, refused

from write_side.identifiers import parse_id

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def registration(**fields: Any) -> dict[str, Any]:
    whole = {
        "email": f"{unique('new')}@people.test",
        "password": PASSWORD,
        "password_confirm": PASSWORD,
        "first_name": "Grace",
        "last_name": "Hopper",
        "phone_number": "+0987654321",
    } | fields
    return {name: value for name, value in whole.items() if value is not ...}


def test_what_may_be_left_out_may_be_empty(passer_by: Shopper, shopper: Shopper) -> None:
    body = registration(first_name=None, last_name="", phone_number="")
    user = passer_by.post("/auth/register/", body).json()["user"]
    assert (user["first_name"], user["last_name"]) == ("", "")
    assert shopper.put("/auth/me/", {"phone_number": ""}).json()["phone_number"] is None


def test_registration_answers_with_the_user_alone(passer_by: Shopper) -> None:
    body = registration(email=f"{unique('MiXed')}@People.Test")
    answer = passer_by.post("/auth/register/", body)
    assert answer.status_code == 201
    user = answer.json().pop("user")
    assert answer.json()["message"] == ("User registered successfully. Please check your email to verify your account.")
    assert set(answer.json()) == {"message", "user"}
    assert UUID.fullmatch(user.pop("id"))
    assert user == {"email": body["email"].lower(), "first_name": "Grace", "last_name": "Hopper"}


def test_names_and_phone_number_are_optional(passer_by: Shopper) -> None:
    answer = passer_by.post("/auth/register/", registration(first_name=..., last_name=..., phone_number=...))
    assert answer.status_code == 201
    assert answer.json()["user"]["first_name"] == ""


@pytest.mark.parametrize("field", ["email", "password", "password_confirm"])
def test_a_missing_field_is_named(passer_by: Shopper, field: str) -> None:
    details = refused(
        passer_by.post("/auth/register/", registration(**{field: ...})), 400, "validation_error", "Invalid input"
    )
    assert details == {field: ["This field is required."]}


@pytest.mark.parametrize(
    ("fields", "field", "messages"),
    [
        ({"email": "not-an-address"}, "email", ["Enter a valid email address."]),
        ({"email": 7}, "email", ["Enter a valid email address."]),
        ({"email": None}, "email", ["Enter a valid email address."]),
        ({"email": "a\x00@people.test"}, "email", ["Null characters are not allowed."]),
        ({"password": "Ab-1"}, "password", ["Password must be at least 8 characters."]),
        ({"password": "correct-horse-1"}, "password", ["Password must contain an upper-case letter."]),
        ({"password": "CORRECT-HORSE-1"}, "password", ["Password must contain a lower-case letter."]),
        ({"password": "Correct-horse"}, "password", ["Password must contain a digit."]),
        ({"password": "Correcthorse1"}, "password", ["Password must contain a symbol."]),
        (
            {"password": "abc"},
            "password",
            [
                "Password must be at least 8 characters.",
                "Password must contain an upper-case letter.",
                "Password must contain a digit.",
                "Password must contain a symbol.",
            ],
        ),
        ({"password_confirm": "Another-horse-1"}, "password_confirm", ["Passwords must match"]),
        ({"phone_number": "12-34"}, "phone_number", ["Enter a valid phone number."]),
        ({"first_name": 7}, "first_name", ["Must be a string."]),
    ],
)
def test_a_field_that_does_not_fit_is_named(
    passer_by: Shopper, fields: dict[str, Any], field: str, messages: list[str]
) -> None:
    answer = passer_by.post("/auth/register/", registration(**fields))
    assert refused(answer, 400, "validation_error") == {field: messages}


def test_an_address_is_taken_whatever_its_case(passer_by: Shopper) -> None:
    body = registration()
    assert passer_by.post("/auth/register/", body).status_code == 201
    again = passer_by.post("/auth/register/", body | {"email": body["email"].upper()})
    assert list(refused(again, 409, "conflict")) == ["email"]


def test_of_simultaneous_registrations_one_succeeds(passer_by: Shopper) -> None:
    body = registration()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: passer_by.post("/auth/register/", body).status_code, range(8)))
    assert sorted(answers) == [201] + [409] * 7


def test_login_gives_both_tokens(passer_by: Shopper, shopper: Shopper) -> None:
    answer = passer_by.post("/auth/login/", {"email": shopper.email.upper(), "password": PASSWORD})
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"message", "tokens", "user", "expires_in"}
    assert body["message"] == "Login successful"
    assert body["user"] == {
        "id": shopper.user["id"],
        "email": shopper.email,
        "first_name": "Ada",
        "last_name": "",
        "is_verified": False,
    }
    claims = jwt.decode(body["tokens"]["access"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["user_id"] == shopper.user["id"]
    assert claims["username"].startswith("user-")
    assert claims["permissions"] == ["buyer"]
    refresh = jwt.decode(body["tokens"]["refresh"], options={"verify_signature": False})
    assert refresh["exp"] - refresh["iat"] == 7 * 24 * 3600
    assert jwt.get_unverified_header(body["tokens"]["access"])["alg"] == "HS256"


def test_wrong_credentials_all_look_the_same(passer_by: Shopper, shopper: Shopper) -> None:
    wrong = passer_by.post("/auth/login/", {"email": shopper.email, "password": "Wrong-horse-1"})
    unknown = passer_by.post("/auth/login/", {"email": f"{unique('nobody')}@people.test", "password": PASSWORD})
    refused(wrong, 401, "invalid_credentials")
    assert wrong.json() == unknown.json()
    assert wrong.status_code == unknown.status_code


@pytest.mark.parametrize("field", ["email", "password"])
def test_login_needs_both_fields(passer_by: Shopper, field: str) -> None:
    body = {"email": "a@b.test", "password": "x"}
    del body[field]
    assert refused(passer_by.post("/auth/login/", body), 400, "validation_error") == {
        field: ["This field is required."]
    }


def test_a_deactivated_person_is_shut_out_at_once(passer_by: Shopper, shopper: Shopper, admin: Client) -> None:
    admin.command("deactivate-account", person_id=parse_id(shopper.user["id"]))
    answer = passer_by.post("/auth/login/", {"email": shopper.email, "password": PASSWORD})
    refused(answer, 401, "invalid_credentials")
    refused(passer_by.post("/auth/refresh/", {"refresh": shopper.tokens["refresh"]}), 401, "invalid_token")
    refused(shopper.get("/auth/me/"), 401, "invalid_token")
    refused(shopper.post("/cart/clear/"), 401, "invalid_token", "Token is invalid or expired")


def test_a_refresh_token_is_good_again_and_again(passer_by: Shopper, shopper: Shopper) -> None:
    for _ in range(2):
        answer = passer_by.post("/auth/refresh/", {"refresh": shopper.tokens["refresh"]})
        assert answer.status_code == 200
        assert list(answer.json()) == ["access"]
        again = Shopper(shopper.url, tokens=answer.json())
        assert again.get("/auth/me/").status_code == 200


def test_only_a_living_refresh_token_refreshes(passer_by: Shopper, shopper: Shopper) -> None:
    error = "Token is invalid or expired"
    for token in ("nonsense", shopper.tokens["access"], shopper.tokens["refresh"] + "x"):
        answer = passer_by.post("/auth/refresh/", {"refresh": token})
        assert refused(answer, 401, "invalid_token", error) == {}
    assert refused(passer_by.post("/auth/refresh/", {}), 400, "validation_error") == {
        "refresh": ["This field is required."]
    }


def test_logout_ends_one_session_and_no_other(passer_by: Shopper, shopper: Shopper) -> None:
    other = passer_by.signed_in(shopper.email)
    answer = shopper.post("/auth/logout/", {"refresh": shopper.tokens["refresh"]})
    assert (answer.status_code, answer.json()) == (200, {"message": "Logout successful"})
    refused(passer_by.post("/auth/refresh/", {"refresh": shopper.tokens["refresh"]}), 401, "invalid_token")
    assert passer_by.post("/auth/refresh/", {"refresh": other.tokens["refresh"]}).status_code == 200
    # The access token stays good until it expires.
    assert shopper.get("/auth/me/").status_code == 200
    again = shopper.post("/auth/logout/", {"refresh": shopper.tokens["refresh"]})
    assert list(refused(again, 400, "validation_error")) == ["refresh"]


def test_logout_refuses_what_is_not_the_callers(passer_by: Shopper, shopper: Shopper) -> None:
    victim = passer_by.newcomer()
    for body in ({}, {"refresh": "nonsense"}, {"refresh": victim.tokens["refresh"]}):
        assert list(refused(shopper.post("/auth/logout/", body), 400, "validation_error")) == ["refresh"]
    assert passer_by.post("/auth/refresh/", {"refresh": victim.tokens["refresh"]}).status_code == 200
    refused(passer_by.post("/auth/logout/", {"refresh": victim.tokens["refresh"]}), 401, "not_authenticated")


def test_a_password_is_changed_by_who_knows_the_old_one(passer_by: Shopper, shopper: Shopper) -> None:
    body = {"old_password": PASSWORD, "new_password": "Better-horse-2", "new_password_confirm": "Better-horse-2"}
    wrong = shopper.post("/auth/password/", body | {"old_password": "Wrong-horse-1"})
    assert list(refused(wrong, 400, "validation_error")) == ["old_password"]
    weak = shopper.post("/auth/password/", body | {"new_password": "weak", "new_password_confirm": "weak"})
    assert list(refused(weak, 400, "validation_error")) == ["new_password"]
    other = shopper.post("/auth/password/", body | {"new_password_confirm": "Other-horse-2"})
    assert refused(other, 400, "validation_error") == {"new_password_confirm": ["Passwords must match"]}
    refresh = {"refresh": shopper.tokens["refresh"]}
    assert passer_by.post("/auth/refresh/", refresh).status_code == 200  # what was refused has ended no session
    assert shopper.post("/auth/password/", body).status_code == 200
    refused(passer_by.post("/auth/refresh/", refresh), 401, "invalid_token")
    assert passer_by.signed_in(shopper.email, "Better-horse-2")
    assert passer_by.post("/auth/login/", {"email": shopper.email, "password": PASSWORD}).status_code == 401


def test_the_profile_is_read_and_changed(shopper: Shopper) -> None:
    before = shopper.get("/auth/me/").json()
    assert set(before) == {
        "id", "email", "first_name", "last_name", "phone_number", "is_verified", "created_at"
    }  # fmt: skip
    assert before["created_at"].endswith("Z")
    answer = shopper.put("/auth/me/", {"last_name": "Lovelace", "phone_number": "+0987654321"})
    assert answer.status_code == 200
    after = before | {"last_name": "Lovelace", "phone_number": "+0987654321"}
    assert answer.json() == after
    assert shopper.get("/auth/me/").json() == after
    assert shopper.put("/auth/me/", {"phone_number": None}).json() == after | {"phone_number": None}
    assert shopper.get("/auth/me/").json()["phone_number"] is None


def test_what_nobody_may_set_in_a_profile_is_ignored(shopper: Shopper) -> None:
    before = shopper.get("/auth/me/").json()
    sent = {"id": "x", "email": "else@people.test", "is_verified": True, "created_at": "now", "roles": ["admin"]}
    assert shopper.put("/auth/me/", sent).json() == before
    assert shopper.get("/auth/me/").json() == before


@pytest.mark.parametrize(
    ("field", "value"), [("first_name", 7), ("last_name", None), ("phone_number", "abc"), ("first_name", "x" * 151)]
)
def test_a_profile_refuses_what_does_not_fit(shopper: Shopper, field: str, value: Any) -> None:
    assert list(refused(shopper.put("/auth/me/", {field: value}), 400, "validation_error")) == [field]


def test_a_name_that_is_too_long_is_measured_in_characters(shopper: Shopper) -> None:
    details = refused(shopper.put("/auth/me/", {"first_name": "x" * 151}), 400, "validation_error")
    assert details == {"first_name": ["Must have at most 150 characters."]}
