"""A whole person, deleted: nothing of theirs is anywhere, and all that others count on is."""

import os
import secrets
import subprocess
import sys
import time
from typing import Any

import pytest
from support.product import PASSWORD, Client
from support.scan import found, places
from support.shopper import Shopper

from storefold.stack import Endpoints


class Person:
    """Somebody with a word of their own in every personal value."""

    def __init__(self, anyone: Client) -> None:
        self.word = "q" + secrets.token_hex(6)
        self.phone = f"+49{secrets.randbelow(10**12):012}"
        self.email = f"{self.word}@people.test"
        body = {"email": self.email, "password": PASSWORD, "first_name": f"Mina {self.word}"}
        done = anyone.command("register-account", **body, last_name=self.word, phone_number=self.phone)
        self.id: int = done["result"]["person_id"]
        self.client = anyone.signed_in(self.email, PASSWORD)
        self.words = {self.word, self.phone}

    def address(self) -> dict[str, Any]:
        return {
            "full_name": f"Mina {self.word}",
            "street_address": f"{self.word} street 17",
            "city": f"{self.word} town",
            "zip_code": "79856",
            "country": "Nowhere",
            "phone_number": self.phone,
        }


def tool(home: str, *command: str) -> bytes:
    environment = {**os.environ, "STOREFOLD_HOME": home, "NO_COLOR": "1"}
    argv = [sys.executable, "-m", "storefold", *command]
    done = subprocess.run(argv, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_nothing_of_a_deleted_person_is_anywhere(anyone: Client, seller: Client, admin: Client) -> None:
    endpoints = Endpoints.of(anyone.home)
    person = Person(anyone)
    me = person.client
    shopper = Shopper(anyone.url).signed_in(person.email, PASSWORD)
    made = seller.product(stock=20, price="10.00")
    thing = {"product_id": made["product_id"]}
    book = me.command("add-address", address_type="shipping", **person.address())["result"]["address_id"]
    me.command(
        "update-profile",
        contact_details={"phone": person.phone, "note": person.word},
        bank_details={"iban": person.word},
    )
    me.command("add-to-cart", **thing)
    first = me.command("place-order", shipping_address_id=book, billing_address_id=book)["result"]["order_id"]
    me.command("add-to-cart", **thing)
    inline = {name: value for name, value in person.address().items() if name in INLINE}
    second = me.command("place-order", shipping_address=inline, notes=f"ring at {person.word}")["result"]["order_id"]
    me.command("write-review", **thing, rating=4, policy="martaff", title="Good", comment="It pours.")
    me.command("add-to-cart", **thing)
    me.command("add-to-wishlist", **thing)
    me.command("cancel-order", order_id=second)

    before = found(person.words, places(endpoints, anyone.home))
    assert person.word in before and person.phone in before, "the search finds what is there"
    assert {place.split(".")[0] for place in before[person.word]} >= {"redis 0 {sf}:accounts", "redis 0 {sf}:orders"}
    assert not [place for place in before[person.word] if place.startswith(("postgres", "elasticsearch"))]

    # Their own way out: at once, on every surface, with every token, and the second time as nobody.
    assert me.send("delete-account").status_code == 200
    for answer in (
        me.send("delete-account"),
        me.http.get("/queries/account"),
        shopper.get("/cart/"),
        Shopper(anyone.url).post("/auth/refresh/", {"refresh": shopper.tokens["refresh"]}),
        Shopper(anyone.url).post("/auth/login/", {"email": person.email, "password": PASSWORD}),
        anyone.http.post("/auth/token", data={"username": person.email, "password": PASSWORD}),
    ):
        assert answer.status_code in (400, 401), f"{answer.request.url} {answer.status_code} {answer.text}"

    # What others count on.
    admin.position = me.position
    for order in (first, second):
        shown = admin.query(f"order/{order}")
        assert shown["total"] == "10.00" and shown["person_id"] == person.id
        assert shown["shipping_address"]["city"] == "[erased]"
    assert admin.query(f"product/{made['product_id']}")["rating"] == 4
    [review] = anyone.query(f"reviews/{made['product_id']}")["items"]
    assert (review["comment"], review["person_id"]) == ("It pours.", person.id)
    account = admin.query(f"account/{person.id}")
    assert account["email"] == "[erased]" and account["deleted"] and not account["active"]
    admin.command("start-order", order_id=first)  # business goes on
    admin.command("ship-order", order_id=first, tracking_number="T-1")

    nothing_left(person, endpoints, anyone)
    log = tool(str(anyone.home), "log")
    assert b"account.erased" in log
    assert not found(person.words, iter([("log", log)]))

    # A rebuilt model is the live one, byte for byte, and as silent.
    tool(str(anyone.home), "projections", "rebuild", "--check", "redis")
    nothing_left(person, endpoints, anyone)

    # The address is free. Who has it now is somebody else.
    again = anyone.command("register-account", email=person.email, password=PASSWORD)["result"]["person_id"]
    assert again != person.id
    newcomer = anyone.signed_in(person.email, PASSWORD)
    assert newcomer.query("account")["addresses"] == [] and newcomer.query("orders")["total"] == 0
    newcomer.command("delete-account")


def nothing_left(person: Person, endpoints: Endpoints, anyone: Client) -> None:
    """At once where queries look; in old generations and in Redis's file when the projector has come to it."""
    live = found(person.words, places_read(endpoints, anyone))
    assert live == {}
    deadline = time.monotonic() + 60
    while left := found(person.words, places(endpoints, anyone.home)):
        assert time.monotonic() < deadline, left
        time.sleep(0.5)


def places_read(endpoints: Endpoints, anyone: Client) -> Any:
    return (one for one in places(endpoints, anyone.home) if not one[0].startswith("file"))


INLINE = {"full_name", "street_address", "city", "zip_code", "country", "phone_number"}


def test_administrators_delete_others_and_nobody_else_does(anyone: Client, admin: Client) -> None:
    person, rival = anyone.newcomer(), anyone.newcomer("seller")
    assert rival.send("delete-account", person_id=person.person_id).status_code == 403
    assert person.http.get("/queries/account").status_code == 200
    assert admin.send("delete-account", person_id=person.person_id).status_code == 200
    assert person.http.get("/queries/account").status_code == 401
    done = admin.send("delete-account", person_id=person.person_id)
    assert done.status_code == 200 and done.json()["events"] == []
    for command in ("reactivate-account", "deactivate-account"):
        assert admin.send(command, person_id=person.person_id).status_code == 404
    assert admin.send("grant-role", person_id=person.person_id, role="seller").status_code == 404
    assert admin.send("delete-account", person_id=999_999_999_999).status_code == 404
    problem = admin.send("delete-account")
    assert (problem.status_code, problem.json()["type"].rpartition("/")[2]) == (409, "own-power")


@pytest.mark.parametrize("retry", [True, False])
def test_a_lost_answer_is_repeated_with_its_key_alone(anyone: Client, retry: bool) -> None:
    person = anyone.newcomer()
    key = {"Idempotency-Key": secrets.token_hex(8)}
    first = person.send("delete-account", key)
    second = person.send("delete-account", key if retry else None)
    assert first.status_code == 200
    assert second.status_code == (200 if retry else 401)
    assert not retry or second.content == first.content
