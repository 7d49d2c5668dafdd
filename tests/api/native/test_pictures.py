"""Pictures, from the upload to the address that shows them, and until they are gone."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from support.pictures import FORMATS, HOSTILE, LARGEST, noise, of_size, picture
from support.product import Client

from write_side.media import parse_key


def upload(
    who: Client, data: bytes, purpose: str = "product-image", name: str = "p.png", **headers: str
) -> httpx.Response:
    return who.http.post(f"/uploads/{purpose}", files={"file": (name, data, "text/plain")}, headers=headers)


def stored(who: Client, data: bytes, purpose: str = "product-image") -> str:
    answer = upload(who, data, purpose)
    assert answer.status_code == 201, answer.text
    key: str = answer.json()["key"]
    return key


def pictures_of(who: Client, product_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = who.query(f"product/{product_id}")["images"]
    return found


@pytest.mark.parametrize("extension", FORMATS)
def test_a_picture_is_shown_from_its_command_on_until_it_is_removed(
    anyone: Client, seller: Client, extension: str
) -> None:
    made, data = seller.product(), noise(extension)
    answer = upload(seller, data, name="evil.html")
    body = answer.json()
    assert answer.status_code == 201
    assert (body["content_type"], body["size"]) == (FORMATS[extension][1], len(data))
    assert body["path"] == f"/media/{body['key']}"
    assert anyone.http.get(body["path"]).status_code == 404  # no record yet

    done = seller.command("add-product-image", product_id=made["product_id"], key=body["key"], alt_text="front")
    [image] = pictures_of(seller, made["product_id"])
    assert (image["key"], image["address"], image["alt_text"]) == (body["key"], body["path"], "front")
    assert (image["image_type"], image["primary"], image["order"]) == ("gallery", False, 0)
    shown = anyone.http.get(body["path"])
    assert (shown.status_code, shown.content) == (200, data)
    assert shown.headers["content-type"] == FORMATS[extension][1]
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-length"] == str(len(data))
    assert anyone.http.head(body["path"]).headers["content-length"] == str(len(data))
    again = anyone.http.get(body["path"], headers={"If-None-Match": shown.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")

    seller.command("remove-product-image", product_id=made["product_id"], image_id=done["result"]["image_id"])
    assert anyone.http.get(body["path"]).status_code == 404
    assert pictures_of(seller, made["product_id"]) == []


def test_a_profile_picture_is_replaced_and_taken_away(anyone: Client, buyer: Client) -> None:
    first, second = (stored(buyer, picture(color=color), "profile-picture") for color in ((1, 2, 3), (4, 5, 6)))
    assert buyer.query("account")["profile_picture"] is None
    buyer.command("set-profile-picture", key=first, size=70)
    buyer.command("set-profile-picture", key=second, size=71)
    found = buyer.query("account")["profile_picture"]
    assert (found["key"], found["content_type"], found["size"]) == (second, "image/png", 71)
    assert anyone.http.get(f"/media/{first}").status_code == 404
    assert anyone.http.get(found["path"]).status_code == 200
    buyer.command("remove-profile-picture")
    assert buyer.query("account")["profile_picture"] is None
    assert anyone.http.get(found["path"]).status_code == 404
    assert buyer.send("remove-profile-picture").json()["type"] == "/problems/no-profile-picture"


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused(seller: Client, name: str) -> None:
    answer = upload(seller, HOSTILE[name], name="kettle.png")
    assert answer.status_code == 400
    assert answer.json()["type"] in ("/problems/not-a-picture", "/problems/too-many-pixels")


def test_the_largest_is_taken_and_one_byte_more_is_not(seller: Client) -> None:
    assert upload(seller, of_size(LARGEST)).json()["size"] == LARGEST
    assert upload(seller, of_size(LARGEST + 1)).json()["type"] == "/problems/file-too-large"
    assert upload(seller, b"\0" * 34_000_000).status_code == 413
    assert upload(seller, b"").json()["type"] == "/problems/empty-file"


def test_a_body_without_a_file_or_without_sense_is_refused(seller: Client) -> None:
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    for body, headers in ((b"", {}), (b"{}", {"Content-Type": "application/json"}), (b"no boundary", form)):
        answer = seller.http.post("/uploads/product-image", content=body, headers=headers)
        assert answer.status_code == 400, answer.text
    assert seller.http.post("/uploads/product-image", data={"file": "text"}).status_code == 400
    assert seller.http.post("/uploads/product-image", files={"file": ("", b"")}).status_code == 400


def test_who_may_upload_what(anyone: Client, buyer: Client, seller: Client) -> None:
    data = picture()
    assert upload(anyone, data, "profile-picture").status_code == 401
    assert upload(buyer, data).status_code == 403
    assert upload(buyer, data, "profile-picture").status_code == 201
    assert upload(buyer, data, "other").status_code in (400, 404)
    mine = stored(seller, data)
    rival = anyone.newcomer("seller")
    product = rival.product()["product_id"]
    assert rival.send("add-product-image", product_id=product, key=mine).json()["type"] == "/problems/not-your-upload"
    picture_of_buyer = stored(buyer, data, "profile-picture")
    assert rival.send("set-profile-picture", key=picture_of_buyer, size=1).status_code == 403


def test_keys_are_ours_and_cannot_be_guessed(seller: Client) -> None:
    keys = {stored(seller, picture()) for _ in range(3)}
    assert len(keys) == 3
    for key in keys:
        parsed = parse_key(key)
        assert parsed is not None and parsed.uploader_id == seller.person_id
    for path in ("../etc/passwd", "products/1/x.png", "people//", "%00", "products/1/" + "0" * 32 + ".png"):
        assert seller.http.get(f"/media/{path}").status_code == 404


def test_a_repeated_upload_with_a_key_is_the_same_picture(seller: Client) -> None:
    first, again = (upload(seller, picture(), **{"Idempotency-Key": "once"}).json()["key"] for _ in range(2))
    other = upload(seller, picture(color=(1, 1, 1)), **{"Idempotency-Key": "once"}).json()["key"]
    assert first == again != other


def test_a_product_comes_with_its_pictures(anyone: Client, seller: Client) -> None:
    keys = [stored(seller, picture(color=(n, n, n))) for n in range(3)]
    made = seller.product(images=[{"key": keys[0]}, {"key": keys[1], "image_type": "main"}])
    assert [(i["key"], i["image_type"]) for i in pictures_of(seller, made["product_id"])] == [
        (keys[0], "gallery"),
        (keys[1], "main"),
    ]
    seller.command("update-product", product_id=made["product_id"], images=[{"key": keys[2]}, {"key": keys[1]}])
    assert {(i["key"], i["image_type"]) for i in pictures_of(seller, made["product_id"])} == {
        (keys[1], "gallery"),
        (keys[2], "gallery"),
    }
    assert anyone.http.get(f"/media/{keys[0]}").status_code == 404
    refused = seller.send("create-product", name="Twin", price="1", images=[{"key": keys[1]}])
    assert refused.json()["type"] == "/problems/picture-in-use"
    seller.command("delete-product", product_id=made["product_id"])
    assert anyone.http.get(f"/media/{keys[1]}").status_code == 404


def test_many_at_once_are_all_taken(seller: Client) -> None:
    product = seller.product()["product_id"]

    def add(number: int) -> None:
        key = stored(seller, picture(color=(number, 7, 7)))
        seller.command("add-product-image", product_id=product, key=key, image_type="main")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(16)))
    found = pictures_of(seller, product)
    assert len(found) == 16
    assert sorted(image["order"] for image in found) == list(range(16))
    assert sum(image["primary"] for image in found) == 1


def test_a_hostile_crowd_holds_nobody_up(anyone: Client, seller: Client) -> None:
    """Decoding happens beside the server's loop, a few at a time."""
    large = picture("png", (4000, 4000))
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(upload, seller, large) for _ in range(4)]
        slowest = 0.0
        while not all(answer.done() for answer in answers):
            began = time.monotonic()
            assert anyone.http.get("/health/live").status_code == 200
            slowest = max(slowest, time.monotonic() - began)
        assert {answer.result().status_code for answer in answers} == {201}
    assert slowest < 2.0
