"""The caller's own picture: every row, and what becomes of an earlier one."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import httpx
import pytest
from support.pictures import FORMATS, HOSTILE, LARGEST, noise, of_size, picture
from support.surfaces import Caller

PICTURE = {"image_key", "url", "presigned_url", "size", "content_type", "uploaded_at"}


def current(who: Caller) -> dict[str, Any] | None:
    body = who.get("/profiles/profile_picture/").json()
    assert body.keys() == {"profile_picture"}
    found: dict[str, Any] | None = body["profile_picture"]
    return found


def send(who: Caller, data: bytes, field: str = "profile_picture", method: str = "POST") -> httpx.Response:
    path = "/profiles/upload_profile_picture/" if method == "POST" else "/profiles/update_profile_picture/"
    return who.send(method, path, files={field: ("me.svg", data, "image/svg+xml")})


@pytest.mark.parametrize(
    ("extension", "field", "method"),
    [("jpg", "profile_picture", "POST"), ("png", "image", "POST"), ("webp", "profile_picture", "PATCH"),
     ("gif", "image", "PATCH")],
)  # fmt: skip
def test_a_picture_is_taken_under_either_name_and_by_either_row(
    shopper: Caller, extension: str, field: str, method: str
) -> None:
    assert current(shopper) is None
    data = noise(extension)
    answer = send(shopper, data, field, method)
    assert answer.status_code == 201 and answer.json().keys() == {"message", "profile_picture"}
    told = answer.json()["profile_picture"]
    assert told.keys() == PICTURE
    assert (told["size"], told["content_type"]) == (len(data), FORMATS[extension][1])
    assert datetime.fromisoformat(told["uploaded_at"]).tzinfo is not None
    found = current(shopper)
    assert found is not None
    assert {**found, "presigned_url": ""} == {**told, "presigned_url": ""}
    for url in (told["url"], told["presigned_url"], found["presigned_url"]):
        shown = httpx.get(url)
        assert (shown.status_code, shown.content) == (200, data)
        assert shown.headers["content-type"] == FORMATS[extension][1]


def test_a_new_picture_replaces_the_earlier_one_whose_addresses_stop_working(shopper: Caller) -> None:
    first = send(shopper, picture(color=(1, 1, 1))).json()["profile_picture"]
    second = send(shopper, picture(color=(2, 2, 2)), method="PATCH").json()["profile_picture"]
    assert first["image_key"] != second["image_key"]
    assert httpx.get(first["url"]).status_code == 404
    assert httpx.get(first["presigned_url"]).status_code in (403, 404)
    assert httpx.get(second["url"]).status_code == 200


def test_it_is_deleted_once(shopper: Caller) -> None:
    told = send(shopper, picture()).json()["profile_picture"]
    answer = shopper.delete("/profiles/delete_profile_picture/")
    assert answer.status_code == 200 and list(answer.json()) == ["message"]
    assert current(shopper) is None
    assert httpx.get(told["url"]).status_code == 404
    assert httpx.get(told["presigned_url"]).status_code in (403, 404)
    assert shopper.delete("/profiles/delete_profile_picture/").status_code == 404


def test_a_refused_upload_leaves_the_earlier_one(shopper: Caller) -> None:
    told = send(shopper, picture()).json()["profile_picture"]
    for data in (*HOSTILE.values(), of_size(LARGEST + 1), b""):
        answer = send(shopper, data)
        assert answer.status_code == 400 and list(answer.json()) == ["profile_picture"], answer.text
    assert list(send(shopper, HOSTILE["svg"], "image").json()) == ["image"]
    path = "/profiles/upload_profile_picture/"
    for options in ({}, {"json": {}}, {"data": {"image": "text"}}, {"files": {"other": ("p.png", picture())}}):
        assert shopper.post(path, **options).status_code == 400
    assert send(shopper, b"\0" * 13_000_000).status_code in (400, 413)
    found = current(shopper)
    assert found is not None and found["image_key"] == told["image_key"]
    assert httpx.get(told["url"]).status_code == 200
    assert send(shopper, of_size(LARGEST)).status_code == 201


def test_it_is_one_s_own_and_one_has_to_be_signed_in(passer_by: Caller, shopper: Caller, merchant: Caller) -> None:
    send(shopper, picture())
    assert current(merchant) is None
    assert merchant.delete("/profiles/delete_profile_picture/").status_code == 404
    assert current(shopper) is not None
    answers = [
        passer_by.get("/profiles/profile_picture/"),
        send(passer_by, picture()),
        send(passer_by, picture(), method="PATCH"),
        passer_by.delete("/profiles/delete_profile_picture/"),
    ]
    assert {answer.status_code for answer in answers} == {401}


def test_a_seller_s_page_shows_it(passer_by: Caller, merchant: Caller) -> None:
    page = f"/sellers/{merchant.person_id}/"
    assert passer_by.get(page).json()["seller"]["profile_picture"] is None
    told = send(merchant, picture()).json()["profile_picture"]
    assert passer_by.get(page).json()["seller"]["profile_picture"] == told["url"]


def test_of_many_at_once_one_stays_and_the_others_are_gone(shopper: Caller) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: send(shopper, picture(color=(n, n, n))), range(6)))
    assert {answer.status_code for answer in answers} == {201}
    told = [answer.json()["profile_picture"] for answer in answers]
    found = current(shopper)
    assert found is not None
    for one in told:
        good = 200 if one["image_key"] == found["image_key"] else 404
        assert httpx.get(one["url"]).status_code == good
        assert httpx.get(one["presigned_url"]).is_success == (good == 200)


def test_a_deleted_person_s_picture_is_deleted_with_them(shopper: Caller) -> None:
    told = send(shopper, picture()).json()["profile_picture"]
    shopper.core.command("delete-account")
    assert httpx.get(told["url"]).status_code == 404
    deadline = time.monotonic() + 60
    while httpx.get(told["presigned_url"]).is_success:  # a worker's affair
        assert time.monotonic() < deadline, "the object is still there"
        time.sleep(0.1)
