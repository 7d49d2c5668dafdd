"""Which streams the commands of products' pictures read and write, and the keys they claim."""

from collections.abc import Collection
from typing import Any

from write_side import media
from write_side.catalog.product import decide, images
from write_side.catalog.product.image_commands import (
    AddProductImage,
    ChangeProductImage,
    NewImage,
    RemoveProductImage,
    RemoveProductImages,
)
from write_side.catalog.product.state import PRODUCT, Product
from write_side.work import Work, handles


@handles(AddProductImage)
def add_product_image(command: AddProductImage, work: Work) -> dict[str, Any]:
    _mine(work, command.product_id)
    return add_image(work, command.product_id, command)


@handles(ChangeProductImage)
def change_product_image(command: ChangeProductImage, work: Work) -> dict[str, Any]:
    product = _mine(work, command.product_id)
    work.record(PRODUCT, command.product_id, images.change(product, command))
    return {"image_id": command.image_id}


@handles(RemoveProductImage)
def remove_product_image(command: RemoveProductImage, work: Work) -> dict[str, Any]:
    product = _mine(work, command.product_id)
    image_id = images.find(product, command.image_id, command.key)
    return {"image_id": image_id, "keys": _remove(work, product, [image_id])}


@handles(RemoveProductImages)
def remove_product_images(command: RemoveProductImages, work: Work) -> dict[str, Any]:
    product = _mine(work, command.product_id)
    return {"removed": len(product.images), "keys": remove_all(work, product)}


def add_image(work: Work, product_id: int, image: NewImage | AddProductImage) -> dict[str, Any]:
    """Also for pictures that come with a product: one append. One that the product has already stays as it is."""
    product = work.state(PRODUCT, product_id)
    image_id = images.by_key(product, image.key)
    if image_id is None:
        image_id = work.new_id()
        media.take(work, image.key, image_id)
        work.record(PRODUCT, product_id, images.add(product, image_id, image))
    return {"image_id": image_id, "key": image.key}


def replace_all(work: Work, product: Product, wanted: list[NewImage]) -> list[str]:
    """What is wanted again is kept. The keys whose objects nobody refers to any more."""
    keys = {image.key for image in wanted}
    gone = _remove(work, product, [i for i, image in product.images.items() if image.key not in keys])
    for image in wanted:
        known = images.by_key(product, image.key)
        if known is None:
            add_image(work, product.product_id, image)
        else:
            now = work.state(PRODUCT, product.product_id)
            work.record(PRODUCT, product.product_id, images.change(now, images.again(now, known, image)))
    return gone


def remove_all(work: Work, product: Product) -> list[str]:
    """As `replace_all`, by none."""
    return _remove(work, product, product.images)


def _remove(work: Work, product: Product, image_ids: Collection[int]) -> list[str]:
    keys = [key for image_id in image_ids if (key := product.images[image_id].key) is not None]
    work.record(PRODUCT, product.product_id, images.remove(product, image_ids))
    for key in keys:
        media.let_go(work, key)
    return keys


def _mine(work: Work, product_id: int) -> Product:
    product = work.state(PRODUCT, product_id)
    decide.ensure_exists(product)
    decide.ensure_owner(product, work.actor)
    return product
