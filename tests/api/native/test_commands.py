"""`POST /commands/{name}`: answers, refusals, roles, idempotency, odd input."""

import socket
import threading
from typing import Any

import pytest
from support.product import BODY_SECONDS, Client, unique

from write_side.messages import Access
from write_side.registry import COMMANDS


def problem(answer: Any, status: int, kind: str) -> dict[str, Any]:
    """The problem document of an answer, which must be of this kind."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"/problems/{kind}"
    assert body["status"] == status
    return body


def test_an_accepted_command_says_where_in_the_log_it_is(seller: Client) -> None:
    sku = unique("SKU")
    answer = seller.send("create-product", name="Kettle", price="19.99", stock=3, sku=sku, brand=unique("Brand"))
    body = answer.json()
    assert answer.headers["Storefold-Position"] == str(body["position"])
    assert {name for _, _, name in body["events"]} >= {"product.created", "brand.created"}
    assert body["result"]["sku"] == sku


def test_every_command_is_there_and_guarded(anyone: Client, buyer: Client) -> None:
    for name, command in COMMANDS.items():
        answer = anyone.send(name)
        expected = {400} if command.access is Access.ANYONE else {400, 401, 403}
        assert answer.status_code in expected, (name, answer.text)
        if command.access in (Access.ADMIN, Access.SELLER, Access.SERVICE):
            assert buyer.send(name).status_code in {400, 403}, name


def test_roles_decide(anyone: Client, buyer: Client, seller: Client) -> None:
    fields = {"name": "Cup", "price": "4.00", "stock": 1}
    problem(anyone.send("create-product", **fields), 401, "unauthenticated")
    problem(buyer.send("create-product", **fields), 403, "forbidden")
    assert seller.send("create-product", **fields).status_code == 200


def test_a_command_of_the_products_own_parts_is_refused_to_everybody(admin: Client) -> None:
    problem(admin.send("verify-email", person_id=1), 403, "forbidden")


def test_what_is_anothers_stays_untouched(anyone: Client, seller: Client, buyer: Client) -> None:
    made = seller.product()
    rival = anyone.newcomer("seller")
    answer = rival.send("update-product", product_id=made["product_id"], price="0.01")
    assert answer.status_code in {403, 404}
    assert seller.query(f"product/{made['slug']}")["price"] == "19.99"

    address = buyer.address()
    assert anyone.newcomer().send("remove-address", address_id=address).status_code == 404


def test_a_role_that_was_taken_away_no_longer_counts(anyone: Client, admin: Client) -> None:
    seller = anyone.newcomer("seller")
    admin.command("revoke-role", person_id=seller.person_id, role="seller")
    problem(seller.send("create-product", name="Cup", price="4.00", stock=1), 403, "forbidden")


def test_who_is_deactivated_is_nobody_at_once(anyone: Client, admin: Client) -> None:
    person = anyone.newcomer()
    admin.command("deactivate-account", person_id=person.person_id)
    problem(person.send("clear-cart"), 401, "unauthenticated")
    problem(person.http.get("/queries/account"), 401, "invalid-token")
    admin.command("reactivate-account", person_id=person.person_id)
    assert person.http.get("/queries/account").status_code == 200


def test_a_move_that_an_orders_status_does_not_allow(buyer: Client, seller: Client, admin: Client) -> None:
    buyer.command("add-to-cart", product_id=seller.product()["product_id"])
    order_id = buyer.command("place-order", shipping_address_id=buyer.address())["result"]["order_id"]
    body = problem(admin.send("deliver-order", order_id=order_id), 409, "wrong-order-status")
    assert (body["current_status"], body["wanted"]) == ("placed", "delivered")
    buyer.command("cancel-order", order_id=order_id)
    body = problem(buyer.send("cancel-order", order_id=order_id), 409, "wrong-order-status")
    assert (body["current_status"], body["wanted"]) == ("cancelled", "cancelled")
    body = problem(buyer.send("request-payment", order_id=order_id), 409, "not-payable")
    assert body["current_status"] == "cancelled"


def test_what_is_taken_away_is_gone_for_queries_when_the_answer_is_there(anyone: Client, admin: Client) -> None:
    person = anyone.newcomer("seller")
    for _ in range(10):
        assert admin.send("revoke-role", person_id=person.person_id, role="seller").status_code == 200
        problem(person.http.get("/queries/stock/none"), 403, "forbidden")
        assert admin.send("deactivate-account", person_id=person.person_id).status_code == 200
        problem(person.http.get("/queries/account"), 401, "invalid-token")
        assert person.http.get("/api/v1/cart/").status_code == 401
        admin.command("reactivate-account", person_id=person.person_id)
        admin.command("grant-role", person_id=person.person_id, role="seller")
        assert person.http.get("/queries/stock/none").status_code == 404


@pytest.mark.parametrize("token", ["x", "a.b.c", "Bearer", "é"])
def test_a_token_that_is_none(anyone: Client, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode()}
    answer = anyone.http.post("/commands/clear-cart", json={}, headers=headers)  # type: ignore[arg-type]
    problem(answer, 401, "invalid-token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


class TestIdempotencyKey:
    def test_the_same_request_has_the_same_answer_and_is_done_once(self, buyer: Client, seller: Client) -> None:
        product = seller.product()
        key = {"Idempotency-Key": unique("key")}
        fields = {"product_id": product["product_id"], "quantity": 2}
        first, second = (buyer.send("add-to-cart", key, **fields) for _ in range(2))
        assert first.status_code == 200
        assert first.content == second.content
        assert first.headers["Storefold-Position"] == second.headers["Storefold-Position"]
        assert buyer.query("cart")["units"] == 2

    def test_without_a_key_it_is_done_twice(self, buyer: Client, seller: Client) -> None:
        product = seller.product()
        for _ in range(2):
            buyer.command("add-to-cart", product_id=product["product_id"], quantity=2)
        assert buyer.query("cart")["units"] == 4

    def test_another_body_is_refused(self, buyer: Client, seller: Client) -> None:
        product = seller.product()
        key = {"Idempotency-Key": unique("key")}
        assert buyer.send("add-to-cart", key, product_id=product["product_id"], quantity=1).status_code == 200
        answer = buyer.send("add-to-cart", key, product_id=product["product_id"], quantity=2)
        problem(answer, 422, "idempotency-key-reused")

    def test_another_persons_key_is_another_key(self, anyone: Client, seller: Client) -> None:
        product = seller.product()
        key = {"Idempotency-Key": unique("key")}
        for person in (anyone.newcomer(), anyone.newcomer()):
            assert person.send("add-to-cart", key, product_id=product["product_id"], quantity=1).status_code == 200
            assert person.query("cart")["units"] == 1

    def test_many_at_once_are_done_once(self, buyer: Client, seller: Client) -> None:
        product = seller.product(stock=100)
        key = {"Idempotency-Key": unique("key")}
        answers: list[Any] = []

        def send() -> None:
            answers.append(buyer.send("add-to-cart", key, product_id=product["product_id"], quantity=1))

        threads = [threading.Thread(target=send) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert buyer.query("cart")["units"] == 1

    def test_a_key_that_is_none(self, buyer: Client) -> None:
        for key in ("", '""', "x" * 256):
            problem(buyer.send("clear-cart", {"Idempotency-Key": key}), 400, "invalid")


class TestBadInput:
    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"quantity": NaN}', b'{"a":' * 5000, b"\x00"],
        ids=["empty", "cut", "list", "null", "text", "bytes", "nan", "deep", "nul"],
    )
    def test_a_body_that_is_no_command(self, buyer: Client, body: bytes) -> None:
        answer = buyer.http.post("/commands/add-to-cart", content=body, headers={"Content-Type": "application/json"})
        problem(answer, 400, "invalid")

    @pytest.mark.parametrize("quantity", [-1, 0, 1.5, 10**30, "2", True, None, [], {}, 1e300])
    def test_a_quantity_that_is_none(self, buyer: Client, seller: Client, quantity: object) -> None:
        product = seller.product()
        answer = buyer.send("add-to-cart", product_id=product["product_id"], quantity=quantity)
        body = problem(answer, 400, "invalid")
        assert body["errors"][0]["field"] == "quantity"

    @pytest.mark.parametrize(
        "price", ["-1", "0.001", "NaN", "Infinity", "1e400", "", "12,50", "9" * 40, None, [], True]
    )
    def test_a_price_that_is_none(self, seller: Client, price: object) -> None:
        answer = seller.send("create-product", name="Cup", price=price, stock=1)
        assert problem(answer, 400, "invalid")["errors"][0]["field"] == "price"

    @pytest.mark.parametrize("name", ["", " ", "a\x00b", "\ud800", "x" * 501, 7, None])
    def test_a_name_that_is_none(self, seller: Client, name: object) -> None:
        answer = seller.send("create-product", name=name, price="1.00", stock=1)
        assert problem(answer, 400, "invalid")["errors"][0]["field"] in ("name", "")

    @pytest.mark.parametrize(
        "name", ["Ünïcode — ☕", "\u202eevil", "🛒" * 10, "<script>alert(1)</script>", "'; DROP TABLE"]
    )
    def test_odd_names_come_back_as_they_were(self, seller: Client, name: str) -> None:
        made = seller.product(name=name)
        assert seller.query(f"product/{made['product_id']}")["name"] == name

    def test_a_text_that_is_too_long_is_measured_in_characters(self, seller: Client) -> None:
        answer = seller.send("create-product", name="Cup", price="1.00", attributes={"size": "x" * 301})
        [error] = problem(answer, 400, "invalid")["errors"]
        assert error == {"field": "attributes.size", "message": "should have at most 300 characters"}

    def test_an_unknown_field_is_named(self, buyer: Client) -> None:
        body = problem(buyer.send("clear-cart", quantiy=1), 400, "invalid")
        assert body["errors"] == [{"field": "quantiy", "message": "Extra inputs are not permitted"}]

    @pytest.mark.parametrize("number", [0, -1, 2**53, "x", "00000000-0000-0000-0000-000000000000", 1.5])
    def test_an_id_that_is_none(self, buyer: Client, number: object) -> None:
        problem(buyer.send("add-to-cart", product_id=number, quantity=1), 400, "invalid")

    def test_an_id_of_nothing(self, buyer: Client) -> None:
        answer = buyer.send("add-to-cart", product_id=2**53 - 1, quantity=1)
        problem(answer, 404, "product-not-sold")

    def test_a_body_that_is_too_large(self, buyer: Client) -> None:
        answer = buyer.http.post("/commands/add-to-cart", content=b" " * 1_100_000)
        problem(answer, 413, "body-too-large")

    def test_a_body_of_unannounced_length_is_bounded_too(self, buyer: Client) -> None:
        answer = buyer.http.post("/commands/add-to-cart", content=(b" " * 65_536 for _ in range(20)))
        problem(answer, 413, "body-too-large")

    @pytest.mark.parametrize("path", ["/commands/clear-cart", "/api/v1/cart/items/"])
    def test_a_body_that_does_not_come_is_not_waited_for(self, anyone: Client, path: str) -> None:
        host, _, port = anyone.url.removeprefix("http://").partition(":")
        head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 20\r\n"
        if path.startswith("/api"):  # whose rows look at the caller first
            head += f"Authorization: Bearer {anyone.newcomer().token}\r\n"
        with socket.create_connection((host, int(port)), timeout=BODY_SECONDS + 10) as connection:
            connection.sendall(head.encode() + b"\r\n{")
            assert connection.recv(1000).startswith(b"HTTP/1.1 408 ")

    def test_paths_and_methods_that_do_not_exist(self, anyone: Client) -> None:
        problem(anyone.send("no-such-command"), 404, "no-such-path")
        problem(anyone.http.get("/commands/add-to-cart"), 405, "method-not-allowed")
        problem(anyone.http.get("/nowhere"), 404, "no-such-path")


def test_every_problem_type_leads_to_its_page(anyone: Client, buyer: Client) -> None:
    answer = buyer.send("add-to-cart", product_id=2**53 - 1, quantity=1)
    page = anyone.http.get(answer.json()["type"])
    assert page.status_code == 200
    assert page.json()["title"] == answer.json()["title"]
    problem(anyone.http.get("/problems/none-of-ours"), 404, "no-such-path")


def test_signing_in(anyone: Client) -> None:
    person = anyone.newcomer()
    wrong = anyone.http.post("/auth/token", data={"username": person.email, "password": "Storefold-wrong-1"})
    unknown = anyone.http.post("/auth/token", data={"username": "nobody@people.test", "password": "Storefold-wrong-1"})
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.json() == unknown.json()
    assert wrong.json()["error"] == "invalid_grant"
    problem(anyone.http.post("/auth/token", data={"username": person.email}), 400, "invalid")
    assert anyone.http.post("/auth/token", data={"username": "a\x00b", "password": "x\x00"}).json() == wrong.json()


def test_a_product_is_given_with_a_discount_and_all_its_parts_in_one_command(seller: Client) -> None:
    sizes = [{"attributes": {"size": size}, "stock": 4} for size in ("S", "M")]
    offer = {"price": "19.99", "discount_percent": 15}
    made = seller.command("create-product", name="Shirt", offer=offer, variants=sizes, category=["Clothes", "Shirts"])
    product_id = made["result"]["product_id"]
    seller.command(
        "update-product",
        product_id=product_id,
        offer={"price": "39.99"},
        variants=[{"attributes": {"size": "M"}, "stock": 1}, {"attributes": {"size": "L"}, "stock": 2}],
        variants_mode="replace",
        category_part={"name": "Blouses"},
    )
    shown = seller.query(f"product/{product_id}")
    prices = {name: shown[name] for name in ("price", "list_price", "discount_percent", "available")}
    assert prices == {"price": "33.99", "list_price": "39.99", "discount_percent": 15.0, "available": 3}
    assert [named["name"] for named in shown["category"]] == ["Clothes", "Blouses"]
    assert [variant["attributes"] for variant in shown["variants"]] == [{"size": "M"}, {"size": "L"}]
    refused = seller.send("update-product", product_id=product_id, offer={"discount_price": "40.00"})
    assert refused.status_code == 400 and refused.json()["type"] == "/problems/discount-above-price"
    assert seller.query(f"product/{product_id}") == shown
