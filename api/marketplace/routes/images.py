"""Pictures of a product: for everybody to see, for its seller and administrators to change."""

from typing import Any, Final

from starlette.responses import Response

from api.answers import answer
from api.gateway import Gateway
from api.marketplace.answers import images as answers
from api.marketplace.bodies import images as bodies
from api.marketplace.ids import path_id
from api.marketplace.routes.finding import visible_product
from api.marketplace.show import images as show
from api.parts import Parts
from api.rows.body import ANY
from api.rows.row import Call, Rows, Who, reply
from read_side.documents.product import Image, Product
from write_side.batch import Accepted
from write_side.catalog.product.image_commands import (
    AddProductImage,
    ChangeProductImage,
    RemoveProductImage,
    RemoveProductImages,
)
from write_side.catalog.product.images import NoSuchImage
from write_side.media import PRODUCTS
from write_side.messages import Command

LARGEST: Final = 12 * 1024 * 1024  # bytes: a file that is a little too large hears so itself
PATH: Final = "/products/{slug}/images/{id}/"


def add_image_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    uploads = parts.uploads

    async def product(call: Call[Any]) -> Product:
        return await visible_product(parts, call.request, call.actor)

    async def seen(call: Call[Any], done: Accepted) -> answers.Image:
        """The picture as it is after a command. It is the answer, so this waits for the read model whatever the client
        prefers."""
        await parts.reads.positions.wait(done.position, parts.settings.min_position_wait)
        return show.image(_image(await product(call), done.result["image_id"]), show.origin(call.request))

    async def added(call: Call[bodies.NewImage]) -> answers.Image:
        found, body = await product(call), call.body
        checked = await uploads.check(body.image.content, "image")
        async with uploads.kept(call.request, call.actor, PRODUCTS, [checked]) as [kept]:
            command = AddProductImage(
                product_id=found.product_id,
                key=kept.key,
                image_type=body.image_type,
                alt_text=body.alt_text,
                order=body.order if "order" in body.model_fields_set else None,
            )
            done = await gateway.send(call.request, command, call.actor)
        return await seen(call, done)

    async def removed(call: Call[Any], command: Command) -> dict[str, Any]:
        result = (await gateway.send_and_see(call.request, command, call.actor)).result
        await uploads.forget(result["keys"])
        return result

    @rows.row("GET", "/products/{slug}/images/", who=Who.GUEST, answer=answers.Images, errors=(404,))
    async def images(call: Call[None]) -> Response:
        """A product's pictures in their order; none while the storage is switched off."""
        found, here = await product(call), show.origin(call.request)
        if not uploads.on:
            return reply(answers.Images([]))
        shown = [show.image(image, here) for image in found.images_in_order]
        return answer(call.request, answers.Images(shown, len(shown)))

    @rows.row(
        "POST",
        "/products/{slug}/images/",
        who=Who.SELLER,
        body=bodies.NewImage,
        answer=answers.Image,
        status=201,
        errors=(403, 404),
        media=ANY,
        largest=LARGEST,
    )
    async def add_image(call: Call[bodies.NewImage]) -> Response:
        """Adds a picture: JPEG, PNG, WebP or GIF by its content, at most 5 MiB."""
        return reply(await added(call), 201)

    @rows.row(
        "POST",
        "/products/{slug}/upload_image/",
        who=Who.SELLER,
        body=bodies.NewImage,
        answer=answers.UploadedImage,
        status=201,
        errors=(403, 404),
        media=ANY,
        largest=LARGEST,
    )
    async def upload_image(call: Call[bodies.NewImage]) -> Response:
        """Adds a picture. A new main one takes the role over: the one that had it becomes one of the gallery."""
        return reply(answers.UploadedImage("Image uploaded successfully.", await added(call)), 201)

    @rows.row(
        "DELETE",
        "/products/{slug}/delete_image/",
        who=Who.SELLER,
        body=bodies.ImageKey,
        answer=answers.DeletedImage,
        errors=(403, 404),
    )
    async def delete_image(call: Call[bodies.ImageKey]) -> Response:
        """Takes a picture from the product, by its key."""
        found, key = await product(call), call.body.image_key
        await removed(call, RemoveProductImage(product_id=found.product_id, key=key))
        return reply(answers.DeletedImage(key, "Image deleted successfully."))

    @rows.row(
        "DELETE",
        "/products/{slug}/delete_all_images/",
        who=Who.SELLER,
        answer=answers.DeletedImages,
        errors=(403, 404),
    )
    async def delete_all_images(call: Call[None]) -> Response:
        """Takes all pictures from the product."""
        found = await product(call)
        result = await removed(call, RemoveProductImages(product_id=found.product_id))
        return reply(answers.DeletedImages(result["removed"], "Images deleted successfully."))

    @rows.row(
        "GET",
        "/products/{slug}/main_image/",
        who=Who.GUEST,
        answer=(answers.MainImage, answers.NoMainImage),
        errors=(404,),
    )
    async def main_image(call: Call[None]) -> Response:
        """The product's main picture, with an address that opens without a token for an hour."""
        found = await product(call)
        if not uploads.on:
            return reply(answers.NoMainImage(None, "Image storage is switched off."))
        if found.main_image is None:
            return reply(answers.NoMainImage(None, "This product has no main image."))
        here = show.origin(call.request)
        return reply(answers.MainImage(show.signed_image(found.main_image, here, uploads.presigned_url)))

    @rows.row(
        "GET",
        "/products/{slug}/images_with_presigned_urls/",
        who=Who.GUEST,
        answer=answers.SignedImages,
        errors=(404,),
    )
    async def images_with_presigned_urls(call: Call[None]) -> Response:
        """A product's pictures in their order, with addresses that open without a token for an hour."""
        found, here = await product(call), show.origin(call.request)
        if not uploads.on:
            return reply(answers.SignedImages([], None, 0))
        shown = [show.signed_image(image, here, uploads.presigned_url) for image in found.images_in_order]
        first = found.primary_image
        primary = next((image for image in shown if first is not None and image.id == first.image_id), None)
        return reply(answers.SignedImages(shown, primary, len(shown)))

    @rows.row("GET", PATH, who=Who.GUEST, answer=answers.Image, errors=(404,))
    async def image(call: Call[None]) -> Response:
        """One picture of the product."""
        found = _image(await product(call), path_id(call))
        return answer(call.request, show.image(found, show.origin(call.request)))

    async def changed(call: Call[bodies.ImageChange]) -> Response:
        found, sent = await product(call), call.body.model_dump(exclude_unset=True)
        command = ChangeProductImage(product_id=found.product_id, image_id=path_id(call), **sent)
        return reply(await seen(call, await gateway.send(call.request, command, call.actor)))

    @rows.row("PUT", PATH, who=Who.SELLER, body=bodies.ImageChange, answer=answers.Image, errors=(403, 404))
    async def put_image(call: Call[bodies.ImageChange]) -> Response:
        """Changes what is sent of a picture's text, place and role; the picture itself stays."""
        return await changed(call)

    @rows.row("PATCH", PATH, who=Who.SELLER, body=bodies.ImageChange, answer=answers.Image, errors=(403, 404))
    async def change_image(call: Call[bodies.ImageChange]) -> Response:
        """Changes what is sent of a picture's text, place and role."""
        return await changed(call)

    @rows.row("DELETE", PATH, who=Who.SELLER, answer=None, status=204, errors=(403, 404))
    async def remove_image(call: Call[None]) -> Response:
        """Takes a picture from the product."""
        found = await product(call)
        await removed(call, RemoveProductImage(product_id=found.product_id, image_id=path_id(call)))
        return Response(status_code=204)


def _image(product: Product, image_id: int) -> Image:
    found = product.image(image_id)
    if found is None:
        raise NoSuchImage
    return found
