"""The document says what there is: every live route, and no other."""

from typing import Any

import httpx
from jsonschema import Draft202012Validator
from support.product import Client

from write_side.registry import COMMANDS


def document(anyone: Client) -> dict[str, Any]:
    found: dict[str, Any] = anyone.http.get("/openapi.json").json()
    return found


def test_it_names_every_command_and_query(anyone: Client) -> None:
    paths = document(anyone)["paths"]
    assert {f"/commands/{name}" for name in COMMANDS} == {path for path in paths if path.startswith("/commands/")}
    queries = {path.split("/")[2] for path in paths if path.startswith("/queries/")}
    assert queries >= {"product", "search", "cart", "order", "orders", "account", "stock", "categories", "payment"}
    assert "/auth/token" in paths


def test_every_reference_leads_somewhere(anyone: Client) -> None:
    whole = document(anyone)

    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return own + [found for value in part.values() for found in references(value)]
        return [found for value in part for found in references(value)] if isinstance(part, list) else []

    found = references(whole)
    assert found
    for reference in found:
        place: Any = whole
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_answers_are_as_documented(anyone: Client, admin: Client, seller: Client, buyer: Client) -> None:
    made = seller.product(attributes={"color": "red"}, brand="Stelton", category=["Home"])
    buyer.command("add-to-cart", product_id=made["product_id"], quantity=1)
    address = buyer.address()
    cart = buyer.query("cart")
    order_id = buyer.command("place-order", shipping_address_id=address)["result"]["order_id"]
    whole = document(anyone)
    answers = {
        "/queries/product/{product}": anyone.query(f"product/{made['slug']}"),
        "/queries/products": anyone.query("products"),
        "/queries/search": anyone.query("search", facets=True),
        "/queries/suggestions": anyone.query("suggestions", q="th"),
        "/queries/categories": anyone.query("categories"),
        "/queries/brands": anyone.query("brands"),
        "/queries/cart": cart,
        "/queries/order/{order_id}": buyer.query(f"order/{order_id}"),
        "/queries/orders": buyer.query("orders"),
        "/queries/account": buyer.query("account"),
        "/queries/accounts": admin.query("accounts"),
        "/queries/stock/{sku}": seller.query(f"stock/{made['sku']}"),
    }
    for path, answer in answers.items():
        schema = whole["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": whole["components"]}).validate(answer)


def test_what_a_command_and_a_sign_in_answer_is_as_documented(anyone: Client, buyer: Client) -> None:
    whole = document(anyone)

    def check(path: str, answer: httpx.Response) -> None:
        documented = whole["paths"][path]["post"]["responses"][str(answer.status_code)]
        schema = documented["content"][answer.headers["content-type"]]["schema"]
        Draft202012Validator({**schema, "components": whole["components"]}).validate(answer.json())

    check("/commands/clear-cart", buyer.send("clear-cart"))
    changed = buyer.send("update-profile", first_name="Ada")
    assert changed.json()["events"]
    check("/commands/update-profile", changed)
    check("/commands/clear-cart", buyer.send("clear-cart", x=1))
    for form in ({}, {"username": "nobody@people.test", "password": "x"}):
        refused = anyone.http.post("/auth/token", data=form)
        assert refused.status_code == 400
        check("/auth/token", refused)


def test_the_docs_page_can_sign_in(anyone: Client) -> None:
    flow = document(anyone)["components"]["securitySchemes"]["password"]["flows"]["password"]
    assert flow["tokenUrl"] == "/auth/token"
    assert anyone.http.get("/docs").status_code == 200
