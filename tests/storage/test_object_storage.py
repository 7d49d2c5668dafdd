"""The adapter against a real server of S3's API: what is stored is there, what is deleted is gone, also after a
crash; and an outage is one error that says so, soon."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from support.storage import StorageStandin

from storefold.outside import build_storage
from storefold.stack.storage.signed import Denied, check
from workers.object_storage import GOOD_FOR, ObjectStorage, StorageSettings
from write_side.media import StorageAway

SECRET = "storage-storefold-development"


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageStandin]:
    with StorageStandin(tmp_path_factory.mktemp("storage")) as running:
        yield running


@pytest.fixture
def storage(standin: StorageStandin) -> ObjectStorage:
    built = build_storage(standin.settings())
    assert built is not None
    return built


def content(storage: ObjectStorage, key: str) -> bytes | None:
    stored = storage.get(key)
    if stored is None:
        return None
    try:
        return b"".join(iter(stored.read, b""))
    finally:
        stored.close()


def test_what_is_put_is_there_until_it_is_deleted(storage: ObjectStorage) -> None:
    data = bytes(range(256)) * 1000
    assert content(storage, "products/1/a.png") is None
    storage.put("products/1/a.png", data, "image/png")
    stored = storage.get("products/1/a.png")
    assert stored is not None and stored.size == len(data)
    stored.close()
    assert content(storage, "products/1/a.png") == data
    storage.put("products/1/a.png", b"other", "image/png")
    assert content(storage, "products/1/a.png") == b"other"
    for _ in range(2):
        storage.delete("products/1/a.png")
        assert content(storage, "products/1/a.png") is None


def test_a_prefix_is_one_person_s_and_nobody_else_s(storage: ObjectStorage) -> None:
    mine = [f"people/7/{number}.png" for number in range(3)]
    for key in (*mine, "people/71/other.png"):
        storage.put(key, b"x", "image/png")
    assert [key for key, _ in storage.keys("people/7/")] == mine
    assert all(datetime.now(UTC) - at < timedelta(minutes=1) for _, at in storage.keys("people/7/"))
    assert storage.delete_prefix("people/7/") == 3
    assert storage.delete_prefix("people/7/") == 0
    assert content(storage, "people/71/other.png") == b"x"


def test_a_presigned_address_opens_one_object_without_a_token(storage: ObjectStorage) -> None:
    storage.put("people/8/a.png", b"mine", "image/png")
    storage.put("people/8/b.png", b"hidden", "image/png")
    url = storage.presigned_url("people/8/a.png")
    answer = httpx.get(url)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"mine", "image/png")
    assert f"X-Amz-Expires={GOOD_FOR}&" in url and GOOD_FOR == 3600
    assert httpx.get(url.replace("/a.png", "/b.png")).status_code == 403
    assert httpx.get(url.replace("Expires=3600", "Expires=9000")).status_code == 403
    assert httpx.get(url.partition("?")[0]).status_code == 403
    storage.delete("people/8/a.png")
    assert httpx.get(url).status_code in (403, 404)


def test_a_presigned_address_expires(storage: ObjectStorage) -> None:
    url = httpx.URL(storage.presigned_url("people/8/a.png"))
    query = url.query.decode()

    def look(after: float) -> None:
        host = f"{url.host}:{url.port}"
        check(
            "GET",
            url.raw_path.decode().partition("?")[0],
            query,
            host,
            SECRET,
            datetime.now(UTC) + timedelta(seconds=after),
        )

    look(GOOD_FOR - 60)
    with pytest.raises(Denied, match="expired"):
        look(GOOD_FOR + 60)


def test_what_was_answered_survives_kill_9(standin: StorageStandin, storage: ObjectStorage) -> None:
    for number in range(5):
        storage.put(f"products/3/{number}.gif", bytes([number]) * 200_000, "image/gif")
    storage.delete("products/3/2.gif")
    before = list(storage.keys("products/3/"))
    standin.kill()
    with pytest.raises(StorageAway):
        storage.put("products/3/9.gif", b"x", "image/gif")
    standin.start()
    assert list(storage.keys("products/3/")) == before
    assert content(storage, "products/3/4.gif") == b"\4" * 200_000
    assert content(storage, "products/3/2.gif") is None
    assert httpx.get(storage.presigned_url("products/3/1.gif")).headers["content-type"] == "image/gif"


def test_an_outage_is_one_error_and_a_quick_one() -> None:
    away = ObjectStorage(StorageSettings("storefold", "us-east-1", "http://127.0.0.1:9", "", "a", "b"))
    began = time.monotonic()
    for call in (
        lambda: away.put("k", b"", "image/png"),
        lambda: away.get("k"),
        lambda: away.delete("k"),
        lambda: away.delete_prefix("k"),
    ):
        with pytest.raises(StorageAway):
            call()
    assert time.monotonic() - began < 20
    assert away.presigned_url("k").startswith("http://127.0.0.1:9/storefold/k?")


def test_what_the_server_refuses_is_an_outage_too(standin: StorageStandin) -> None:
    """A bucket that nobody made is ours to mend, not the client's fault."""
    wrong = build_storage(standin.settings(storage_bucket="nobody-made-it"))
    assert wrong is not None
    with pytest.raises(StorageAway):
        wrong.put("k", b"", "image/png")


def test_clients_may_reach_it_under_another_name(standin: StorageStandin) -> None:
    inner = build_storage(standin.settings(storage_public_endpoint="https://pictures.example"))
    assert inner is not None
    assert inner.presigned_url("people/1/a.png").startswith("https://pictures.example/storefold/people/1/a.png?")
    inner.put("people/1/a.png", b"x", "image/png")
    assert content(inner, "people/1/a.png") == b"x"


def test_switched_off_there_is_none() -> None:
    from storefold.settings import Settings

    assert build_storage(Settings(storage="off")) is None
