"""Registration, login, logout and refresh, row by row."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import jwt
import psycopg
import pytest
from support.martaff import SECRET, Person, claims, lifetime, set_cookies, visitor
from support.product import Client, unique
from support.surfaces import Caller

from storefold.stack import Endpoints

MINUTES = 600
FORMS = ["json", "data", "files"]


def sent(way: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The same body as JSON, as a form or as multipart."""
    if way == "files":
        return {"files": {name: (None, str(value)) for name, value in fields.items()}}
    return {way: fields}


# -- registration ---------------------------------------------------------------------------------


@pytest.mark.parametrize("way", FORMS)
def test_who_registers_is_told_who_they_are_and_can_sign_in(anyone: Client, way: str) -> None:
    caller = visitor(anyone)
    email = f"{unique('Person')}@People.test"
    fields = {"email": email, "password": SECRET, "is_customer": "true", "is_manufacturer": "false", "id": 1}
    answer = caller.send("POST", "/accounts/register", **sent(way, fields))
    body = answer.json()
    assert answer.status_code == 200
    assert body.pop("message") and body.pop("id").isdigit()
    assert body == {"email": email.lower(), "is_customer": True, "is_manufacturer": False}
    login = caller.send("POST", "/accounts/login", **sent(way, {"email": email, "password": SECRET}))
    assert (login.status_code, list(login.json())) == (200, ["access"])


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        ({}, (False, False)),
        ({"is_customer": True, "is_manufacturer": True}, (True, True)),
        ({"is_manufacturer": 1, "is_staff": True, "is_superuser": True, "roles": ["admin"]}, (False, True)),
    ],
)
def test_flags_may_be_any_two_and_no_others(anyone: Client, flags: dict[str, Any], shown: tuple[bool, bool]) -> None:
    person = Person.registered(anyone, **flags).signed_in()
    details = person.caller.get("/accounts/UserDetails/").json()
    assert (details["is_customer"], details["is_manufacturer"]) == shown
    assert set(claims(person.access)["roles"]) <= {"buyer", "seller"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": None}, "email"),
        ({"email": ""}, "email"),
        ({"email": "no address"}, "email"),
        ({"email": 5}, "email"),
        ({"email": ["a@b.test"]}, "email"),
        ({"email": "nul\x00@people.test"}, "email"),
        ({"email": "x" * 250 + "@people.test"}, "email"),
        ({"password": None}, "password"),
        ({"password": ""}, "password"),
        ({"password": "  \t"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"password": 12345678}, "password"),
        ({"password": "nul\x00nul"}, "password"),
        ({"is_customer": "perhaps"}, "is_customer"),
        ({"is_manufacturer": None}, "is_manufacturer"),
        ({"is_customer": {}}, "is_customer"),
    ],
)
def test_what_does_not_fit_is_named(passer_by: Caller, fields: dict[str, Any], field: str) -> None:
    body = {"email": f"{unique('person')}@people.test", "password": SECRET, **fields}
    answer = passer_by.post("/accounts/register", body)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_what_is_missing_and_what_is_no_body_at_all(passer_by: Caller) -> None:
    assert passer_by.post("/accounts/register", {}).json() == {
        "email": ["This field is required."],
        "password": ["This field is required."],
    }
    json_type = {"Content-Type": "application/json"}
    for content in (b"{", b"[]", b"null", b'"x"', b'{"email": "\xff"}'):
        answer = passer_by.send("POST", "/accounts/register", content=content, headers=json_type)
        assert answer.status_code == 400, content
    assert passer_by.send("POST", "/accounts/register", content=b"<a/>").status_code == 415


def test_every_one_of_128_characters_counts(anyone: Client) -> None:
    caller, email = visitor(anyone), f"{unique('person')}@people.test"
    password = "x" * 127 + "y"
    assert caller.post("/accounts/register", {"email": email, "password": password}).status_code == 200
    for tried, status in ((password, 200), ("x" * 128, 401), (password[:72], 401), (password[:127], 401)):
        assert caller.post("/accounts/login", {"email": email, "password": tried}).status_code == status


def test_an_address_is_one_person_s_however_many_register_at_once(anyone: Client) -> None:
    email = f"{unique('person')}@people.test"

    def register(number: int) -> int:
        spelled = email if number % 2 else email.upper()
        answer = httpx.post(f"{anyone.url}/accounts/register", json={"email": spelled, "password": SECRET}, timeout=30)
        assert answer.status_code == 200 or list(answer.json()) == ["email"]
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(register, range(8)))
    assert statuses == [200, *[400] * 7]


# -- metadata -------------------------------------------------------------------------------------

MEDIA = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]


@pytest.mark.parametrize("path", ["/accounts/register", "/accounts/login"])
def test_what_a_path_says_of_itself(passer_by: Caller, path: str) -> None:
    answer = passer_by.send("OPTIONS", path)
    body = answer.json()
    assert (answer.status_code, answer.headers["Allow"]) == (200, "POST, OPTIONS")
    assert (body["renders"], body["parses"]) == (["application/json", "text/html"], MEDIA)
    assert body["name"] and "description" in body
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        refused = passer_by.send(method, path)
        assert (refused.status_code, refused.headers["Allow"]) == (405, "POST, OPTIONS")


# -- login ----------------------------------------------------------------------------------------


def test_a_login_gives_a_token_a_cookie_and_a_csrf_token(anyone: Client) -> None:
    person = Person.registered(anyone, is_customer=True)
    answer = person.log_in()
    assert list(answer.json()) == ["access"] and person.token not in answer.text
    cookies = set_cookies(answer)
    assert "HttpOnly" in cookies["refresh"] and "SameSite" in cookies["refresh"].replace("samesite", "SameSite")
    assert "max-age" not in cookies["refresh"].lower()
    assert "HttpOnly" not in cookies["csrftoken"]
    assert answer.headers["X-CSRFToken"]
    assert lifetime(person.access) == MINUTES
    assert person.caller.get("/accounts/customer").status_code == 200


def test_who_wants_to_be_remembered_is_and_nobody_else(anyone: Client) -> None:
    person = Person.registered(anyone)
    person.log_in()
    short = lifetime(person.token)
    for remember in (True, "true", "on", "1"):
        answer = person.log_in(remember_me=remember)
        assert lifetime(person.access) > MINUTES and lifetime(person.token) > short
        assert "max-age" in set_cookies(answer)["refresh"].lower()
    for remember in (False, "yes", 1, []):
        answer = person.log_in(remember_me=remember)
        assert (answer.status_code, lifetime(person.access)) == (200, MINUTES), remember


def test_a_wrong_password_and_an_unknown_address_are_told_alike(anyone: Client) -> None:
    person = Person.registered(anyone)
    answers = [
        person.log_in("wrong"),
        person.caller.post("/accounts/login", {"email": "nobody@people.test", "password": SECRET}),
        person.caller.post("/accounts/login", {"email": "x" * 300, "password": SECRET}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()) == (401, {"message": "Email or Password is incorrect"})
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "a@b.test"},
        {"password": "x"},
        {"email": 5, "password": "x"},
        {"email": "a@b.test", "password": []},
    ],
)
def test_a_login_without_both(passer_by: Caller, body: dict[str, Any]) -> None:
    assert passer_by.post("/accounts/login", body).status_code == 400


# -- logout ---------------------------------------------------------------------------------------


def test_a_logout_ends_one_session_at_once(anyone: Client) -> None:
    person, elsewhere = Person.registered(anyone).signed_in(), None
    elsewhere = Person(visitor(anyone), person.email, person.person_id).signed_in()
    token = person.token
    answer = person.caller.post("/accounts/logout", headers={"X-CSRFToken": person.csrf})
    assert (answer.status_code, answer.json()) == (200, {"message": "Successfully logged out."})
    cookies = set_cookies(answer)
    assert set(cookies) == {"access", "refresh", "csrftoken", "X-CSRFToken", "google_session"}
    assert all("Max-Age=0" in line and '=""' in line for line in cookies.values())
    assert "refresh" not in person.caller.http.cookies
    again = {"Cookie": f"refresh={token}"}
    caller = visitor(anyone)
    assert caller.post("/accounts/refresh/", headers=again).status_code == 401
    refused = caller.post("/accounts/logout", headers=again)
    assert refused.json() == {"detail": "Invalid or expired token. Please log in again."}
    assert elsewhere.refresh().status_code == 200


def test_a_logout_without_a_token(anyone: Client) -> None:
    person = Person.registered(anyone).signed_in()
    bearer = {"Authorization": f"Bearer {person.access}"}
    for headers in ({}, bearer):
        answer = visitor(anyone).post("/accounts/logout", headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"detail": "No refresh token provided."})
    for token in ("garbage", person.access, person.token[:-2] + "xx"):
        answer = visitor(anyone).post("/accounts/logout", headers={"Cookie": f"refresh={token}"})
        assert (answer.status_code, list(answer.json())) == (401, ["detail"])


# -- refresh --------------------------------------------------------------------------------------


def test_a_refresh_gives_the_next_tokens_and_the_old_one_is_none(anyone: Client) -> None:
    person = Person.registered(anyone, is_customer=True).signed_in()
    first, csrf = person.token, person.csrf
    answer = person.refresh({"refresh": "in the body, ignored"})
    assert (answer.status_code, list(answer.json())) == (200, ["access"])
    assert "HttpOnly" in set_cookies(answer)["refresh"]
    assert person.token != first and person.csrf not in ("", csrf)
    assert lifetime(person.access) == MINUTES
    bearer = {"Authorization": f"Bearer {person.access}"}
    assert visitor(anyone).get("/accounts/customer", headers=bearer).status_code == 200
    assert anyone.http.get("/queries/account", headers=bearer).status_code == 200
    refused = visitor(anyone).post("/accounts/refresh/", headers={"Cookie": f"refresh={first}"})
    assert (refused.status_code, refused.json()) == (401, {"detail": "Invalid refresh token"})
    assert person.refresh().status_code == 200  # so soon it is taken for an answer that was lost


def test_a_refresh_may_ask_to_be_remembered(anyone: Client) -> None:
    person = Person.registered(anyone).signed_in()
    short = lifetime(person.token)
    assert person.refresh({"remember_me": "on"}).status_code == 200
    assert lifetime(person.access) > MINUTES and lifetime(person.token) > short
    answer = person.refresh()
    assert lifetime(person.access) == MINUTES and lifetime(person.token) > short
    assert "max-age" in set_cookies(answer)["refresh"].lower()
    person.refresh(data={"remember_me": "no"})
    assert (lifetime(person.access), lifetime(person.token)) == (MINUTES, short)
    for content, kind in ((b"{", "application/json"), (b"[]", "application/json"), (b"true", "text/plain")):
        headers = {"X-CSRFToken": person.csrf, "Content-Type": kind}
        answer = person.caller.send("POST", "/accounts/refresh/", content=content, headers=headers)
        assert (answer.status_code, lifetime(answer.json()["access"])) == (200, MINUTES)
        person.csrf = answer.headers["X-CSRFToken"]


def test_what_is_no_refresh_token(anyone: Client, passer_by: Caller) -> None:
    answer = passer_by.post("/accounts/refresh/", {"refresh": "x"})
    assert (answer.status_code, answer.json()) == (400, {"detail": "Refresh token missing"})
    for content in (b"{", b"[]", b'{"remember_me": {}}'):
        for kind in ("application/json", "text/plain", "multipart/form-data"):
            answer = passer_by.send("POST", "/accounts/refresh/", content=content, headers={"Content-Type": kind})
            assert (answer.status_code, answer.json()) == (400, {"detail": "Refresh token missing"})
    person = Person.registered(anyone).signed_in()
    known = claims(person.token)
    unsigned = jwt.encode(known, "", algorithm="none")
    forged = jwt.encode(known, "another key, of 32 bytes or more!!", algorithm="HS256")
    for token in ("garbage", person.access, person.token[:-2] + "xx", unsigned, forged):
        answer = visitor(anyone).post("/accounts/refresh/", headers={"Cookie": f"refresh={token}"})
        assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid refresh token"})
    for token in (person.token, unsigned, forged):  # nor is any of them an access token
        answer = visitor(anyone).get("/accounts/customer", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401


def test_one_token_wins_once(anyone: Client) -> None:
    person = Person.registered(anyone).signed_in()

    def refresh(_: int) -> int:
        cookie = {"Cookie": f"refresh={person.token}"}
        return httpx.post(f"{anyone.url}/accounts/refresh/", headers=cookie, timeout=30).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(refresh, range(8))) == [200, *[401] * 7]


def test_reuse_later_ends_the_session(anyone: Client) -> None:
    person = Person.registered(anyone).signed_in()
    first = person.token
    assert person.refresh().status_code == 200
    with psycopg.connect(Endpoints.of(anyone.home).postgres_owner_dsn) as owner:
        owner.execute(
            "UPDATE refresh_tokens SET rotated_at = rotated_at - interval '1 minute' WHERE person_id = %s",
            (person.person_id,),
        )
    stolen = visitor(anyone).post("/accounts/refresh/", headers={"Cookie": f"refresh={first}"})
    assert stolen.status_code == 401
    assert person.refresh().status_code == 401


def test_a_new_password_ends_every_session(anyone: Client) -> None:
    person = Person.registered(anyone).signed_in()
    native = anyone.signed_in(person.email, SECRET)
    native.command("change-password", old_password=SECRET, new_password="another-kettle")
    assert person.refresh().status_code == 401


# -- CSRF -----------------------------------------------------------------------------------------


FOREIGN = (
    {"X-CSRFToken": "wrong"},
    {"X-CSRFToken": "0" * 128},
    {"X-CSRFToken": ""},
    {"Origin": "https://elsewhere.test"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


def test_what_another_site_sends_is_refused(anyone: Client) -> None:
    person = Person.registered(anyone).signed_in()
    for path in ("/accounts/refresh/", "/accounts/logout"):
        for headers in FOREIGN:
            answer = person.caller.post(path, headers=headers)
            assert (answer.status_code, list(answer.json())) == (403, ["detail"]), headers
    assert person.refresh().status_code == 200  # nothing happened


def test_the_own_site_and_clients_that_are_no_browsers_are_let_in(anyone: Client) -> None:
    person = Person.registered(anyone).signed_in()
    cookie = person.caller.http.cookies["csrftoken"]
    for headers in (
        {},
        {"Origin": anyone.url},
        {"Origin": anyone.url, "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://elsewhere.test", "X-CSRFToken": cookie},
        {"X-CSRFToken": person.csrf},
    ):
        assert person.caller.post("/accounts/refresh/", headers=headers).status_code == 200, headers
