"""Route × role × owner: who may call a row of a surface, and whose things they may not touch there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt

from storefold.settings import DEVELOPMENT_SECRET
from support.pictures import picture
from support.product import PASSWORD, Client, unique
from support.surfaces import Caller

PUBLIC, SIGNED_IN, SELLER, STAFF = "public", "signed in", "seller", "staff"
NOTHING = 999_999_999_999  # an id that was never given out
MAY = {
    "nobody": {PUBLIC},
    "buyer": {PUBLIC, SIGNED_IN},
    "seller": {PUBLIC, SIGNED_IN, SELLER},
    "admin": {PUBLIC, SIGNED_IN, SELLER, STAFF},
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`own`: whoever may call the row may not for what is another's; then the rest must be a request that its owner
    could send. `at`, `query`, `sends`: texts like "<order>" are places in the world below; `at` fills in the path.
    `files`: names under which a picture is sent, with `sends` as a form. `strangers`: the roles that are strangers
    there. `ends`: whoever calls it is gone then, so that those who may are proved elsewhere."""

    who: str
    own: bool = False
    at: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    sends: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ("buyer", "seller")
    ends: bool = False


Table = Mapping[tuple[str, str], Rule]


@dataclass(frozen=True)
class World:
    """What a seller and a buyer own, and the others who want it. `places`: what the words of a table stand for."""

    rivals: dict[str, Caller]
    owner: Client
    buyer: Client
    places: dict[str, str]

    def ask(
        self, who: Caller, row: tuple[str, str], rule: Rule, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        method, path = row
        options: dict[str, Any] = {"params": self._filled(rule.query), "headers": headers or {}}
        if rule.files:
            shown = picture()
            options |= {"data": self._filled(rule.sends), "files": [(name, ("p.png", shown)) for name in rule.files]}
        elif method != "GET":
            options["json"] = self._filled(rule.sends)
        places = {name: "<slug>" if name == "slug" else str(NOTHING) for name in re.findall(r"{(\w+)}", path)}
        return who.http.request(method, path.format(**self._filled({**places, **rule.at})), **options)

    def untouched(self) -> None:
        """Nobody but its owners changed anything. Raises AssertionError."""
        product = self.owner.query(f"product/{self.places['product']}")
        assert (product["name"], product["active"], product["price"]) == (self.places["name"], True, "19.99")
        assert [image["alt_text"] for image in product["images"]] == ["front"]
        order = self.buyer.query(f"order/{self.places['order']}")
        assert (order["status"], order["shipments"]) == ("placed", [])
        review = self.buyer.query(f"review/{self.places['review']}")
        assert (review["rating"], review["comment"]) == (5, "mine")
        assert [line["quantity"] for line in self.buyer.query("cart")["lines"]] == [1]

    def _filled(self, part: Any) -> Any:
        if isinstance(part, str):
            return re.sub(r"<(\w+)>", lambda found: self.places[found[1]], part)
        if isinstance(part, Mapping):
            return {name: self._filled(value) for name, value in part.items()}
        return [self._filled(one) for one in part] if isinstance(part, list) else part


def world_of(passer_by: Caller, staff: Caller) -> World:
    """Made by native commands, so that no surface needs rows for it."""
    owner, buyer = passer_by.newcomer("seller").core, passer_by.newcomer().core
    name = unique("Matrix")
    made = owner.product(stock=50, name=name)
    product = made["product_id"]
    key = owner.http.post("/uploads/product-image", files={"file": ("p.png", picture())}).json()["key"]
    image = owner.command("add-product-image", product_id=product, key=key, alt_text="front")["result"]["image_id"]
    address = buyer.address()
    buyer.command("add-to-cart", product_id=product)
    order = buyer.command("place-order", shipping_address_id=address)["result"]["order_id"]
    line = buyer.command("add-to-cart", product_id=product)["result"]["line_id"]
    opinion = {"product_id": product, "rating": 5, "comment": "mine", "policy": "martaff"}
    review = buyer.command("write-review", **opinion)["result"]["review_id"]
    places = {"product": product, "slug": made["slug"], "image": image, "key": key, "order": order, "line": line}
    places |= {"review": review, "owner": owner.person_id, "name": name, "email": buyer.email, "password": PASSWORD}
    rivals = {"nobody": passer_by, "buyer": passer_by.newcomer(), "seller": passer_by.newcomer("seller")}
    return World(rivals | {"admin": staff}, owner, buyer, {word: str(place) for word, place in places.items()})


def live_rows(document: dict[str, Any], prefix: str) -> set[tuple[str, str]]:
    """As a table names them; `OPTIONS` belongs to every path, and is nobody's row."""
    return {
        (method.upper(), path.removeprefix(prefix))
        for path, methods in document["paths"].items()
        for method in methods
        if method != "options"
    }


def check_roles(world: World, row: tuple[str, str], rule: Rule) -> None:
    """401 for nobody, 403 for somebody who may not (404, too, for what is another's), anything else for who may."""
    for role, person in world.rivals.items():
        if rule.who in MAY[role] and (rule.own or rule.ends):
            continue  # proved below, or elsewhere
        answer = world.ask(person, row, rule)
        told = f"{role}: {answer.status_code} {answer.text}"
        if rule.who is PUBLIC:
            assert answer.status_code < 500 and answer.status_code != 403, told
        elif role == "nobody":
            assert answer.status_code == 401, told
            assert answer.headers["www-authenticate"]
        elif rule.who in MAY[role]:
            assert answer.status_code not in (401, 403) and answer.status_code < 500, told
        else:
            assert answer.status_code in ((403, 404) if rule.own else (403,)), told
    world.untouched()


def check_strangers(world: World, row: tuple[str, str], rule: Rule) -> None:
    """What is somebody else's stays as it is."""
    for role in rule.strangers:
        answer = world.ask(world.rivals[role], row, rule)
        assert answer.status_code in (403, 404), f"{role}: {answer.status_code} {answer.text}"
        assert "storefold-position" not in answer.headers
    world.untouched()


def bad_tokens(person: Caller) -> Iterator[str]:
    """Tokens that open nothing: forged, unsigned, expired, of the wrong kind, another's, none."""
    assert person.core.token is not None
    claims = jwt.decode(person.core.token, options={"verify_signature": False})
    yield jwt.encode(claims, "another-secret-that-is-long-enough-for-it", algorithm="HS256")
    yield jwt.encode(claims, "", algorithm="none")
    yield jwt.encode(claims | {"exp": 1}, DEVELOPMENT_SECRET, algorithm="HS256")
    yield jwt.encode(claims | {"typ": "refresh"}, DEVELOPMENT_SECRET, algorithm="HS256")
    yield jwt.encode(claims | {"iss": "elsewhere"}, DEVELOPMENT_SECRET, algorithm="HS256")
    yield "x"


def check_tokens(world: World, row: tuple[str, str], rule: Rule) -> None:
    """A bad token is nobody's."""
    for token in bad_tokens(world.rivals["buyer"]):
        answer = world.ask(world.rivals["nobody"], row, rule, {"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, f"{token}: {answer.status_code} {answer.text}"


ODD_TEXTS = ("%00", "-1", "9" * 30, "%D9%A3", "%ff", "1e9", "x" * 3000, "..%2f..", "%22;--")


def check_odd_paths(passer_by: Caller, admin: Caller, path: str, methods: set[str]) -> None:
    """Whatever stands where an id or a slug should: never a fault of ours."""
    for text in ODD_TEXTS:
        here = re.sub(r"{\w+}", text, path)
        for method in methods:
            for person in (passer_by, admin):
                answer = person.http.request(method, here, json={} if method != "GET" else None)
                assert answer.status_code < 500, f"{method} {here}: {answer.text}"


def check_wrong_methods(passer_by: Caller, path: str, methods: set[str]) -> None:
    """405, naming all the right ones."""
    here = re.sub(r"{\w+}", str(NOTHING), path)
    for wrong in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
        answer = passer_by.http.request(wrong, here)
        assert answer.status_code == 405, f"{wrong} {here}: {answer.status_code}"
        assert set(answer.headers["allow"].split(", ")) - {"HEAD", "OPTIONS"} == methods
