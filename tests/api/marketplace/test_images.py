"""Pictures of products: every row, for everybody who may and may not, until the stored object is gone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from support.pictures import HOSTILE, LARGEST, noise, of_size, picture
from support.shelf import category
from support.surfaces import Caller

IMAGE = {"id", "image_key", "image_type", "order", "alt_text", "is_primary", "url", "created_at"}


@pytest.fixture
def slug(merchant: Caller) -> str:
    return str(merchant.core.product()["slug"])


def send(who: Caller, slug: str, data: bytes = b"", path: str = "upload_image", **fields: Any) -> httpx.Response:
    files = {"image": ("front.html", data or picture(), "text/html")}
    return who.post(f"/products/{slug}/{path}/", data=fields, files=files)


def uploaded(who: Caller, slug: str, **fields: Any) -> dict[str, Any]:
    answer = send(who, slug, **fields)
    assert answer.status_code == 201, answer.text
    image: dict[str, Any] = answer.json()["image"]
    return image


def images(who: Caller, slug: str) -> list[dict[str, Any]]:
    found = who.get(f"/products/{slug}/images/").json()
    assert found["count"] == len(found["images"])
    return list(found["images"])


def test_an_uploaded_picture_is_listed_shown_and_fetched(passer_by: Caller, merchant: Caller, slug: str) -> None:
    data = noise("webp")
    answer = send(merchant, slug, data, alt_text="front")
    assert answer.status_code == 201 and answer.json().keys() == {"message", "image"}
    image = answer.json()["image"]
    assert image.keys() == IMAGE
    assert (image["image_type"], image["is_primary"], image["order"]) == ("gallery", False, 0)
    assert image["alt_text"] == "front" and image["image_key"] in image["url"]
    assert images(passer_by, slug) == [image]
    assert passer_by.get(f"/products/{slug}/images/{image['id']}/").json() == image
    shown = httpx.get(image["url"])
    assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, data, "image/webp")


def test_posting_to_the_list_does_the_same(passer_by: Caller, merchant: Caller, slug: str) -> None:
    first = send(merchant, slug, path="images", image_type="thumbnail", order="4")
    assert first.status_code == 201 and first.json().keys() == IMAGE
    assert (first.json()["image_type"], first.json()["order"]) == ("thumbnail", 4)
    assert uploaded(merchant, slug)["order"] == 5
    assert [image["order"] for image in images(passer_by, slug)] == [4, 5]


def test_the_newest_main_picture_takes_the_role_over(passer_by: Caller, merchant: Caller, slug: str) -> None:
    nothing = passer_by.get(f"/products/{slug}/main_image/").json()
    assert nothing["main_image"] is None and nothing["message"]
    first, second = (uploaded(merchant, slug, image_type="main") for _ in range(2))
    assert first["is_primary"] and second["is_primary"]
    assert [(i["image_type"], i["is_primary"]) for i in images(passer_by, slug)] == [("gallery", False), ("main", True)]
    main = passer_by.get(f"/products/{slug}/main_image/").json()["main_image"]
    assert main.keys() == IMAGE | {"presigned_url"}
    assert main["id"] == second["id"]
    found = httpx.get(main["presigned_url"])
    assert (found.status_code, found.headers["content-type"]) == (200, "image/png")


def test_signed_addresses_come_in_the_same_order(passer_by: Caller, merchant: Caller, slug: str) -> None:
    empty = passer_by.get(f"/products/{slug}/images_with_presigned_urls/").json()
    assert empty == {"images": [], "primary_image": None, "count": 0}
    for order in (3, 1, 2):
        uploaded(merchant, slug, order=order, image_type="main" if order == 2 else "gallery")
    found = passer_by.get(f"/products/{slug}/images_with_presigned_urls/").json()
    assert [image["order"] for image in found["images"]] == [1, 2, 3]
    assert [image["id"] for image in found["images"]] == [image["id"] for image in images(passer_by, slug)]
    assert found["primary_image"] == found["images"][1] and found["count"] == 3
    assert all(httpx.get(image["presigned_url"]).status_code == 200 for image in found["images"])


def test_text_place_and_role_change_and_the_picture_stays(passer_by: Caller, merchant: Caller, slug: str) -> None:
    first, second = (uploaded(merchant, slug) for _ in range(2))
    here = f"/products/{slug}/images/{second['id']}/"
    changed = merchant.patch(here, {"order": 0, "is_primary": True})
    assert changed.status_code == 200
    assert changed.json() == {**second, "order": 0, "is_primary": True, "image_type": "main"}
    assert merchant.put(here, {"alt_text": "back", "image": "ignored"}).json()["alt_text"] == "back"
    assert merchant.put(here, {}).json() == {**changed.json(), "alt_text": "back"}
    merchant.patch(f"/products/{slug}/images/{first['id']}/", {"order": 9})
    assert [image["id"] for image in images(passer_by, slug)] == [second["id"], first["id"]]
    for wrong in ({"order": -1}, {"order": "many"}, {"is_primary": "perhaps"}, {"alt_text": 7}, {"order": None},
                  {"order": 10**30}, {"alt_text": "x" * 256}, {"alt_text": "\x00"}, {"order": True}):  # fmt: skip
        answer = merchant.patch(here, wrong)
        assert answer.status_code == 400 and answer.json().keys() == wrong.keys(), answer.text
    assert merchant.patch(here, [1]).status_code == 400


def test_a_deleted_picture_is_gone_with_its_object(passer_by: Caller, merchant: Caller, slug: str) -> None:
    first, second = (uploaded(merchant, slug, image_type="main") for _ in range(2))
    signed = passer_by.get(f"/products/{slug}/main_image/").json()["main_image"]["presigned_url"]
    answer = merchant.delete(f"/products/{slug}/delete_image/", {"image_key": second["image_key"]})
    assert answer.status_code == 200
    assert answer.json().keys() == {"deleted_key", "message"} and answer.json()["deleted_key"] == second["image_key"]
    assert httpx.get(second["url"]).status_code == 404
    assert httpx.get(signed).status_code in (403, 404)
    assert merchant.delete(f"/products/{slug}/images/{first['id']}/").status_code == 204
    assert httpx.get(first["url"]).status_code == 404
    assert images(passer_by, slug) == []
    assert passer_by.get(f"/products/{slug}/images/{first['id']}/").status_code == 404
    again = merchant.delete(f"/products/{slug}/delete_image/", {"image_key": second["image_key"]})
    assert again.status_code == 404
    assert merchant.delete(f"/products/{slug}/images/{first['id']}/").status_code == 404


def test_all_pictures_are_deleted_at_once(passer_by: Caller, merchant: Caller, slug: str) -> None:
    shown = [uploaded(merchant, slug) for _ in range(3)]
    answer = merchant.delete(f"/products/{slug}/delete_all_images/")
    assert (answer.status_code, answer.json()["deleted_count"]) == (200, 3)
    assert {httpx.get(image["url"]).status_code for image in shown} == {404}
    assert merchant.delete(f"/products/{slug}/delete_all_images/").json()["deleted_count"] == 0
    assert images(passer_by, slug) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused(merchant: Caller, slug: str, name: str) -> None:
    answer = send(merchant, slug, HOSTILE[name])
    assert answer.status_code == 400 and list(answer.json()) == ["image"]


def test_a_picture_is_missing_or_does_not_fit(passer_by: Caller, merchant: Caller, slug: str) -> None:
    path = f"/products/{slug}/upload_image/"
    for options in ({}, {"data": {"alt_text": "x"}}, {"files": {"other": ("p.png", picture())}}, {"json": {}},
                    {"files": {"image": ("p.png", b"")}}, {"json": {"image": "p.png"}}):  # fmt: skip
        for answer in (merchant.post(path, **options), merchant.post(f"/products/{slug}/images/", **options)):
            assert answer.status_code == 400 and "image" in answer.json(), answer.text
    for field, value in (("image_type", "cover"), ("order", "-1"), ("order", "x"), ("alt_text", "x" * 256)):
        answer = send(merchant, slug, **{field: value})
        assert answer.status_code == 400 and list(answer.json()) == [field], answer.text
    assert send(merchant, slug, of_size(LARGEST + 1)).status_code == 400
    assert merchant.delete(f"/products/{slug}/delete_image/").status_code == 400
    assert merchant.delete(f"/products/{slug}/delete_image/", {"image_key": 7}).status_code == 400
    assert images(passer_by, slug) == []
    assert send(merchant, slug, of_size(LARGEST)).status_code == 201


def test_who_may_change_what_a_product_shows(
    passer_by: Caller, shopper: Caller, merchant: Caller, staff: Caller, slug: str
) -> None:
    image = uploaded(merchant, slug)
    rival = passer_by.newcomer("seller")
    own = str(rival.core.product()["slug"])
    here = f"/products/{slug}/images/{image['id']}/"
    for who, codes in ((passer_by, {401}), (shopper, {403}), (rival, {403, 404})):
        answers = [
            send(who, slug),
            send(who, slug, path="images"),
            who.delete(f"/products/{slug}/delete_image/", {"image_key": image["image_key"]}),
            who.delete(f"/products/{slug}/delete_all_images/"),
            who.put(here, {"order": 3}),
            who.patch(here, {"order": 3}),
            who.delete(here),
        ]
        assert {answer.status_code for answer in answers} <= codes
    # Neither by way of a product of one's own.
    assert rival.delete(f"/products/{own}/delete_image/", {"image_key": image["image_key"]}).status_code == 404
    assert rival.delete(f"/products/{own}/images/{image['id']}/").status_code == 404
    assert rival.get(f"/products/{own}/images/{image['id']}/").status_code == 404
    assert images(passer_by, slug) == [image]
    assert httpx.get(image["url"]).status_code == 200
    assert uploaded(staff, slug)["order"] == 1
    assert staff.delete(here).status_code == 204


def test_an_unknown_or_inactive_product(passer_by: Caller, merchant: Caller, slug: str) -> None:
    image = uploaded(merchant, slug)
    product_id = merchant.core.query(f"product/{slug}")["product_id"]
    merchant.core.command("update-product", product_id=product_id, active=False)
    reads = ("images", "main_image", "images_with_presigned_urls", f"images/{image['id']}")
    for read in reads:
        assert passer_by.get(f"/products/{slug}/{read}/").status_code == 404
        assert passer_by.get(f"/products/no-such-{slug}/{read}/").status_code == 404
        assert merchant.get(f"/products/{slug}/{read}/").status_code == 200
    assert send(merchant, f"no-such-{slug}").status_code == 404
    assert merchant.delete(f"/products/no-such-{slug}/delete_all_images/").status_code == 404
    for strange in ("0", "-1", "x", "9" * 40, "%00", "1.5"):
        assert merchant.get(f"/products/{slug}/images/{strange}/").status_code == 404


def test_a_repeated_upload_is_one_picture(passer_by: Caller, merchant: Caller, slug: str) -> None:
    def post(data: bytes) -> httpx.Response:
        headers = {"Idempotency-Key": "front"}
        return merchant.post(f"/products/{slug}/upload_image/", files={"image": ("p.png", data)}, headers=headers)

    data = picture()
    first, again, other = post(data), post(data), post(noise("png"))
    assert first.json() == again.json() and first.status_code == again.status_code == 201
    assert other.status_code == 409
    assert httpx.get(images(passer_by, slug)[0]["url"]).content == data


def test_one_of_many_main_pictures_wins(passer_by: Caller, merchant: Caller, slug: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: uploaded(merchant, slug, image_type="main"), range(6)))
    found = images(passer_by, slug)
    assert {image["id"] for image in found} == {image["id"] for image in made}
    assert [image["order"] for image in found] == list(range(6))
    assert [image["image_type"] for image in found].count("main") == 1


def test_a_product_comes_with_its_pictures_or_not_at_all(passer_by: Caller, merchant: Caller, staff: Caller) -> None:
    fields = {"name": "Lamp", "price": "5", "category": category(staff)["slug"]}
    good = [("main_image", ("a", noise("jpg"))), ("images", ("b", noise("png"))), ("images", ("c", noise("gif"))),
            ("uploaded_images", ("d", noise("webp")))]  # fmt: skip
    answer = merchant.post("/products/", data=fields, files=good)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert [image["image_type"] for image in made["images"]] == ["main", "gallery", "gallery", "gallery"]
    assert made["primary_image"]["image_key"] == made["images"][0]["image_key"]
    assert [httpx.get(image["url"]).content for image in made["images"]] == [data for _, (_, data) in good]
    listed = merchant.get("/products/", params={"seller": merchant.person_id}).json()  # waits for what it wrote
    assert [product["primary_image"] for product in listed] == [made["primary_image"]]

    for name in ("main_image", "images", "uploaded_images"):
        bad = merchant.post("/products/", data=fields, files=[*good, (name, ("e", HOSTILE["svg"]))])
        assert bad.status_code == 400 and list(bad.json()) == [name], bad.text
    assert len(passer_by.get("/products/", params={"seller": merchant.person_id}).json()) == 1


def test_a_product_is_written_with_other_pictures(merchant: Caller, staff: Caller) -> None:
    fields = {"name": "Lamp", "price": "5", "category": category(staff)["slug"]}
    before = merchant.post("/products/", data=fields, files={"main_image": ("a", noise("jpg"))}).json()
    here = f"/products/{before['slug']}/"
    more = merchant.patch(here, data={"price": "6"}, files={"main_image": ("b", noise("png"))}).json()
    assert [image["image_type"] for image in more["images"]] == ["gallery", "main"]
    assert more["price"] == "6.00"
    untouched = merchant.put(here, fields).json()
    assert untouched["images"] == more["images"]
    after = merchant.put(here, data=fields, files={"images": ("c", noise("gif"))}).json()
    assert [image["image_type"] for image in after["images"]] == ["gallery"]
    assert {httpx.get(image["url"]).status_code for image in more["images"]} == {404}
    refused = merchant.put(here, data=fields, files={"images": ("d", b"text")})
    assert refused.status_code == 400
    assert httpx.get(after["images"][0]["url"]).status_code == 200
