"""The pictures that a form brings with a product."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from api.marketplace.bodies.products import ProductFields
from api.parts import Parts
from api.rows.row import Call
from write_side.catalog.product.image_commands import NewImage
from write_side.media import PRODUCTS


@asynccontextmanager
async def pictures_of(parts: Parts, call: Call[Any], body: ProductFields) -> AsyncIterator[list[NewImage]]:
    """Checked and stored, for the command that is sent within; the main one first. Raises UnfitPicture, StorageAway."""
    files = [("main_image", body.main_image)] if body.main_image is not None else []
    files += [("images", file) for file in body.images]
    files += [("uploaded_images", file) for file in body.uploaded_images]
    checked = [await parts.uploads.check(file.content, name) for name, file in files if file is not None]
    async with parts.uploads.kept(call.request, call.actor, PRODUCTS, checked) as kept:
        yield [
            NewImage(key=one.key, image_type="main" if name == "main_image" else "gallery")
            for (name, _), one in zip(files, kept, strict=True)
        ]
