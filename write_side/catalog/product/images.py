"""The rules of products' pictures."""

from collections.abc import Iterable
from typing import Any

from write_side.catalog.product.events import ImageAdded, ImageChanged, ImageRemoved
from write_side.catalog.product.image_commands import AddProductImage, ChangeProductImage, NewImage
from write_side.catalog.product.state import Product
from write_side.fields import MAX_LEVEL
from write_side.media import PATH
from write_side.messages import Event
from write_side.refusals import Conflict, NotFound

MAX_IMAGES = 100


class NoSuchImage(NotFound):
    type = "no-such-image"
    title = "The product has no such picture"


class TooManyImages(Conflict):
    type = "too-many-images"
    title = f"A product has at most {MAX_IMAGES} pictures"


def add(product: Product, image_id: int, image: NewImage | AddProductImage) -> list[Event]:
    if len(product.images) >= MAX_IMAGES:
        raise TooManyImages
    return [
        ImageAdded(
            product_id=product.product_id,
            image_id=image_id,
            address=PATH + image.key,
            alt_text=image.alt_text,
            primary=image.image_type == "main",
            order=_last(product) if image.order is None else image.order,
            key=image.key,
            thumbnail=image.image_type == "thumbnail",
        )
    ]


def _last(product: Product) -> int:
    return min(max((image.order for image in product.images.values()), default=-1) + 1, MAX_LEVEL)


def change(product: Product, command: ChangeProductImage) -> list[Event]:
    image = product.images.get(command.image_id)
    if image is None:
        raise NoSuchImage(image_id=command.image_id)
    wanted: dict[str, Any] = {
        "alt_text": command.alt_text,
        "order": command.order,
        "primary": command.is_primary,
    }
    changes = {field: value for field, value in wanted.items() if value is not None and value != getattr(image, field)}
    if not changes:
        return []
    return [ImageChanged(product_id=product.product_id, image_id=command.image_id, **changes)]


def remove(product: Product, image_ids: Iterable[int]) -> list[Event]:
    return [
        ImageRemoved(product_id=product.product_id, image_id=image_id, key=product.images[image_id].key)
        for image_id in image_ids
    ]


def again(product: Product, image_id: int, image: NewImage) -> ChangeProductImage:
    """What changes in a picture that the product has, when it is given anew."""
    return ChangeProductImage(
        product_id=product.product_id,
        image_id=image_id,
        alt_text=image.alt_text,
        order=image.order,
        is_primary=image.image_type == "main",
    )


def by_key(product: Product, key: str) -> int | None:
    return next((known for known, image in product.images.items() if image.key == key), None)


def find(product: Product, image_id: int | None, key: str | None) -> int:
    """Which of the product's pictures is meant, by its id or its key."""
    found = by_key(product, key) if key is not None else image_id
    if found is None or found not in product.images:
        raise NoSuchImage
    return found
