"""The shop without a storage of pictures: it sells, shows none and takes none."""

from collections.abc import Iterator

import httpx
import pytest
from support.pictures import picture
from support.product import Client
from support.second_server import api_process
from support.surfaces import MARKETPLACE, Caller


@pytest.fixture(scope="module")
def without(anyone: Client) -> Iterator[str]:
    with api_process(anyone, STOREFOLD_STORAGE="off", STOREFOLD_RATE_LIMITS="off") as url:
        yield url


def test_lists_are_empty_and_uploads_are_refused(without: str, merchant: Caller) -> None:
    slug = str(merchant.core.product()["slug"])
    sent = {"image": ("p.png", picture())}
    image = merchant.post(f"/products/{slug}/upload_image/", data={"image_type": "main"}, files=sent).json()["image"]
    merchant.post("/profiles/upload_profile_picture/", files=sent)
    here = Caller(MARKETPLACE, without, merchant.home, merchant.core)
    assert here.get(f"/products/{slug}/images/").json() == {"images": []}
    main = here.get(f"/products/{slug}/main_image/").json()
    assert main["main_image"] is None and main["message"]
    assert here.get(f"/products/{slug}/images_with_presigned_urls/").json()["images"] == []
    assert here.get("/profiles/profile_picture/").json() == {"profile_picture": None}
    refused = [
        here.post(f"/products/{slug}/upload_image/", files=sent),
        here.post(f"/products/{slug}/images/", files=sent),
        here.post("/profiles/upload_profile_picture/", files=sent),
        here.patch("/profiles/update_profile_picture/", files=sent),
        httpx.get(f"{without}/media/{image['image_key']}"),
    ]
    assert {answer.status_code for answer in refused} == {503}
    assert httpx.get(f"{without}/health/ready").status_code == 200
    made = here.core.product()
    assert made["product_id"]
    # A record can go all the same; its object goes when the storage is there.
    assert here.delete(f"/products/{slug}/delete_all_images/").json()["deleted_count"] == 1
    assert httpx.get(image["url"]).status_code == 404
