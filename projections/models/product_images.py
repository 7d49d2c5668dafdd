"""What becomes of a product's document when its pictures change."""

from collections.abc import Mapping
from typing import Final

from msgspec import UNSET

from projections.model import Fold, Moment
from read_side.documents.product import Image, Product
from write_side.catalog.product.events import ImageAdded, ImageChanged, ImageRemoved
from write_side.messages import Event


def added(product: Product, event: ImageAdded, when: Moment) -> None:
    if event.primary:
        _make_room(product)
    product.images.append(
        Image(
            event.image_id, event.address, when.at, event.alt_text, event.primary, event.order,
            event.key, event.thumbnail,
        )
    )  # fmt: skip
    product.updated_at = when.at


def changed(product: Product, event: ImageChanged, when: Moment) -> None:
    image = next(image for image in product.images if image.image_id == event.image_id)
    if event.alt_text is not UNSET:
        image.alt_text = event.alt_text
    if event.order is not UNSET:
        image.order = event.order
    if event.primary is not UNSET:
        if event.primary:
            _make_room(product)
        image.primary, image.thumbnail = event.primary, False
    product.updated_at = when.at


def removed(product: Product, event: ImageRemoved, when: Moment) -> None:
    product.images = [image for image in product.images if image.image_id != event.image_id]
    product.updated_at = when.at


def _make_room(product: Product) -> None:
    """A product has one main picture: the newest takes the role over."""
    for image in product.images:
        if image.primary:
            image.primary = image.thumbnail = False


FOLDS: Final[Mapping[type[Event], Fold]] = {ImageAdded: added, ImageChanged: changed, ImageRemoved: removed}
