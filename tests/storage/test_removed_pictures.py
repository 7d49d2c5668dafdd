"""A removed picture's object is deleted, once or often, and later where the storage is away."""

from collections.abc import Iterator

import pytest
from support.databases import Databases
from support.pictures import picture
from support.shop import Shop
from support.storage import StorageStandin

from storefold.bootstrap import WriteSide
from storefold.outside import build_storage
from workers import open_effects
from workers.object_storage import ObjectStorage
from workers.open_effects import Open
from workers.pictures import Pictures
from workers.sweeping import sweep
from write_side.account.commands import RemoveProfilePicture, SetProfilePicture
from write_side.media import PEOPLE, StorageAway, make_key
from write_side.messages import Actor
from write_side.processes.effects import Effect, Kind


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageStandin]:
    with StorageStandin(tmp_path_factory.mktemp("storage")) as running:
        yield running


@pytest.fixture
def storage(standin: StorageStandin) -> ObjectStorage:
    built = build_storage(standin.settings())
    assert built is not None
    return built


def uploaded(storage: ObjectStorage, person: Actor, number: int) -> str:
    assert person.person_id is not None
    key = make_key(PEOPLE, person.person_id, bytes([number]) * 16, "png")
    storage.put(key, picture(), "image/png")
    return key


def removed(shop: Shop, storage: ObjectStorage) -> tuple[str, Open]:
    """The key of a picture that was taken away, and what is to be done about it."""
    person = shop.person()
    key = uploaded(storage, person, 1)
    shop.do(SetProfilePicture(key=key, size=70), person)
    done = shop.do(RemoveProfilePicture(), person)
    assert person.person_id is not None
    return key, Open(Effect(Kind.DELETE_PICTURE, person.person_id, done.position), done.position)


def there(storage: ObjectStorage, key: str) -> bool:
    return key in [found for found, _ in storage.keys(key)]


def open_rows(write_side: WriteSide) -> list[str]:
    with write_side.log.connection() as conn:
        return [row[0] for row in conn.execute("SELECT id FROM effects")]


def written_down(write_side: WriteSide, asked: Open) -> None:
    with write_side.log.connection() as conn:
        open_effects.add(conn, [asked])


def test_its_object_is_deleted_however_often_it_is_asked(
    shop: Shop, write_side: WriteSide, storage: ObjectStorage
) -> None:
    key, asked = removed(shop, storage)
    written_down(write_side, asked)
    pictures = Pictures(write_side.log, storage)
    for _ in range(2):
        pictures.carry_out(asked)
        assert not there(storage, key)
        assert open_rows(write_side) == []


def test_it_waits_for_a_storage_that_is_away(
    shop: Shop, write_side: WriteSide, storage: ObjectStorage, standin: StorageStandin
) -> None:
    key, asked = removed(shop, storage)
    written_down(write_side, asked)
    pictures = Pictures(write_side.log, storage)
    standin.kill()
    pictures.carry_out(asked)
    assert open_rows(write_side) == [asked.effect.id]
    standin.start()
    assert there(storage, key)
    pictures.carry_out(asked)
    assert not there(storage, key)


def test_an_erased_person_s_pictures_are_all_deleted(shop: Shop, write_side: WriteSide, storage: ObjectStorage) -> None:
    person, other = shop.person(), shop.person()
    assert person.person_id is not None
    keys = [uploaded(storage, person, number) for number in (1, 2)]
    kept = uploaded(storage, other, 1)
    pictures = Pictures(write_side.log, storage)
    assert pictures.erase_person(person.person_id) == 2
    assert pictures.erase_person(person.person_id) == 0
    assert not any(there(storage, key) for key in keys) and there(storage, kept)
    with pytest.raises(StorageAway):
        Pictures(write_side.log, None).erase_person(person.person_id)


def test_what_no_command_took_is_swept_up_after_a_while(
    shop: Shop, write_side: WriteSide, storage: ObjectStorage, databases: Databases
) -> None:
    person = shop.person()
    taken, left = (uploaded(storage, person, number) for number in (5, 6))
    shop.do(SetProfilePicture(key=taken, size=70), person)
    sweep(write_side.log, storage, older_than=3600)
    assert there(storage, taken) and there(storage, left)
    assert sweep(write_side.log, storage, older_than=0) >= 1
    assert there(storage, taken) and not there(storage, left)
