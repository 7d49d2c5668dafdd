"""What holds on every row: who may call it, the shape of errors, and the document that describes it."""

import json
import uuid
from typing import Any

import httpx
import jwt
import pytest
from jsonschema import Draft202012Validator
from support.product import Client
from support.shopper import Shopper, document_of, refused

from storefold.settings import DEVELOPMENT_SECRET

ANYBODY, VISITOR, SIGNED_IN, STAFF = "anybody", "visitor", "signed in", "staff"
WHO = {
    ("POST", "/auth/register/"): ANYBODY,
    ("GET", "/auth/verify-email/"): ANYBODY,
    ("POST", "/auth/login/"): ANYBODY,
    ("POST", "/auth/refresh/"): ANYBODY,
    ("POST", "/auth/logout/"): SIGNED_IN,
    ("POST", "/auth/password/"): SIGNED_IN,
    ("GET", "/auth/me/"): SIGNED_IN,
    ("PUT", "/auth/me/"): SIGNED_IN,
    ("GET", "/auth/me/addresses/"): SIGNED_IN,
    ("POST", "/auth/me/addresses/"): SIGNED_IN,
    ("GET", "/products/categories/"): ANYBODY,
    ("GET", "/products/"): VISITOR,
    ("POST", "/products/"): STAFF,
    ("GET", "/products/{slug}/"): VISITOR,
    ("PUT", "/products/{slug}/"): STAFF,
    ("DELETE", "/products/{slug}/"): STAFF,
    ("GET", "/products/{slug}/reviews/"): ANYBODY,
    ("POST", "/products/{slug}/reviews/"): SIGNED_IN,
    ("POST", "/products/{slug}/wishlist/"): SIGNED_IN,
    ("GET", "/products/wishlist/me/"): SIGNED_IN,
    ("GET", "/stock/low/"): STAFF,
    ("GET", "/cart/"): SIGNED_IN,
    ("POST", "/cart/items/"): SIGNED_IN,
    ("PUT", "/cart/items/{id}/"): SIGNED_IN,
    ("DELETE", "/cart/items/{id}/"): SIGNED_IN,
    ("POST", "/cart/clear/"): SIGNED_IN,
    ("GET", "/orders/"): SIGNED_IN,
    ("POST", "/orders/"): SIGNED_IN,
    ("GET", "/orders/{id}/"): SIGNED_IN,
    ("PUT", "/orders/{id}/"): STAFF,
    ("PATCH", "/orders/{id}/"): STAFF,
    ("GET", "/orders/{id}/items/{item_id}/"): SIGNED_IN,
    ("POST", "/orders/{id}/cancel/"): SIGNED_IN,
    ("POST", "/payments/create-intent/"): SIGNED_IN,
    ("POST", "/payments/confirm/"): SIGNED_IN,
    ("POST", "/payments/webhook/"): ANYBODY,
    ("POST", "/shipping/webhook/"): ANYBODY,
}
"""Every row, and who may call it; ownership is proved row by row in the other modules."""

ROWS = sorted(WHO)


def path_of(template: str) -> str:
    some = str(uuid.uuid4())
    return template.format(id=some, item_id=some, slug="no-such-product")


def rows_of(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in document["paths"].items()
        for method in methods
    }


def test_every_row_is_listed_here(passer_by: Shopper) -> None:
    assert rows_of(document_of(passer_by.url).document) == set(WHO)


@pytest.mark.parametrize(("method", "path"), ROWS)
def test_who_may_call(passer_by: Shopper, shopper: Shopper, method: str, path: str) -> None:
    here, who = path_of(path), WHO[method, path]

    def answer(token: str | None) -> httpx.Response:
        headers = {} if token is None else {"Authorization": token}
        return passer_by.http.request(method, here, headers=headers)

    if who in (SIGNED_IN, STAFF):
        details = refused(answer(None), 401, "not_authenticated")
        assert details == {}
        assert answer(None).headers["www-authenticate"] == "Bearer"
    else:
        assert answer(None).status_code != 401 or path == "/auth/login/"
    access, refresh = shopper.tokens["access"], shopper.tokens["refresh"]
    claims = jwt.decode(access, options={"verify_signature": False})
    forged = jwt.encode(claims, "another-secret-that-is-long-enough-for-it", algorithm="HS256")
    unsigned = jwt.encode(claims, "", algorithm="none")
    expired = jwt.encode(claims | {"exp": 1}, DEVELOPMENT_SECRET, algorithm="HS256")
    for bad in (refresh, forged, unsigned, expired, "x", ""):
        refusal = answer(f"Bearer {bad}".strip())
        if who is ANYBODY:
            assert refusal.status_code != 401
        else:
            refused(refusal, 401, "invalid_token", "Token is invalid or expired")
    good = answer(f"Bearer {access}")
    if who is STAFF:
        refused(good, 403, "permission_denied")
    else:
        assert good.status_code not in (401, 403)


@pytest.mark.parametrize("path", ["/nothing", "/nothing/", "/cart", "/products/a/b/", "/"])
def test_an_unknown_path(passer_by: Shopper, path: str) -> None:
    refused(passer_by.get(path), 404, "not_found")


@pytest.mark.parametrize(("method", "path"), ROWS)
def test_a_wrong_method(passer_by: Shopper, method: str, path: str) -> None:
    right = {known for known, template in ROWS if template == path}
    for wrong in {"GET", "POST", "PUT", "PATCH", "DELETE"} - right:
        answer = passer_by.http.request(wrong, path_of(path))
        refused(answer, 405, "method_not_allowed")
        assert set(answer.headers["allow"].split(", ")) == right


def test_a_position_that_is_none_and_one_that_is_not_reached(passer_by: Shopper) -> None:
    for wrong in ("x", "-1", "1.5", ""):
        details = refused(
            passer_by.get("/products/", headers={"Storefold-Min-Position": wrong}), 400, "validation_error"
        )
        assert list(details) == ["Storefold-Min-Position"]
    far = passer_by.get("/products/categories/", headers={"Storefold-Min-Position": str(10**15)})
    refused(far, 503, "unavailable")
    assert far.headers["retry-after"] == "1"


def with_body() -> list[tuple[str, str]]:
    without = ("cancel/", "clear/", "webhook/", "wishlist/")
    return [row for row in ROWS if row[0] in ("POST", "PUT", "PATCH") and not row[1].endswith(without)]


def allowed(shopper: Shopper, staff: Shopper, method: str, path: str) -> Shopper:
    """Somebody who may call the row."""
    return staff if WHO[method, path] is STAFF else shopper


@pytest.mark.parametrize(("method", "path"), with_body())
def test_a_body_is_a_json_object(shopper: Shopper, staff: Shopper, method: str, path: str) -> None:
    caller = allowed(shopper, staff, method, path)

    def answer(body: bytes, kind: str = "application/json") -> httpx.Response:
        return caller.http.request(method, path_of(path), content=body, headers={"Content-Type": kind})

    deep = b'{"email":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    for body in (b"{", b"[]", b'"text"', b"null", b"7", b"\xff\xfe", b'{"email": "\\ud800"}', deep):
        refused(answer(body), 400, "parse_error")
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        refused(answer(b"a=b", kind), 415, "unsupported_media_type")
    assert answer(b"{}", "application/json; charset=utf-8").status_code != 415
    assert answer(b'{"a": 1}', "Application/JSON").status_code != 415


@pytest.mark.parametrize(("method", "path"), with_body())
def test_odd_values_are_the_clients_fault(shopper: Shopper, staff: Shopper, method: str, path: str) -> None:
    caller = allowed(shopper, staff, method, path)
    document = document_of(shopper.url).document
    row = document["paths"][f"/api/v1{path}"][method.lower()]
    reference = row["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    fields = document["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
    odd = [None, True, 0, -1, 1.5, 10**400, "", " ", "a\x00b", "\u202e", "x" * 30_000, [], [[]], {}, {"a": {"b": 1}}]
    for value in odd:
        # httpx refuses numbers that JSON allows; a client's library need not.
        answer = caller.http.request(
            method,
            path_of(path),
            content=json.dumps(dict.fromkeys(fields, value)).encode(),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code < 500, (value, answer.text)


def test_a_body_has_a_limit(shopper: Shopper) -> None:
    body = json.dumps({"email": "a@b.test", "password": "x" * 2_000_000}).encode()
    announced, unannounced = body, (part for part in (body[:1_000_000], body[1_000_000:]))
    for content in (announced, unannounced):
        answer = shopper.http.post("/auth/login/", content=content, headers={"Content-Type": "application/json"})
        refused(answer, 413, "body_too_large")


def test_the_document_is_one(passer_by: Shopper) -> None:
    document = document_of(passer_by.url).document
    assert document["openapi"].startswith("3.1")
    text = json.dumps(document)
    references = {reference.partition('"')[0] for reference in text.split('"#/components/schemas/')[1:]}
    assert references <= set(document["components"]["schemas"])
    for methods in document["paths"].values():
        for row in methods.values():
            assert row["summary"]
    names = [row["operationId"] for methods in document["paths"].values() for row in methods.values()]
    assert len(names) == len(set(names))


def test_the_documents_are_where_the_contract_has_them(passer_by: Shopper) -> None:
    schema, docs = httpx.get(f"{passer_by.url}/api/schema/"), httpx.get(f"{passer_by.url}/api/docs/")
    assert (schema.status_code, schema.headers["content-type"]) == (200, "application/json")
    assert docs.status_code == 200
    assert docs.headers["content-type"].startswith("text/html")
    assert "/api/schema/" in docs.text


def test_a_token_of_another_surface_is_good_here(goods: Client) -> None:
    profile = goods.http.get("/api/v1/auth/me/")
    assert profile.status_code == 200
    assert profile.json()["email"] == goods.email


def test_writes_carry_their_position(shopper: Shopper) -> None:
    answer = shopper.post("/auth/me/addresses/", {})
    assert "storefold-position" not in answer.headers
    done = shopper.put("/auth/me/", {"first_name": "Augusta"})
    assert int(done.headers["storefold-position"]) > 0


def test_every_row_has_examples_that_fit(passer_by: Shopper) -> None:
    whole = document_of(passer_by.url).document
    operations = [operation for methods in whole["paths"].values() for operation in methods.values()]
    shown = 0
    for operation in operations:
        parts = [operation.get("requestBody", {})]
        parts += [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        for content in [content for part in parts for content in part.get("content", {}).values()]:
            schema = {**content["schema"], "components": whole["components"]}
            validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
            faults = [fault.message for fault in validator.iter_errors(content["example"])]
            assert not faults, (operation["operationId"], faults)
            shown += 1
    assert shown >= len(operations) - 2, "of the rows, deletions alone have nothing to show"
