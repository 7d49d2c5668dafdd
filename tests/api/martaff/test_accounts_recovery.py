"""Forgotten passwords and addresses, with mails and SMS that really arrive."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest
from support.martaff import SECRET, Person, arrives, visitor
from support.postbox import Outbox, text_of
from support.product import Client
from support.surfaces import Caller

from storefold.stack import Endpoints

NEW = "another-Kettle-9"


def asked(anyone: Client, person: Person, mails: int = 1) -> str:
    """Asks for a link; its token, from the mail that came."""
    answer = person.caller.post("/reset-password/", {"email": person.email.upper()})
    assert (answer.status_code, answer.json()) == (200, {"message": "Password reset email sent"})
    box = Outbox(anyone.home)
    mail = arrives(lambda: found if len(found := box.to(person.email)) >= mails else None)[mails - 1]
    assert mail["From"] == "no-reply@martaf.com"
    text = text_of(mail)
    assert "minutes" in text
    found = re.search(rf"{re.escape(anyone.url)}/reset-password-confirm/([0-9a-f-]{{36}})/", text)
    assert found is not None, text
    return found[1]


def confirm(caller: Caller, token: str, password: Any = NEW, **options: Any) -> httpx.Response:
    if not options:
        options = {"body": {"password": password}}
    return caller.post(f"/reset-password-confirm/{token}/", **options)


def test_a_link_sets_a_password_once(anyone: Client) -> None:
    person = Person.registered(anyone).signed_in()
    token = asked(anyone, person)
    # Only registered people's mails come: registration itself sends none.
    assert len(Outbox(anyone.home).to(person.email)) == 1
    for weak, said in (
        ("Ab-4567", "This password is too short. It must contain at least 8 characters."),
        ("password", "This password is too common."),
        ("98347598374", "This password is entirely numeric."),
        (person.email, "The password is too similar to the email address."),
    ):
        answer = confirm(person.caller, token, weak)
        assert (answer.status_code, answer.json()) == (400, {"password": [said]})
    for bad in (None, "", "   ", 5, "x" * 1025, "nul\x00nul-nul"):
        assert list(confirm(person.caller, token, bad).json()) == ["password"]
    assert confirm(person.caller, token, body={}).status_code == 400
    answer = confirm(person.caller, token)
    assert (answer.status_code, answer.json()) == (200, {"message": "Password reset successful"})
    assert confirm(person.caller, token).status_code == 400
    assert person.refresh().status_code == 401  # every session is over
    assert person.log_in().status_code == 401
    assert person.log_in(NEW).status_code == 200


def test_a_newer_link_replaces_the_older_and_only_hashes_are_kept(anyone: Client) -> None:
    person = Person.registered(anyone)
    first = asked(anyone, person)
    second = asked(anyone, person, mails=2)
    with psycopg.connect(Endpoints.of(anyone.home).postgres_owner_dsn) as owner:
        query = "SELECT token_hash FROM password_resets WHERE person_id = %s"
        [(stored,)] = owner.execute(query, (person.person_id,)).fetchall()
    for token in (first, stored.hex(), "none", "%00", "x" * 500):
        assert confirm(person.caller, token).status_code == 400, token

    def use(number: int) -> int:
        url = f"{anyone.url}/reset-password-confirm/{second}/"
        return httpx.post(url, json={"password": f"{NEW}-{number}"}, timeout=30).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(use, range(6))) == [200, *[400] * 5]


def test_an_expired_link_is_forgotten(anyone: Client) -> None:
    person = Person.registered(anyone)
    token = asked(anyone, person)
    with psycopg.connect(Endpoints.of(anyone.home).postgres_owner_dsn) as owner:
        owner.execute("UPDATE password_resets SET expires_at = now() WHERE person_id = %s", (person.person_id,))
    assert confirm(person.caller, token).status_code == 400
    with psycopg.connect(Endpoints.of(anyone.home).postgres_owner_dsn) as owner:
        query = "SELECT count(*) FROM password_resets WHERE person_id = %s"
        assert owner.execute(query, (person.person_id,)).fetchone() == (0,)


def test_the_link_opens_a_page_whose_form_does_it(anyone: Client) -> None:
    person = Person.registered(anyone)
    token = asked(anyone, person)
    page = person.caller.get(f"/reset-password-confirm/{token}/")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<form method="post">' in page.text and token not in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert confirm(person.caller, token, data={"password": NEW}).status_code == 200
    assert person.log_in(NEW).status_code == 200


def test_the_token_may_be_a_parameter(anyone: Client) -> None:
    person = Person.registered(anyone)
    token = asked(anyone, person)
    answer = person.caller.post("/reset-password-confirm/", {"password": NEW}, params={"token": token})
    assert answer.status_code == 200
    assert person.caller.post("/reset-password-confirm/", {"password": NEW}).status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"email": "nobody@people.test"}, 401),
        ({"email": "no address"}, 401),
        ({"email": "x" * 500}, 401),
        ({"email": "   "}, 401),
        ({}, 400),
        ({"email": None}, 400),
        ({"email": 5}, 400),
        ({"email": ["a@b.test"]}, 400),
        ({"email": "a\x00@b.test"}, 400),
    ],
)
def test_who_is_nobody_gets_no_link(passer_by: Caller, body: dict[str, Any], status: int) -> None:
    assert passer_by.post("/reset-password/", body).status_code == status


# -- the address ----------------------------------------------------------------------------------


def number_of(person: Person) -> str:
    return f"+1555{person.person_id:011d}"


def texts(anyone: Client, number: str) -> list[str]:
    file = anyone.home / "outbox" / "sms.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    assert all(line.keys() == {"to", "body", "at"} for line in lines)
    return [line["body"] for line in lines if line["to"] == number]


def test_a_forgotten_address_comes_masked_to_its_number(anyone: Client) -> None:
    person = Person.registered(anyone, is_customer=True).signed_in()
    number = number_of(person)
    asking = {"phone_number": number}
    assert visitor(anyone).post("/forgot-email/", asking).status_code == 404
    person.caller.patch("/accounts/customer", {"contact_details": {"phone": number, "city": "Ulm"}})
    for way in ({"json": asking}, {"data": asking}):
        answer = visitor(anyone).send("POST", "/forgot-email/", **way)
        assert (answer.status_code, answer.json()) == (
            200,
            {"message": "Email address (masked) sent to phone number"},
        )
    said = texts(anyone, number)
    assert len(said) == 2
    assert re.search(r"\bp\*+@people\.test", said[0]) and person.email not in said[0]
    person.caller.patch("/accounts/customer", {"contact_details": {"phone": "+4930123"}})
    assert visitor(anyone).post("/forgot-email/", asking).status_code == 404
    anyone.admin.command("deactivate-account", person_id=person.person_id)
    assert visitor(anyone).post("/forgot-email/", {"phone_number": "+4930123"}).status_code == 404


@pytest.mark.parametrize(
    "number", [None, "", "123", "+", "+0123456", "+1234567890123456", "+1 555", "0049", 15551234567, []]
)
def test_what_is_no_number(passer_by: Caller, number: Any) -> None:
    answer = passer_by.post("/forgot-email/", {"phone_number": number})
    assert (answer.status_code, list(answer.json())) == (400, ["phone_number"])
    assert passer_by.post("/forgot-email/", {}).status_code == 400


# -- the link that signs in once ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"uid": "1", "token": "none"}, 401),
        ({"uid": 1, "token": "none"}, 401),
        ({"uid": "x", "token": "😀"}, 401),
        ({"uid": "1"}, 400),
        ({"token": "x"}, 400),
        ({"uid": None, "token": []}, 400),
        ({"uid": "1", "token": "x" * 300}, 400),
    ],
)
def test_what_is_no_link(passer_by: Caller, body: dict[str, Any], status: int) -> None:
    answer = passer_by.post("/accounts/one-time-login/", body)
    assert answer.status_code == status
    assert "set-cookie" not in answer.headers


def test_the_secret_is_in_no_answer(anyone: Client) -> None:
    assert SECRET not in Person.registered(anyone).signed_in().caller.get("/accounts/UserDetails/").text
