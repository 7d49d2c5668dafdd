"""`GET /queries/…`: what a client sees of what it did, and what it must not see."""

from support.product import Client, unique

from write_side.identifiers import to_uuid


def test_a_product_by_id_uuid_and_slug(anyone: Client, seller: Client) -> None:
    category = [unique("Home"), "Kitchen", "Kettles"]
    made = seller.product(
        price="49.90", stock=7, category=category, brand=unique("Stelton"), attributes={"color": "red"}
    )
    by_id = anyone.query(f"product/{made['product_id']}")
    assert by_id == anyone.query(f"product/{made['slug']}")
    assert by_id == anyone.query(f"product/{to_uuid('product', made['product_id'])}")
    assert by_id["price"] == "49.90"
    assert by_id["available"] == 7
    assert [part["name"] for part in by_id["category"]] == category
    assert by_id["seller_id"] == seller.person_id


def test_an_inactive_product_is_its_sellers_affair(anyone: Client, admin: Client, seller: Client) -> None:
    made = seller.product(active=False)
    path = f"/queries/product/{made['product_id']}"
    assert anyone.http.get(path).status_code == 404
    assert anyone.newcomer("seller").http.get(path).status_code == 404
    assert seller.http.get(path).status_code == 200
    assert admin.http.get(path).status_code == 200


def test_a_query_waits_for_the_position_it_names(anyone: Client, seller: Client) -> None:
    for number in range(5):
        answer = seller.send("create-product", name=f"Cup {number}", price="4.00", stock=1, slug=unique("cup"))
        seen = {"Storefold-Min-Position": answer.headers["Storefold-Position"]}
        path = f"/queries/product/{answer.json()['result']['slug']}"
        assert anyone.http.get(path, headers=seen).status_code == 200


def test_a_search_waits_for_the_position_it_names(anyone: Client, seller: Client) -> None:
    word = unique("zebra").replace("-", "")
    answer = seller.send("create-product", name=f"Cup {word}", price="4.00", stock=1)
    seen = {"Storefold-Min-Position": answer.headers["Storefold-Position"]}
    found = anyone.http.get("/queries/search", params={"q": word}, headers=seen).json()
    assert [item["name"] for item in found["items"]] == [f"Cup {word}"]
    suggested = anyone.http.get("/queries/suggestions", params={"q": word[:8]}, headers=seen).json()
    assert f"Cup {word}" in [item["name"] for item in suggested["items"]]


def test_a_position_that_is_not_reached_is_503_and_one_that_is_none_400(anyone: Client) -> None:
    far = anyone.http.get("/queries/brands", headers={"Storefold-Min-Position": str(10**15)})
    assert (far.status_code, far.json()["type"]) == (503, "/problems/behind")
    for wrong in ("x", "-1", "1.5", "9" * 30):
        answer = anyone.http.get("/queries/brands", headers={"Storefold-Min-Position": wrong})
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid")
        assert [error["field"] for error in answer.json()["errors"]] == ["Storefold-Min-Position"]


def test_search_filters_and_facets(anyone: Client, seller: Client) -> None:
    root, red, blue = unique("Garden"), unique("Redco"), unique("Blueco")
    for brand, price, stock, color in ((red, "10.00", 1, "red"), (red, "20.00", 0, "blue"), (blue, "30.00", 5, "blue")):
        last = seller.send(
            "create-product", name="Spade", price=price, stock=stock, category=[root], brand=brand,
            attributes={"color": color},
        )  # fmt: skip
    seen = {"Storefold-Min-Position": last.headers["Storefold-Position"]}
    slug = {c["name"]: c["slug"] for c in anyone.http.get("/queries/categories", headers=seen).json()["items"]}[root]
    brands = {b["name"]: b["slug"] for b in anyone.query("brands")["items"]}

    def prices(**asked: object) -> list[str]:
        params = {"category": slug, "sort": "price", **asked}
        answer = anyone.http.get("/queries/search", params=params, headers=seen)  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.text
        return [item["price"] for item in answer.json()["items"]]

    assert prices() == ["10.00", "20.00", "30.00"]
    assert prices(sort="-price") == ["30.00", "20.00", "10.00"]
    assert prices(brand=brands[red]) == ["10.00", "20.00"]
    assert prices(brand=[brands[red], brands[blue]]) == ["10.00", "20.00", "30.00"]
    assert prices(min_price="15", max_price="30.00") == ["20.00", "30.00"]
    assert prices(in_stock="true") == ["10.00", "30.00"]
    assert prices(attribute="color:blue") == ["20.00", "30.00"]
    assert prices(brand="no-such-brand") == []
    assert prices(page=2, size=2) == ["30.00"]

    found = anyone.query("search", category=slug, brand=brands[red], facets=True)
    # The brand that is chosen narrows the colours, and not the brands.
    assert {b["name"]: b["count"] for b in found["facets"]["brands"]} == {red: 2, blue: 1}
    assert found["facets"]["attributes"]["color"] == {"red": 1, "blue": 1}
    assert found["total"] == 2


def test_questions_that_are_none(anyone: Client) -> None:
    for path in (
        "search?page=0", "search?size=101", "search?min_price=x", "search?nonsense=1", "search?page=1000000",
        "products?cursor=nonsense", "suggestions", "search?sort=up", "search?q=a%00b",
    ):  # fmt: skip
        answer = anyone.http.get(f"/queries/{path}")
        assert answer.status_code == 400, (path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_list_of_products_is_walked_without_repeating_or_skipping(anyone: Client, seller: Client) -> None:
    made = [seller.product()["product_id"] for _ in range(5)]
    walked: list[int] = []
    cursor = None
    while not set(made) <= set(walked):
        page = anyone.query("products", size=2, **({"cursor": cursor} if cursor else {}))
        walked += [item["product_id"] for item in page["items"]]
        cursor = page["after"]
        assert cursor is not None or set(made) <= set(walked)
    assert len(walked) == len(set(walked))


def test_an_etag_saves_the_body_until_something_changes(anyone: Client, seller: Client) -> None:
    made = seller.product()
    path = f"/queries/product/{made['product_id']}"
    first = anyone.http.get(path)
    again = anyone.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    seller.command("update-product", product_id=made["product_id"], price="21.00")
    changed = anyone.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, changed.json()["price"]) == (200, "21.00")


def test_a_cart_shows_todays_prices_and_an_order_those_of_its_day(seller: Client, buyer: Client) -> None:
    made = seller.product(price="19.99", stock=5)
    line = buyer.command("add-to-cart", product_id=made["product_id"], quantity=3)
    assert buyer.query("cart")["subtotal"] == "59.97"
    seller.command("update-product", product_id=made["product_id"], price="10.00")
    assert buyer.query("cart")["subtotal"] == "30.00"
    assert line["result"]["line_id"] == buyer.query("cart")["lines"][0]["line_id"]

    placed = buyer.command("place-order", shipping_address_id=buyer.address(), pricing="store")["result"]
    order = buyer.query(f"order/{placed['order_id']}")
    assert (order["subtotal"], order["tax"], order["shipping"], order["total"]) == ("30.00", "3.00", "5.00", "38.00")
    assert order["shipping_address"]["city"] == "London"
    assert order["status"] == "placed"
    assert buyer.query("cart")["lines"] == []
    seller.command("update-product", product_id=made["product_id"], price="99.00")
    assert buyer.query(f"order/{placed['order_id']}")["total"] == "38.00"
    stock = seller.query(f"stock/{made['sku']}")
    assert (stock["on_hand"], stock["reserved"], stock["available"]) == (5, 3, 2)


def test_orders_for_those_whom_they_concern(anyone: Client, admin: Client, seller: Client, buyer: Client) -> None:
    made = seller.product()
    buyer.command("add-to-cart", product_id=made["product_id"], quantity=1)
    order_id = buyer.command("place-order", shipping_address_id=buyer.address())["result"]["order_id"]
    path = f"/queries/order/{order_id}"
    for person in (buyer, seller, admin):
        assert person.http.get(path).status_code == 200
    for person in (anyone.newcomer(), anyone.newcomer("seller")):
        assert person.http.get(path).status_code == 404
    assert anyone.http.get(path).status_code == 401

    assert [o["order_id"] for o in buyer.query("orders")["items"]] == [order_id]
    assert [o["order_id"] for o in seller.query("orders", scope="sales")["items"]] == [order_id]
    assert order_id in [o["order_id"] for o in admin.query("orders", scope="all", status="placed")["items"]]
    assert buyer.http.get("/queries/orders", params={"scope": "all"}).status_code == 403
    assert buyer.http.get("/queries/orders", params={"scope": "sales"}).status_code == 403
    for scope in ("mine", "involved"):
        mixed = {"scope": scope, "status": "placed"}
        assert buyer.http.get("/queries/orders", params=mixed).status_code == 400
    for person in (buyer, seller):
        assert [o["order_id"] for o in person.query("orders", scope="involved")["items"]] == [order_id]
    for status, found in (("placed", [order_id]), ("paid", [])):
        assert [o["order_id"] for o in seller.query("orders", scope="sales", status=status)["items"]] == found

    seller.command("store-tracking", order_id=order_id, tracking_number="T-1", carrier="DHL")
    buyer.command("amend-order", order_id=order_id, notes="Ring twice", shipping_address={"city": "Leeds"})
    shown = buyer.query(f"order/{order_id}")
    assert (shown["notes"], shown["shipping_address"]["city"]) == ("Ring twice", "Leeds")
    [tracking] = shown["trackings"]
    assert (tracking["seller_id"], tracking["tracking_number"], tracking["carrier"]) == (
        seller.person_id,
        "T-1",
        "DHL",
    )

    buyer.command("cancel-order", order_id=order_id, reason="changed my mind")
    cancelled = buyer.query(f"order/{order_id}")
    assert (cancelled["status"], cancelled["cancellation_reason"]) == ("cancelled", "changed my mind")
    assert [change["fact"] for change in cancelled["history"]] == ["placed", "cancelled"]
    assert seller.query(f"stock/{made['sku']}")["available"] == 10


def test_a_seller_sees_the_own_part_of_an_order_while_being_a_seller(
    anyone: Client, admin: Client, seller: Client, buyer: Client
) -> None:
    other = anyone.newcomer("seller")
    made = [person.product()["product_id"] for person in (seller, other)]
    for product_id in made:
        buyer.command("add-to-cart", product_id=product_id)
    here = buyer.address()
    placed = buyer.command("place-order", shipping_address_id=here, billing_address_id=here)
    path = f"order/{placed['result']['order_id']}"
    whole = buyer.query(path)
    assert [line["product_id"] for line in whole["lines"]] == made
    assert whole["billing_address"] is not None
    for person, product_id in zip((seller, other), made, strict=True):
        for part in (person.query(path), person.query("orders", scope="sales")["items"][0]):
            assert [line["product_id"] for line in part["lines"]] == [product_id]
            assert part["billing_address"] is None
            assert part["shipping_address"] == whole["shipping_address"]
    assert admin.query(path) == whole
    admin.command("revoke-role", person_id=other.person_id, role="seller")
    assert other.http.get(f"/queries/{path}").status_code == 404


def test_accounts_for_their_owner_and_administrators(anyone: Client, admin: Client, buyer: Client) -> None:
    own = buyer.query("account")
    assert (own["email"], own["roles"], own["active"]) == (buyer.email, ["buyer"], True)
    assert admin.query(f"account/{buyer.person_id}").items() < own.items()  # some of it is the person's alone
    assert buyer.http.get(f"/queries/account/{buyer.person_id}").status_code == 403
    assert buyer.http.get("/queries/accounts").status_code == 403
    assert anyone.http.get("/queries/account").status_code == 401
    assert buyer.person_id in [a["person_id"] for a in admin.query("accounts", size=100)["items"]]


def test_stock_for_the_seller_of_the_product(anyone: Client, admin: Client, seller: Client, buyer: Client) -> None:
    made = seller.product(sku=unique("A/B C"))
    path = f"/queries/stock/{made['sku']}"
    assert seller.http.get(path).json()["available"] == 10
    assert admin.http.get(path).status_code == 200
    assert anyone.newcomer("seller").http.get(path).status_code == 404
    assert buyer.http.get(path).status_code == 403


def test_nobody_has_no_cart(anyone: Client) -> None:
    answer = anyone.http.get("/queries/cart")
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthenticated")
