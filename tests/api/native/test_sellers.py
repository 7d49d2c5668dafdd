"""Sellers, tags and a product's category by its slug, on the native surface."""

from support.product import Client, unique


def test_a_seller_s_page_says_what_sells_and_nothing_personal(anyone: Client, buyer: Client) -> None:
    seller, critic = anyone.newcomer("seller"), anyone.newcomer()
    made = [seller.product(stock=9) for _ in range(3)]
    hidden = seller.product(active=False)
    for client, rating in ((buyer, 5), (critic, 2)):
        client.command("write-review", product_id=made[0]["product_id"], rating=rating, policy="marketplace")
    address = critic.address()
    for quantity in (2, 1):
        critic.command("add-to-cart", product_id=made[1]["product_id"], quantity=quantity)
        order = critic.command("place-order", shipping_address_id=address)["result"]["order_id"]
    critic.command("cancel-order", order_id=order)
    anyone.position = critic.position
    page = anyone.query(f"seller/{seller.person_id}")
    assert (page["product_count"], page["units"], page["rating"], page["review_count"]) == (3, 2, 3.5, 2)
    assert [product["product_id"] for product in page["products"]] == [one["product_id"] for one in reversed(made)]
    assert [review["rating"] for review in page["reviews"]] == [2, 5]
    assert hidden["slug"] not in str(page)
    assert seller.email not in str(page)
    for nobody in (critic.person_id, 999_999_999_999, "none"):
        assert anyone.http.get(f"/queries/seller/{nobody}").status_code == 404


def test_an_administrator_sells_what_he_makes(admin: Client, anyone: Client) -> None:
    made = admin.product()
    seller_id = admin.query(f"product/{made['product_id']}")["seller_id"]
    assert anyone.query(f"seller/{seller_id}")["products"][0]["product_id"] == made["product_id"]


def test_tags_are_shown_and_searched(anyone: Client, seller: Client) -> None:
    word = unique("Tag")
    made = seller.product(tags=[word, word.upper(), "other"])
    assert seller.query(f"product/{made['product_id']}")["tags"] == [word, "other"]
    anyone.position = seller.position
    found = anyone.query("search", tag=[word.lower(), "none"])
    assert [product["product_id"] for product in found["items"]] == [made["product_id"]]
    seller.command("update-product", product_id=made["product_id"], tags=[])
    anyone.position = seller.position
    assert anyone.query("search", tag=word)["total"] == 0


def test_a_search_of_beginnings(anyone: Client, seller: Client) -> None:
    word = unique("zither").replace("-", "")
    made = seller.product(name="Zither & case", description=f"by {word} of old")
    anyone.position = seller.position
    for text, found in ((f"zit {word[:-2]}", 1), (f"zit & {word}", 1), (f"zother {word}", 0), (word[1:], 0)):
        page = anyone.query("search", q=text, match="beginnings")
        assert [product["product_id"] for product in page["items"]] == [made["product_id"]] * found, text


def test_a_category_by_its_slug_and_slugs_that_are_taken_by_paths(seller: Client, admin: Client) -> None:
    category = admin.command("create-category", name=unique("Shelf"))["result"]
    for reference in (category["slug"], str(category["category_id"])):
        made = seller.product(category_reference=reference)
        shown = seller.query(f"product/{made['product_id']}")
        assert [place["id"] for place in shown["category"]] == [category["category_id"]]
    unknown = seller.send("create-product", name="N", price="1.00", category_reference="no-such-shelf")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/no-such-category")
    reserved = seller.send("create-product", name="N", price="1.00", slug="my_products")
    assert (reserved.status_code, reserved.json()["type"]) == (400, "/problems/slug-reserved")
    assert seller.product(name="Favorites")["slug"].startswith("favorites-")
