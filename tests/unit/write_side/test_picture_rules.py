"""Every rule of products' pictures and of people's own, both verdicts; with the keys that they claim."""

from typing import Any

import pytest
from pydantic import ValidationError
from support.given import Happened, World

from write_side import media
from write_side.account.commands import DeleteAccount, RemoveProfilePicture, SetProfilePicture
from write_side.account.events import AccountRegistered, ProfilePictureRemoved, ProfilePictureSet
from write_side.account.picture import NoProfilePicture
from write_side.account.state import ACCOUNT
from write_side.catalog.product import decide, images
from write_side.catalog.product.commands import CreateProduct, DeleteProduct, UpdateProduct
from write_side.catalog.product.events import ImageAdded, ImageChanged, ImageRemoved, ProductCreated, ProductDeleted
from write_side.catalog.product.image_commands import (
    AddProductImage,
    ChangeProductImage,
    RemoveProductImage,
    RemoveProductImages,
)
from write_side.catalog.product.state import PRODUCT
from write_side.messages import Actor
from write_side.values import Sealed

SELLER, RIVAL = (Actor(person_id=person, roles=frozenset({"seller"})) for person in (8, 9))
ADMIN = Actor(person_id=2, roles=frozenset({"admin"}))
KETTLE = ProductCreated(
    product_id=1, name="Kettle", slug="kettle", sku="K", selling_price=1999, low_stock_threshold=5, seller_id=8
)


def key(number: int, uploader: int = 8, folder: str = "products") -> str:
    return f"{folder}/{uploader}/{number:032x}.png"


@pytest.fixture
def world() -> World:
    world = World()
    world.has(PRODUCT, 1, KETTLE)
    return world


def add(world: World, number: int, actor: Actor = SELLER, **fields: Any) -> Happened:
    command = AddProductImage.model_validate({"product_id": 1, "key": key(number, actor.person_id or 0), **fields})
    return world.when(command, actor)


def shown(world: World) -> list[tuple[str | None, int, bool]]:
    product = world.state(PRODUCT, 1)
    return [(image.key, image.order, image.primary) for image in product.images.values()]


# -- keys -----------------------------------------------------------------------------------------


def test_a_key_says_where_it_belongs_who_uploaded_it_and_what_it_is() -> None:
    made = media.make_key(media.PRODUCTS, 8, bytes(range(16)), "webp")
    assert made == "products/8/000102030405060708090a0b0c0d0e0f.webp"
    assert media.parse_key(made) == media.Key("products", 8, "webp")
    parsed = media.parse_key(made)
    assert parsed is not None and parsed.content_type == "image/webp"
    assert media.parse_key(made.replace("products", "people")) == media.Key("people", 8, "webp")
    assert key(1, folder="people").startswith(media.person_prefix(8))
    assert not key(1, 81, folder="people").startswith(media.person_prefix(8))


@pytest.mark.parametrize(
    "text",
    ["", "products/8/1.png", f"products/0/{'0' * 32}.png", f"products/8/{'0' * 32}.svg", f"other/8/{'0' * 32}.png",
     f"products/8/{'0' * 32}.png\n", f"products/../8/{'0' * 32}.png", f"products/٣/{'0' * 32}.png",
     f"products/8/{'A' * 32}.png", f"/products/8/{'0' * 32}.png"],
)  # fmt: skip
def test_nothing_else_is_a_key(text: str) -> None:
    assert media.parse_key(text) is None
    with pytest.raises(ValidationError):
        AddProductImage.model_validate({"product_id": 1, "key": text})


def test_a_person_s_picture_is_no_product_s() -> None:
    with pytest.raises(ValidationError):
        AddProductImage.model_validate({"product_id": 1, "key": key(1, folder="people")})
    with pytest.raises(ValidationError):
        SetProfilePicture.model_validate({"key": key(1), "size": 1})


# -- adding ---------------------------------------------------------------------------------------


def test_a_picture_comes_last_unless_its_place_is_said(world: World) -> None:
    done = add(world, 1)
    image_id = done.result["image_id"]
    assert done.result == {"image_id": image_id, "key": key(1)}
    assert done.events == [
        ImageAdded(
            product_id=1, image_id=image_id, address=f"/media/{key(1)}", alt_text="", primary=False, order=0, key=key(1)
        )
    ]
    add(world, 2, order=7)
    add(world, 3, image_type="thumbnail", alt_text="small")
    assert shown(world) == [(key(1), 0, False), (key(2), 7, False), (key(3), 8, False)]


def test_the_newest_main_picture_takes_the_role_over(world: World) -> None:
    add(world, 1, image_type="main")
    add(world, 2, image_type="main")
    assert [primary for _, _, primary in shown(world)] == [False, True]


def test_only_its_uploader_adds_a_picture(world: World) -> None:
    with pytest.raises(media.NotYourUpload):
        world.when(AddProductImage(product_id=1, key=key(1, 9)), SELLER)
    with pytest.raises(media.NotYourUpload):
        world.when(AddProductImage(product_id=1, key=key(1, 8)), ADMIN)
    assert add(world, 1).events


def test_only_the_owner_and_administrators_touch_a_product_s_pictures(world: World) -> None:
    image_id = add(world, 1).result["image_id"]
    with pytest.raises(decide.NotYourProduct):
        add(world, 2, RIVAL)
    for command in (
        ChangeProductImage(product_id=1, image_id=image_id, order=3),
        RemoveProductImage(product_id=1, image_id=image_id),
        RemoveProductImages(product_id=1),
    ):
        with pytest.raises(decide.NotYourProduct):
            world.when(command, RIVAL)
    assert add(world, 3, ADMIN).events
    assert world.when(RemoveProductImages(product_id=1), ADMIN).result["removed"] == 2
    with pytest.raises(decide.NoSuchProduct):
        world.when(RemoveProductImages(product_id=77), ADMIN)


def test_a_stored_picture_has_one_record(world: World) -> None:
    first = add(world, 1)
    again = add(world, 1)
    assert (again.events, again.result) == ([], first.result)
    world.has(PRODUCT, 2, KETTLE.__class__(**{**_fields(KETTLE), "product_id": 2}))
    with pytest.raises(media.KeyTaken):
        world.when(AddProductImage(product_id=2, key=key(1)), SELLER)
    world.when(RemoveProductImages(product_id=1), SELLER)
    assert world.when(AddProductImage(product_id=2, key=key(2)), SELLER).events


def test_a_product_has_so_many_pictures_and_no_more(world: World) -> None:
    for number in range(images.MAX_IMAGES):
        add(world, number)
    with pytest.raises(images.TooManyImages):
        add(world, images.MAX_IMAGES)


# -- changing and removing ------------------------------------------------------------------------


def test_what_is_sent_changes_and_the_rest_stays(world: World) -> None:
    image_id = add(world, 1, image_type="main", alt_text="front").result["image_id"]

    def change(**fields: Any) -> list[Any]:
        return world.when(ChangeProductImage(product_id=1, image_id=image_id, **fields), SELLER).events

    assert change(order=4) == [ImageChanged(product_id=1, image_id=image_id, order=4)]
    assert change(order=4, alt_text="front", is_primary=True) == []
    assert change(is_primary=False) == [ImageChanged(product_id=1, image_id=image_id, primary=False)]
    assert change(alt_text="") == [ImageChanged(product_id=1, image_id=image_id, alt_text="")]
    assert shown(world) == [(key(1), 4, False)]
    with pytest.raises(images.NoSuchImage):
        world.when(ChangeProductImage(product_id=1, image_id=image_id + 1, order=1), SELLER)


def test_another_picture_is_made_the_main_one(world: World) -> None:
    add(world, 1, image_type="main")
    second = add(world, 2).result["image_id"]
    world.when(ChangeProductImage(product_id=1, image_id=second, is_primary=True), SELLER)
    assert [primary for _, _, primary in shown(world)] == [False, True]


def test_a_picture_is_removed_by_its_id_or_its_key_and_its_key_is_free(world: World) -> None:
    first, second = (add(world, number).result["image_id"] for number in (1, 2))
    done = world.when(RemoveProductImage(product_id=1, key=key(1)), SELLER)
    assert done.events == [ImageRemoved(product_id=1, image_id=first, key=key(1))]
    assert done.result == {"image_id": first, "keys": [key(1)]}
    assert world.owner("media", key(1)) is None
    assert world.when(RemoveProductImage(product_id=1, image_id=second), SELLER).result["keys"] == [key(2)]
    for gone in ({"image_id": second}, {"key": key(1)}, {"key": "what is no key"}):
        with pytest.raises(images.NoSuchImage):
            world.when(RemoveProductImage.model_validate({"product_id": 1, **gone}), SELLER)
    for neither_or_both in ({}, {"image_id": 1, "key": key(1)}):
        with pytest.raises(ValidationError):
            RemoveProductImage.model_validate({"product_id": 1, **neither_or_both})


def test_removing_all_of_none_is_no_event(world: World) -> None:
    done = world.when(RemoveProductImages(product_id=1), SELLER)
    assert (done.events, done.result) == ([], {"removed": 0, "keys": []})


# -- with the product -----------------------------------------------------------------------------


def test_a_product_is_made_with_its_pictures_or_not_at_all(world: World) -> None:
    wanted = {"name": "Pot", "price": "5", "images": [{"key": key(1)}, {"key": key(2), "image_type": "main"}]}
    done = world.when(CreateProduct.model_validate(wanted), SELLER)
    assert [event.key for event in done.events if isinstance(event, ImageAdded)] == [key(1), key(2)]
    assert [image["key"] for image in done.result["images"]] == [key(1), key(2)]
    with pytest.raises(media.KeyTaken):
        world.when(CreateProduct.model_validate(wanted | {"name": "Pan"}), SELLER)
    assert world.owner("product-slug", "pan") is None


def test_an_update_puts_pictures_in_the_place_of_others_and_keeps_what_is_wanted_again(world: World) -> None:
    kept, gone = (add(world, number).result["image_id"] for number in (1, 2))
    wanted = [{"key": key(3), "image_type": "main"}, {"key": key(1), "alt_text": "again"}]
    command = UpdateProduct.model_validate({"product_id": 1, "images": wanted})
    done = world.when(command, SELLER)
    assert [type(event) for event in done.events] == [ImageRemoved, ImageAdded, ImageChanged]
    assert done.events[0] == ImageRemoved(product_id=1, image_id=gone, key=key(2))
    assert done.events[2] == ImageChanged(product_id=1, image_id=kept, alt_text="again")
    assert done.result["keys"] == [key(2)]
    again = world.when(command, SELLER)
    assert again.events == [] and "keys" not in again.result
    assert world.when(UpdateProduct(product_id=1, name="Pot"), SELLER).result.keys() == {"product_id", "slug", "sku"}
    assert world.when(UpdateProduct(product_id=1, images=[]), SELLER).result["keys"] == [key(1), key(3)]


def test_an_update_adds_pictures_beside_the_others(world: World) -> None:
    add(world, 1, image_type="main")
    command = UpdateProduct.model_validate({"product_id": 1, "more_images": [{"key": key(2), "image_type": "main"}]})
    assert [type(event) for event in world.when(command, SELLER).events] == [ImageAdded]
    assert shown(world) == [(key(1), 0, False), (key(2), 1, True)]
    assert world.when(command, SELLER).events == []


def test_a_deleted_product_s_pictures_go_with_it(world: World) -> None:
    add(world, 1)
    done = world.when(DeleteProduct(product_id=1), SELLER)
    assert [type(event) for event in done.events] == [ImageRemoved, ProductDeleted]
    assert world.owner("media", key(1)) is None


# -- people ---------------------------------------------------------------------------------------


@pytest.fixture
def person(world: World) -> World:
    seal = Sealed("x")
    registered = AccountRegistered(person_id=8, email=seal, email_hash="h", first_name=seal, last_name=seal)
    world.has(ACCOUNT, 8, registered)
    return world


def test_a_new_picture_takes_the_place_of_the_earlier_one(person: World) -> None:
    first, second = (SetProfilePicture(key=key(number, folder="people"), size=70) for number in (1, 2))
    set_first = ProfilePictureSet(person_id=8, key=first.key, content_type="image/png", size=70)
    assert person.when(first, SELLER).events == [set_first]
    assert person.when(first, SELLER).events == []
    done = person.when(second, SELLER)
    set_second = ProfilePictureSet(person_id=8, key=second.key, content_type="image/png", size=70)
    assert done.events == [ProfilePictureRemoved(person_id=8, key=first.key), set_second]
    assert done.result["keys"] == [first.key]
    assert person.owner("media", first.key) is None


def test_only_one_s_own_upload_becomes_one_s_picture(person: World) -> None:
    with pytest.raises(media.NotYourUpload):
        person.when(SetProfilePicture(key=key(1, 9, "people"), size=70), SELLER)


def test_a_picture_is_taken_away_once(person: World) -> None:
    with pytest.raises(NoProfilePicture):
        person.when(RemoveProfilePicture(), SELLER)
    mine = key(1, folder="people")
    person.when(SetProfilePicture(key=mine, size=70), SELLER)
    done = person.when(RemoveProfilePicture(), SELLER)
    assert (done.events, done.result) == ([ProfilePictureRemoved(person_id=8, key=mine)], {"keys": [mine]})
    with pytest.raises(NoProfilePicture):
        person.when(RemoveProfilePicture(), SELLER)


def test_an_erased_person_s_picture_is_in_no_record(person: World) -> None:
    mine = key(1, folder="people")
    person.when(SetProfilePicture(key=mine, size=70), SELLER)
    person.when(DeleteAccount(), SELLER)
    assert person.owner("media", mine) is None
    assert person.state(ACCOUNT, 8).picture is None


def _fields(event: Any) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__struct_fields__}
