"""What holds on every row of the surfaces that are made of rows alone: their documents, and bodies that are none."""

import json
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from support.product import Client
from support.surfaces import MARKETPLACE, MARTAFF, Caller, Where, document_at

from api.rows.body import FORM, JSON, MULTIPART

NOTHING = "999999999999"
BROKEN = (b"{", b"[]", b'"text"', b"null", b"7", b"\xff\xfe", b'{"name": "\\ud800"}', b'{"a":' + b"[" * 50_000)
ODD: tuple[Any, ...] = (None, True, 10**400, -1, 1.5, " ", "a\x00b", "x" * 30_000, [[]], {"a": {"b": 1}})


@pytest.fixture(params=[MARTAFF, MARKETPLACE], ids=["martaff", "marketplace"], scope="module")
def where(request: pytest.FixtureRequest) -> Where:
    found: Where = request.param
    return found


@pytest.fixture(scope="module")
def document(anyone: Client, where: Where) -> dict[str, Any]:
    return document_at(anyone.url, where).document


@pytest.fixture(scope="module")
def person(anyone: Client, admin: Client, where: Where) -> Caller:
    """May do everything, and sends what may end them."""
    person = anyone.newcomer("seller")
    admin.command("grant-role", person_id=person.person_id, role="admin")
    return Caller(where, anyone.url, anyone.home, anyone.signed_in(person.email, "Storefold-test-1"))


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in sorted(document["paths"].items())
        for method, operation in methods.items()
    ]


def with_bodies(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [one for one in operations(document) if "requestBody" in one[2] and one[1] != "/accounts/delete/"]


def send(person: Caller, method: str, path: str, content: bytes, kind: str) -> httpx.Response:
    here = person.url + "/".join(NOTHING if part.startswith("{") else part for part in path.split("/"))
    return person.http.request(method, here, content=content, headers={"Content-Type": kind})


def test_the_document_is_one(document: dict[str, Any]) -> None:
    references = {part.partition('"')[0] for part in json.dumps(document).split('"#/components/schemas/')[1:]}
    assert references <= set(document["components"]["schemas"])
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for _, _, operation in operations(document))


def test_every_row_has_examples_that_fit(document: dict[str, Any]) -> None:
    for _, _, operation in operations(document):
        parts = [operation.get("requestBody", {})]
        parts += [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        for content in [content for part in parts for content in part.get("content", {}).values()]:
            schema = {**content["schema"], "components": document["components"]}
            validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
            faults = [fault.message for fault in validator.iter_errors(content["example"])]
            assert not faults, (operation["operationId"], faults)


WISHES = {"/accounts/refresh/"}  # whose body is a wish: what is none that can be read is no wish


def test_bodies_that_are_none(person: Caller, document: dict[str, Any]) -> None:
    for method, path, operation in with_bodies(document):
        media = operation["requestBody"]["content"]
        for kind in {"text/plain", "application/xml", JSON, FORM} - set(media):
            answer = send(person, method, path, b"a=b", kind)
            expected = 400 if path in WISHES else 415  # the cookie is missing
            assert answer.status_code == expected, f"{method} {path} {kind}: {answer.status_code}"
        for content in BROKEN if JSON in media else ():
            answer = send(person, method, path, content, JSON)
            assert answer.status_code == 400, f"{method} {path} {content[:20]!r}: {answer.status_code} {answer.text}"
        if MULTIPART in media:
            answer = send(person, method, path, b"--b\r\ncut off", MULTIPART + "; boundary=b")
            assert answer.status_code == 400, f"{method} {path}: {answer.status_code} {answer.text}"


def test_odd_values_are_the_clients_fault(person: Caller, document: dict[str, Any]) -> None:
    for method, path, operation in with_bodies(document):
        media = operation["requestBody"]["content"]
        reference = next(iter(media.values()))["schema"]["$ref"]
        fields = document["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
        for value in ODD if JSON in media else ():
            content = json.dumps(dict.fromkeys(fields, value)).encode()
            answer = send(person, method, path, content, JSON)
            assert answer.status_code < 500, f"{method} {path} {str(value)[:20]}: {answer.text}"
        for kind, text in ((FORM, "%00%ff&{0}=[]&{0}={{"), (FORM, "{0}=")):
            if kind in media:
                content = "&".join(text.format(field) for field in fields).encode()
                assert send(person, method, path, content, kind).status_code < 500, f"{method} {path} {text}"


def test_a_body_has_a_limit(person: Caller, document: dict[str, Any]) -> None:
    largest = b'{"a": "' + b"x" * 40_000_000
    method, path, _ = next(one for one in with_bodies(document) if JSON in one[2]["requestBody"]["content"])
    assert send(person, method, path, largest[:2_000_000], JSON).status_code in (400, 413)
    assert send(person, method, path, largest, JSON).status_code == 413
