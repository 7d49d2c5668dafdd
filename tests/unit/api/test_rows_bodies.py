"""What a row reads: JSON, forms and files, of any size and of any brokenness."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from pydantic import Field
from starlette.responses import Response
from support.parts import SECRET, bare_parts

from api.middleware import Envelope
from api.problems import refuse
from api.rows.body import ANY, FORM, JSON, LARGEST_FILE, MULTIPART, Body, Upload
from api.rows.dialect import Dialect
from api.rows.django_rest import rest_errors
from api.rows.fields import JSON_TEXT, TextList, Truth, Uploads, Whole
from api.rows.openapi import document
from api.rows.row import Call, Rows, Who, reply
from api.rows.surface import Surface
from api.throttling import Rates
from api.tokens import Tokens

ROOM = LARGEST_FILE + 200_000


class Contact(Body):
    phone: Annotated[str, Field(max_length=20)] = ""


class Thing(Body):
    name: Annotated[str, Field(min_length=1, max_length=20)]
    stock: Annotated[Whole, Field(ge=0, le=100)] = 0
    active: Truth = True
    tags: TextList = []
    contact: Annotated[Contact, JSON_TEXT] | None = None
    main: Upload | None = None
    more: Uploads = []


rows = Rows()


@rows.row("POST", "/things/", who=Who.ANYBODY, answer=dict[str, Any], body=Thing, media=ANY, largest=ROOM)
async def make_thing(call: Call[Thing]) -> Response:
    """Makes a thing."""
    body = call.body
    files = [[file.name, file.kind, len(file.content)] for file in ([body.main] if body.main else []) + body.more]
    return reply(body.model_dump(mode="json", exclude={"main", "more"}, exclude_unset=True) | {"files": files})


@rows.row("PUT", "/things/", who=Who.ANYBODY, answer=dict[str, Any], body=Thing)
async def change_thing(call: Call[Thing]) -> Response:
    """Takes JSON alone."""
    return reply(call.body.model_dump(mode="json"))


@rows.row("PATCH", "/things/", who=Who.ANYBODY, answer=dict[str, Any], body=Thing, media=(MULTIPART,))
async def change_picture(call: Call[Thing]) -> Response:
    """Takes files alone."""
    return reply(call.body.model_dump(mode="json", exclude={"main", "more"}))


def _dialect() -> Dialect:
    return Dialect(
        name="test",
        prefix="/t",
        owns=("/t/",),
        errors=rest_errors({}),
        rates=Rates.of_others,
        title="Test",
        about="",
        schema="/schema/",
        docs="/docs/",
    )


def _application() -> Any:
    parts = bare_parts()
    surface = Surface(_dialect(), rows, parts, Tokens(SECRET), None)
    return Envelope(surface, parts, refuse, {"/t/": surface.refuse})


APPLICATION = _application()


def ask(method: str = "POST", /, **options: Any) -> httpx.Response:
    async def asking() -> httpx.Response:
        transport = httpx.ASGITransport(APPLICATION)
        async with httpx.AsyncClient(transport=transport, base_url="http://test/t") as client:
            return await client.request(method, "/things/", **options)

    return asyncio.run(asking())


def raw(kind: str, content: bytes, method: str = "POST") -> httpx.Response:
    return ask(method, content=content, headers={"Content-Type": kind})


def part(name: str, value: str, more: str = "") -> str:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


# -- one body, three ways -------------------------------------------------------------------------


def test_a_body_says_the_same_in_every_form() -> None:
    whole = {"name": "Ada", "stock": 7, "active": False, "tags": ["a", "b"], "contact": {"phone": "+1"}, "files": []}
    assert ask(json={key: value for key, value in whole.items() if key != "files"}).json() == whole
    text = {"name": "Ada", "stock": "7", "active": "No", "contact": '{"phone": "+1"}'}
    for tags in (["a", "b"], "a, b", ["a,", " b"], '["a", "b"]'):
        assert ask(data=text | {"tags": tags}).json() == whole
        assert ask(data=text | {"tags": tags}, files={"other": b"x"}).json() == whole


def test_a_comma_in_a_list_of_json_is_a_comma() -> None:
    assert ask(json={"name": "A", "tags": ["a, b"]}).json()["tags"] == ["a, b"]
    assert ask(json={"name": "A", "tags": "a, b"}).json()["tags"] == ["a", "b"]


def test_of_a_field_that_is_sent_again_the_last_counts_and_unknown_ones_do_not() -> None:
    assert raw(FORM, b"name=A&name=B&owner=me&=&&").json() == {"name": "B", "files": []}


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "yes", "On"])
def test_a_word_of_truth(word: str) -> None:
    assert ask(data={"name": "A", "active": word}).json()["active"] is True
    assert ask(json={"name": "A", "active": word}).json()["active"] is True


@pytest.mark.parametrize("word", ["", "maybe", "2", None, [], 1.0, "\x00"])
def test_no_word_of_truth(word: Any) -> None:
    assert list(ask(json={"name": "A", "active": word}).json()) == ["active"]


@pytest.mark.parametrize(
    "text", ["{", "[1]", '"x"', "7", "null", "NaN", "[" * 10_000, '{"phone": 7}', '{"phone":"\\ud800"}']
)
def test_no_object_in_a_form(text: str) -> None:
    answer = ask(data={"name": "A", "contact": text})
    assert (answer.status_code, list(answer.json())) == (400, ["contact"])


def test_what_is_wrong_is_said_by_field() -> None:
    wrong = {"name": "", "stock": 101, "tags": [1], "contact": "{"}
    assert ask(json=wrong).json() == {
        "name": ["This field may not be blank."],
        "stock": ["Ensure this value is less than or equal to 100."],
        "tags": ["Not a valid string."],
        "contact": ["Invalid JSON format"],
    }
    assert ask(json={}).json() == {"name": ["This field is required."]}
    assert ask(json={"name": None, "stock": "x"}).json() == {
        "name": ["This field may not be null."],
        "stock": ["A valid integer is required."],
    }
    for number in ("1.5", "9" * 30, "١", "0x10", ""):
        assert list(ask(data={"name": "A", "stock": number}).json()) == ["stock"]


# -- files ----------------------------------------------------------------------------------------


def test_files_arrive_whole_with_what_the_client_claims() -> None:
    files = [
        ("main", ("../../etc/passwd", b"\x89PNG", "image/png")),
        ("more", ("a", b"1", "text/html")),
        ("more", ("b", bytes(LARGEST_FILE), "image/gif")),
    ]
    done = ask(data={"name": "A"}, files=files)
    assert done.json() == {
        "name": "A",
        "files": [["../../etc/passwd", "image/png", 4], ["a", "text/html", 1], ["b", "image/gif", LARGEST_FILE]],
    }


def test_files_that_are_none() -> None:
    assert ask(data={"name": "A"}, files={"main": b""}).json() == {"main": ["The submitted file is empty."]}
    large = ask(data={"name": "A"}, files={"main": bytes(LARGEST_FILE + 1)})
    assert (large.status_code, list(large.json())) == (400, ["main"])
    for answer in (ask(json={"name": "A", "main": "x"}), ask(data={"name": "A", "main": "x"})):
        assert (answer.status_code, list(answer.json())) == (400, ["main"])
    text = ask(files={"name": ("a.txt", b"a file where text should be")})
    assert text.json() == {"name": ["Not a valid string."]}


# -- what is no body at all -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (JSON, b"{"),
        (JSON, b"[]"),
        (JSON, b'"x"'),
        (JSON, b"\xff"),
        (MULTIPART, b"x"),
        (MULTIPART + "; boundary=", b"x"),
        (MULTIPART + "; boundary=b", b"x"),
        (MULTIPART + "; boundary=b", part("name", "A").encode()),  # cut off before its end
        (MULTIPART + "; boundary=b", b'--b\r\nContent-Disposition: form-data; name="na'),
        (MULTIPART + "; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nA\r\n--b--\r\n"),
        (MULTIPART + "; boundary=b", b"--b\r\nnonsense\r\n\r\nA\r\n--b--\r\n"),
        (MULTIPART + "; boundary=b; charset=idna", (part("xn--a.", "\u00e4" * 70) + "--b--\r\n").encode()),
        (MULTIPART + '; boundary=b; charset="\\\x00"', (part("name", "A") + "--b--\r\n").encode()),
        (FORM, b"&".join(b"a=%d" % n for n in range(1001))),
        (MULTIPART + "; boundary=b", (part("f", "x", '; filename="f"') * 51 + "--b--\r\n").encode()),
    ],
)  # fmt: skip
def test_a_body_that_is_none(kind: str, content: bytes) -> None:
    answer = raw(kind, content)
    assert (answer.status_code, list(answer.json())) == (400, ["detail"]), answer.text


def test_odd_forms_are_read_or_refused() -> None:
    odd = [b"%", b"%ff=%ff", b"name=%00", b"=", b"&&&", b"name", b"a" * 100_000, b"name=" + b"%F0%9F%92%A9" * 10, b""]
    for content in odd:
        assert raw(FORM, content).status_code in (200, 400), content
    assert raw(FORM, b"name=%00").json() == {"name": ["Null characters are not allowed."]}
    empty = raw(MULTIPART + "; boundary=b", b"")
    assert empty.json() == {"name": ["This field is required."]}


def test_other_types_are_not_understood() -> None:
    for kind in ("text/plain", "application/xml", "", "multipart/mixed; boundary=b"):
        answer = raw(kind, b"name=A")
        assert (answer.status_code, list(answer.json())) == (415, ["detail"]), kind
    assert raw(FORM, b"name=A", "PUT").status_code == 415
    assert raw(JSON, b'{"name": "A"}', "PATCH").status_code == 415
    assert raw(JSON + "; charset=utf-8", b'{"name": "A"}', "PUT").status_code == 200


# -- sizes ----------------------------------------------------------------------------------------


def test_a_row_that_takes_files_takes_more_and_not_without_end() -> None:
    async def trickle(content: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(content), 100_000):
            yield content[start : start + 100_000]

    def sent(method: str, size: int, *, announced: bool) -> int:
        content = (part("main", "x" * size, '; filename="f"') + part("name", "A") + "--b--\r\n").encode()
        kind = {"Content-Type": MULTIPART + "; boundary=b"}
        return ask(method, content=content if announced else trickle(content), headers=kind).status_code

    for announced in (True, False):
        assert sent("POST", LARGEST_FILE, announced=announced) == 200
        assert sent("POST", ROOM, announced=announced) == 413
        assert sent("PATCH", 1_000_000, announced=announced) == 200
        assert sent("PATCH", 1_050_000, announced=announced) == 413
    assert ask(content=b"x", headers={"Content-Length": "9" * 5000, "Content-Type": FORM}).status_code == 413


def test_the_document_names_what_a_row_takes() -> None:
    made = document(rows.declared, _dialect())
    content = made["paths"]["/t/things/"]["post"]["requestBody"]["content"]
    assert list(content) == [JSON, FORM, MULTIPART]
    thing = made["components"]["schemas"]["ThingIn"]["properties"]
    assert thing["more"]["items"] == {"type": "string", "format": "binary"}
    assert thing["active"]["type"] == "boolean"
