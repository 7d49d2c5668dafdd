"""How a row is found and its caller known, what is said when that fails, and how lists are cut."""

import asyncio
import base64
from typing import Any

import httpx
import msgspec
import pytest
from starlette.responses import Response
from support.parts import SECRET, bare_parts

from api.middleware import Envelope
from api.problems import refuse
from api.rows.body import ANY, Body
from api.rows.dialect import Dialect, Options
from api.rows.django_rest import rest_errors
from api.rows.errors import Refused, Words, invalid
from api.rows.openapi import document
from api.rows.pages import Page, Paging
from api.rows.row import Call, Rows, Who, reply
from api.rows.surface import Surface
from api.throttling import Rates
from api.tokens import Tokens
from write_side.refusals import Conflict, NotFound
from write_side.secrets.sign_in import Identity

PASSWORDS = {("buyer@x.test", "p:w"): frozenset({"buyer"}), ("seller@x.test", "ü"): frozenset({"seller"})}
LISTS, PAGES = Paging(size=2, largest=3, ceiling=4, lenient=True), Paging(size=2, largest=3)


class Taken(Conflict):
    """A name that somebody has."""

    type = "tests-taken"


class Gone(NotFound):
    """Said as its ancestor is."""

    type = "tests-gone"


class SignIn:
    """The write side's answer, for people who exist here alone."""

    def with_password(self, email: str, password: str) -> Identity | None:
        roles = PASSWORDS.get((email, password))
        return None if roles is None else Identity(7, email, "", "", roles, True)


class Nothing(Body):
    pass


class Found(msgspec.Struct):
    items: list[int]
    total: int


rows = Rows()


@rows.row("GET", "/list", who=Who.ANYBODY, answer=(list[int], Page[int]), spellings=("/list/",), query=LISTS.query)
async def numbers(call: Call[None]) -> Response:
    """Numbers, in two spellings."""
    asked = LISTS.asked(call.request)
    every = list(range(5))
    return asked.answer(Found(list(asked.cut(every)), len(every)), lambda number: number)


@rows.row("GET", "/pages/", who=Who.ANYBODY, answer=Page[int])
async def strict(call: Call[None]) -> Response:
    """Always in an envelope."""
    asked = PAGES.asked(call.request)
    return asked.answer_items(0, [], lambda number: number)


@rows.row("POST", "/say/{what}/", who=Who.ANYBODY, answer=None, status=204, body=Nothing, media=ANY)
async def say(call: Call[Nothing]) -> Response:
    """Refuses in many ways."""
    what = call.request.path_params["what"]
    errors: dict[str, Exception] = {
        "taken": Taken("that name is taken", name="x"),
        "gone": Gone("no trace of it"),
        "own": Refused(401, {"message": "Email or Password is incorrect"}, {"X-Why": "because"}),
        "fields": invalid(a="one", b="two"),
        "fault": ZeroDivisionError(),
    }
    raise errors[what]


@rows.row("GET", "/cookies/", who=Who.ANYBODY, answer=list[str], gives={"X-CSRFToken": {"type": "string"}})
async def cookies(call: Call[None]) -> Response:
    """Takes a cookie, gives two."""
    answer = reply([call.request.cookies.get("refresh", "")])
    answer.set_cookie("refresh", "new", httponly=True)
    answer.delete_cookie("access")
    answer.headers["X-CSRFToken"] = "t"
    return answer


@rows.row("GET", "/me/", who=Who.SENDER, answer=list[Any], basic=True)
async def me(call: Call[None]) -> Response:
    """Who it is."""
    return reply([call.person_id, sorted(call.actor.roles), call.actor.surface])


@rows.row("GET", "/sold/", who=Who.SELLER, answer=list[Any], basic=True)
async def sold(call: Call[None]) -> Response:
    """For sellers."""
    return reply([])


@rows.row("GET", "/tokens/", who=Who.SENDER, answer=list[Any])
async def tokens_alone(call: Call[None]) -> Response:
    """Takes no passwords."""
    return reply([])


def dialect(options: Options | None) -> Dialect:
    return Dialect(
        name="test",
        prefix="",
        owns=("/",),
        errors=rest_errors({Taken: Words(409, "Taken: {detail}", field="name")}),
        rates=Rates.of_others,
        title="Test",
        about="",
        schema="/schema/",
        docs="/docs/",
        options=options,
    )


OPTIONS = Options(("application/json", "text/html"), ANY)


def ask(method: str, path: str, options: Options | None = OPTIONS, **sent: Any) -> httpx.Response:
    parts = bare_parts(sign_in=SignIn())
    surface = Surface(dialect(options), rows, parts, Tokens(SECRET), None)

    async def asking() -> httpx.Response:
        transport = httpx.ASGITransport(Envelope(surface, parts, refuse, {"/": surface.refuse}))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **sent)

    return asyncio.run(asking())


# -- paths and methods ----------------------------------------------------------------------------


def test_both_spellings_are_one_row() -> None:
    assert ask("GET", "/list").json() == ask("GET", "/list/").json() == [0, 1, 2, 3]
    paths = document(rows.declared, dialect(None))["paths"]
    assert paths["/list"]["get"]["operationId"] != paths["/list/"]["get"]["operationId"]


def test_a_path_says_what_it_takes() -> None:
    answer = ask("OPTIONS", "/say/anything/")
    assert answer.json() == {
        "name": "Say",
        "description": "Refuses in many ways.",
        "renders": ["application/json", "text/html"],
        "parses": list(ANY),
    }
    wrong = ask("DELETE", "/say/anything/")
    assert (wrong.status_code, wrong.json()) == (405, {"detail": 'Method "DELETE" not allowed.'})
    assert wrong.headers["allow"] == answer.headers["allow"] == "POST, OPTIONS"
    assert ask("OPTIONS", "/list").headers["allow"] == "GET, HEAD, OPTIONS"
    assert ask("OPTIONS", "/nowhere").status_code == 404
    operations = document(rows.declared, dialect(OPTIONS))["paths"]["/say/{what}/"]
    assert list(operations["options"]["responses"]) == ["200"]


def test_a_surface_without_metadata_has_no_such_method() -> None:
    answer = ask("OPTIONS", "/list", None)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


# -- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "status", "body"),
    [
        ("taken", 409, {"name": ["that name is taken"]}),
        ("gone", 404, {"detail": "Not found."}),
        ("own", 401, {"message": "Email or Password is incorrect"}),
        ("fields", 400, {"a": ["one"], "b": ["two"]}),
        ("fault", 500, {"detail": "A server error occurred."}),
    ],
)
def test_a_refusal_is_said_in_the_surface_s_words(what: str, status: int, body: dict[str, Any]) -> None:
    answer = ask("POST", f"/say/{what}/")
    assert (answer.status_code, answer.json()) == (status, body)
    assert (answer.headers.get("x-why") == "because") is (what == "own")
    assert (answer.headers.get("www-authenticate") == "Bearer") is (status == 401)


def test_cookies_and_headers_of_a_row_arrive() -> None:
    answer = ask("GET", "/cookies/", headers={"Cookie": "refresh=old; other=1"})
    assert answer.json() == ["old"]
    assert answer.headers["x-csrftoken"] == "t"
    given = answer.headers.get_list("set-cookie")
    assert given[0].startswith("refresh=new; HttpOnly") and given[1].startswith('access=""; expires=')
    assert ask("HEAD", "/cookies/").headers["x-csrftoken"] == "t"


# -- pages ----------------------------------------------------------------------------------------


def test_a_list_is_an_array_up_to_its_ceiling_until_a_page_is_asked_for() -> None:
    bare = ask("GET", "/list?other=1")
    assert (bare.json(), bare.headers["x-total-count"]) == ([0, 1, 2, 3], "5")
    page = ask("GET", "/list?page=2&other=1")
    assert page.json() == {
        "count": 5,
        "next": "http://test/list?other=1&page=3",
        "previous": "http://test/list?other=1&page=1",
        "results": [2, 3],
    }
    assert "x-total-count" not in page.headers
    assert ask("GET", "/list?page_size=1").json()["results"] == [0]
    assert ask("GET", "/list?page_size=99").json()["results"] == [0, 1, 2]
    assert ask("GET", "/list?page_size=x").json()["results"] == [0, 1]
    last = ask("GET", "/list?page=3").json()
    assert (last["next"], last["results"]) == (None, [4])


@pytest.mark.parametrize("page", ["4", "0", "-1", "x", "1.5", "", "9" * 40, "١", "%00"])
def test_a_page_that_there_is_not(page: str) -> None:
    answer = ask("GET", f"/list?page={page}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})


def test_pages_that_are_strict_about_their_size() -> None:
    assert ask("GET", "/pages/").json() == {"count": 0, "next": None, "previous": None, "results": []}
    for size in ("0", "x", "-1"):
        assert list(ask("GET", f"/pages/?page_size={size}").json()) == ["page_size"]
    assert ask("GET", "/pages/?page=2").status_code == 404


# -- callers --------------------------------------------------------------------------------------


def basic(text: str | bytes) -> dict[str, str]:
    raw = text if isinstance(text, bytes) else text.encode()
    return {"Authorization": "Basic " + base64.b64encode(raw).decode()}


def test_a_password_instead_of_a_token() -> None:
    assert ask("GET", "/me/", headers=basic("buyer@x.test:p:w")).json() == [7, ["buyer"], "test"]
    assert ask("GET", "/sold/", headers=basic("seller@x.test:ü")).status_code == 200
    assert ask("GET", "/sold/", headers=basic("buyer@x.test:p:w")).status_code == 403
    assert ask("GET", "/tokens/", headers=basic("buyer@x.test:p:w")).status_code == 401


@pytest.mark.parametrize(
    "sent", ["buyer@x.test:wrong", "nobody@x.test:p", "no colon", ":", b"\xff:\xff", "", "x:" + "y" * 9000]
)
def test_a_password_that_is_none(sent: str | bytes) -> None:
    answer = ask("GET", "/me/", headers=basic(sent))
    assert (answer.status_code, list(answer.json())) == (401, ["detail"])


def test_nobody_is_told_to_sign_in() -> None:
    assert ask("GET", "/me/").json() == {"detail": "Authentication credentials were not provided."}
    for header in ("Basic", "Basic !", "Basic ====", "Bearer", "Bearer x", "Digest x"):
        answer = ask("GET", "/me/", headers={"Authorization": header})
        assert (answer.status_code, answer.json()) == (401, {"detail": "Given token not valid for any token type"})


def test_the_document_knows_who_may_send_passwords() -> None:
    made = document(rows.declared, dialect(None))
    assert made["paths"]["/me/"]["get"]["security"] == [{"bearer": []}, {"basic": []}]
    assert made["paths"]["/tokens/"]["get"]["security"] == [{"bearer": []}]
    assert set(made["components"]["securitySchemes"]) == {"bearer", "basic"}
    assert list(made["paths"]["/cookies/"]["get"]["responses"]["200"]["headers"]) == ["X-CSRFToken"]
    assert len(made["paths"]["/list"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["anyOf"]) == 2
