"""Route × role × owner on the native surface: who may do what, whose it is not; a route that is not listed fails."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from support.product import PASSWORD, Client, unique

from write_side.messages import Access
from write_side.registry import COMMANDS

ANYONE, SIGNED_IN, SELLER, ADMIN, SERVICE = Access
OWN = True  # somebody else's is refused, and left as it is
PERIOD = {"source": "matrix", "currency": "GBP"}
PAST = "2011-01-02T03:04:05Z"
NOBODY, NOTHING = 999_999_999_999, 999_999_999_999  # ids that were never given out

# By command: who may send it, what is sent (words are places in the world below), whether it is about one's own.
COMMAND: dict[str, tuple[Access, dict[str, Any], bool]] = {
    "add-address": (
        SIGNED_IN,
        {
            "address_type": "other",
            "full_name": "A",
            "street_address": "B",
            "city": "C",
            "country": "D",
            "zip_code": "E",
        },
        False,
    ),
    "add-product-image": (SELLER, {"product_id": "product", "key": f"products/{NOBODY}/{'0' * 32}.png"}, OWN),
    "add-to-cart": (SIGNED_IN, {"product_id": "product"}, False),
    "add-to-wishlist": (SIGNED_IN, {"product_id": "product"}, False),
    "add-variant": (SELLER, {"product_id": "product", "name": "red"}, OWN),
    "adjust-stock": (SELLER, {"sku": "sku", "by": 1}, OWN),
    "amend-order": (SIGNED_IN, {"order_id": "order", "notes": "mine now"}, OWN),
    "approve-review": (ADMIN, {"review_id": NOTHING}, False),
    "begin-session": (
        SERVICE,
        {"person_id": "owner", "surface": "martaff", "method": "password", "token_hash": "0" * 64},
        False,
    ),
    "cancel-order": (SIGNED_IN, {"order_id": "order"}, OWN),
    "change-cart-item": (SIGNED_IN, {"line_id": "line", "quantity": 2}, OWN),
    "change-email": (SIGNED_IN, {"email": "unique@people.test"}, False),
    "change-password": (SIGNED_IN, {"old_password": PASSWORD, "new_password": PASSWORD}, False),
    "change-product-image": (SELLER, {"product_id": "product", "image_id": NOTHING, "alt_text": "mine now"}, OWN),
    "change-review": (SIGNED_IN, {"review_id": "review", "rating": 1}, OWN),
    "clear-cart": (SIGNED_IN, {}, False),
    "create-brand": (ADMIN, {"name": "unique"}, False),
    "create-category": (ADMIN, {"name": "unique"}, False),
    "create-product": (SELLER, {"name": "unique", "price": "1.00"}, False),
    "deactivate-account": (ADMIN, {"person_id": NOBODY}, False),
    "delete-account": (SIGNED_IN, {"person_id": "owner"}, OWN),
    "delete-product": (SELLER, {"product_id": "product"}, OWN),
    "deliver-order": (ADMIN, {"order_id": NOTHING}, False),
    "end-session": (SERVICE, {"session_id": NOTHING}, False),
    "grant-role": (ADMIN, {"person_id": NOBODY, "role": "seller"}, False),
    "hide-order": (ADMIN, {"order_id": NOTHING}, False),
    "hide-review": (ADMIN, {"review_id": NOTHING}, False),
    "import-customer": (ADMIN, {"source": "matrix", "reference": "1"}, False),
    "move-order": (SIGNED_IN, {"order_id": "order", "status": "cancelled", "table": "marketplace"}, OWN),
    "place-order": (SIGNED_IN, {}, False),
    "reactivate-account": (ADMIN, {"person_id": NOBODY}, False),
    "record-carrier-news": (
        SERVICE,
        {"order_id": "order", "event_id": "e", "news": "shipped", "tracking_number": "T"},
        False,
    ),
    "record-intent-failure": (SERVICE, {"order_id": "order", "attempt": 1, "reason": "r"}, False),
    "record-past-adjustment": (
        ADMIN,
        {"source": "matrix", "reference": "1", "sku": "no-such-sku", "by": 1, "adjusted_at": PAST},
        False,
    ),
    "record-past-order": (
        ADMIN,
        {**PERIOD, "number": "1", "placed_at": PAST, "lines": [{"sku": "none", "quantity": 1, "unit_price": "1.00"}]},
        False,
    ),
    "record-payment-failure": (SERVICE, {"intent_id": "pi", "reason": "r"}, False),
    "record-payment-intent": (SERVICE, {"order_id": "order", "intent_id": "pi"}, False),
    "record-payment-success": (SERVICE, {"order_id": "order", "intent_id": "pi", "amount": "1.00"}, False),
    "record-refund": (SERVICE, {"intent_id": "pi", "refunded_total": "1.00", "refund_id": "re"}, False),
    "record-refund-failure": (SERVICE, {"order_id": "order", "number": 1, "reason": "r"}, False),
    "register-account": (ANYONE, {"email": "unique@people.test", "password": PASSWORD}, False),
    "remove-address": (SIGNED_IN, {"address_id": "address"}, OWN),
    "remove-category": (ADMIN, {"category_id": NOTHING}, False),
    "remove-from-cart": (SIGNED_IN, {"line_id": "line"}, OWN),
    "remove-from-wishlist": (SIGNED_IN, {"product_id": "product"}, False),
    "remove-product-image": (SELLER, {"product_id": "product", "image_id": NOTHING}, OWN),
    "remove-product-images": (SELLER, {"product_id": "product"}, OWN),
    "remove-profile-picture": (SIGNED_IN, {}, False),
    "remove-review": (SIGNED_IN, {"review_id": "review"}, OWN),
    "remove-variant": (SELLER, {"product_id": "product", "variant_id": "variant"}, OWN),
    "rename-brand": (ADMIN, {"brand_id": NOTHING, "name": "unique"}, False),
    "request-password-reset": (ANYONE, {"email": "nobody@people.test"}, False),
    "request-payment": (SIGNED_IN, {"order_id": "order"}, OWN),
    "request-refund": (ADMIN, {"order_id": NOTHING}, False),
    "reset-password": (ANYONE, {"token": "none", "password": PASSWORD}, False),
    "return-items": (
        ADMIN,
        {**PERIOD, "number": "2", "returned_at": PAST, "lines": [{"sku": "none", "quantity": 1, "unit_price": "1.00"}]},
        False,
    ),
    "return-order": (ADMIN, {"order_id": NOTHING}, False),
    "revoke-role": (ADMIN, {"person_id": NOBODY, "role": "seller"}, False),
    "set-profile-picture": (SIGNED_IN, {"key": f"people/{NOBODY}/{'0' * 32}.png", "size": 1}, OWN),
    "ship-order": (ADMIN, {"order_id": NOTHING, "tracking_number": "T"}, False),
    "sign-in-with-google": (SERVICE, {"subject": "1", "email": "unique@people.test", "email_verified": True}, False),
    "start-order": (ADMIN, {"order_id": NOTHING}, False),
    "store-carrier-code": (SELLER, {"order_id": "order", "carrier_code": "mine now"}, OWN),
    "store-tracking": (SELLER, {"order_id": "order", "tracking_number": "mine now"}, OWN),
    "toggle-wishlist": (SIGNED_IN, {"product_id": "product"}, False),
    "update-category": (ADMIN, {"category_id": NOTHING, "name": "unique"}, False),
    "update-product": (SELLER, {"product_id": "product", "name": "mine now"}, OWN),
    "update-profile": (SIGNED_IN, {"first_name": "Ada"}, False),
    "update-variant": (SELLER, {"product_id": "product", "variant_id": "variant", "name": "mine now"}, OWN),
    "verify-email": (SERVICE, {"person_id": "owner"}, False),
    "write-review": (SIGNED_IN, {"product_id": "product", "rating": 5, "policy": "martaff"}, False),
}

# By path: who may ask, and whether it shows one's own alone.
QUERY: dict[str, tuple[Access, bool]] = {
    "/queries/product/{product}": (ANYONE, False),
    "/queries/products": (ANYONE, False),
    "/queries/search": (ANYONE, False),
    "/queries/suggestions": (ANYONE, False),
    "/queries/categories": (ANYONE, False),
    "/queries/brands": (ANYONE, False),
    "/queries/cart": (SIGNED_IN, False),
    "/queries/order/{order_id}": (SIGNED_IN, OWN),
    "/queries/orders": (SIGNED_IN, False),
    "/queries/payment/{order_id}": (SIGNED_IN, OWN),
    "/queries/account": (SIGNED_IN, False),
    "/queries/account/{person_id}": (ADMIN, False),
    "/queries/accounts": (ADMIN, False),
    "/queries/stock/{sku}": (SELLER, OWN),
    "/queries/review/{review_id}": (ANYONE, False),
    "/queries/reviews/{product_id}": (ANYONE, False),
    "/queries/seller/{person_id}": (ANYONE, False),
    "/queries/my-reviews": (SIGNED_IN, False),
    "/queries/hidden-reviews": (ADMIN, False),
    "/queries/all-reviews": (ADMIN, False),
    "/queries/wishlist": (SIGNED_IN, False),
    "/queries/low-stock": (SELLER, False),
    "/queries/sales": (SELLER, False),
    "/queries/best-sellers": (SELLER, False),
    "/queries/returns-rate": (SELLER, False),
    "/queries/customers": (SELLER, False),
    "/queries/returns": (SELLER, False),
    "/queries/return/{return_id}": (SELLER, False),
    "/queries/stock-movements/{sku}": (SELLER, OWN),
    "/queries/product-metrics": (SELLER, False),
    "/queries/product-metrics/{product_id}": (SELLER, OWN),
    "/queries/dashboard": (SELLER, False),
    "/queries/category-visits": (ADMIN, False),
}
OTHERS = {"/auth/token", "/health/live", "/health/ready", "/media/{key}", "/problems/{kind}"}
"""For anybody, whoever they are."""
UPLOADS = {"/uploads/{purpose}"}
"""Who may, test_pictures.py says."""

MAY = {
    "nobody": {ANYONE},
    "buyer": {ANYONE, SIGNED_IN},
    "seller": {ANYONE, SIGNED_IN, SELLER},
    "admin": {ANYONE, SIGNED_IN, SELLER, ADMIN},
}


@dataclass(frozen=True)
class World:
    """What two people own, and the others who want it. `places`: ids by the words of the tables."""

    people: dict[str, Client]
    buyer: Client
    owner: Client
    places: dict[str, Any]

    def filled(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {name: self._value(value) for name, value in fields.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("unique"):
            return value.replace("unique", unique("matrix"))
        return self.places.get(value, value) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def world(anyone: Client, admin: Client) -> World:
    owner, buyer = anyone.newcomer("seller"), anyone.newcomer()
    made = owner.product(stock=50, variants=[{"name": "red", "stock": 5}])
    address = buyer.address()
    buyer.command("add-to-cart", product_id=made["product_id"])
    order = buyer.command("place-order", shipping_address_id=address)["result"]["order_id"]
    line = buyer.command("add-to-cart", product_id=made["product_id"])["result"]["line_id"]
    buyer.command("request-payment", order_id=order)
    opinion = {"product_id": made["product_id"], "rating": 5, "policy": "martaff"}
    review = buyer.command("write-review", **opinion)["result"]["review_id"]
    rivals = {"nobody": anyone, "buyer": anyone.newcomer(), "seller": anyone.newcomer("seller"), "admin": admin}
    return World(
        rivals,
        buyer,
        owner,
        {
            "product": made["product_id"],
            "sku": made["sku"],
            "variant": made["variants"][0]["variant_id"],
            "address": address,
            "order": order,
            "line": line,
            "review": review,
            "owner": owner.person_id,
        },
    )


def test_every_route_is_listed(anyone: Client) -> None:
    paths = set(anyone.http.get("/openapi.json").json()["paths"])
    assert {f"/commands/{name}" for name in COMMAND} | set(QUERY) | OTHERS | UPLOADS == paths
    assert set(COMMAND) == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMAND))
def test_who_may_send_a_command(world: World, name: str) -> None:
    access, fields, own = COMMAND[name]
    for role, person in world.people.items():
        if access in MAY[role] and own:
            continue  # proved below
        if name in ("change-password", "change-email") and role == "admin":
            continue  # the run's administrator keeps theirs
        answer = person.send(name, **world.filled(fields))
        verdict(answer, role, access)


@pytest.mark.parametrize("name", [name for name, (_, _, own) in sorted(COMMAND.items()) if own])
def test_what_is_somebody_else_s_stays_as_it_is(world: World, name: str) -> None:
    access, fields, _ = COMMAND[name]
    for role in ("buyer", "seller"):
        if access in MAY[role]:
            answer = world.people[role].send(name, **world.filled(fields))
            assert answer.status_code in (403, 404), f"{role}: {answer.text}"
            assert "storefold-position" not in answer.headers
    order = world.buyer.query(f"order/{world.places['order']}")
    product = world.owner.query(f"product/{world.places['product']}")
    assert order["status"] == "placed"
    assert "mine now" not in str(product) + str(order)
    assert [item["quantity"] for item in world.buyer.query("cart")["lines"]] == [1]


@pytest.mark.parametrize("path", sorted(QUERY))
def test_who_may_ask(world: World, path: str) -> None:
    access, own = QUERY[path]
    here = path_of(path, world)
    for role, person in world.people.items():
        answer = person.http.get(here)
        if own and access in MAY[role] and role != "admin":
            assert answer.status_code in (403, 404), f"{role}: {answer.text}"
        else:
            verdict(answer, role, access)
    if own:
        mine = world.owner if access is SELLER else world.buyer
        assert mine.query(here.removeprefix("/queries/"))


def path_of(path: str, world: World) -> str:
    places = world.places
    return path.format(
        product=places["product"],
        product_id=places["product"],
        order_id=places["order"],
        person_id=places["owner"],
        review_id=places["review"],
        return_id=NOTHING,
        sku=places["sku"],
    )


def verdict(answer: httpx.Response, role: str, access: Access) -> None:
    """401 for nobody, 403 for somebody who may not, anything else for who may."""
    if access in MAY[role]:
        assert answer.status_code not in (401, 403), f"{role}: {answer.text}"
        assert answer.status_code < 500
    else:
        # What is for the product's own parts is nobody's to send, whoever signs in.
        expected = 401 if role == "nobody" and access is not SERVICE else 403
        assert answer.status_code == expected, f"{role}: {answer.text}"
