"""Pictures of products, and people's own."""

from collections.abc import Callable

from starlette.requests import Request

from api.marketplace.answers import images as answers
from read_side.documents import product as documents
from read_side.documents.person import Picture
from write_side.media import PATH

Sign = Callable[[str], str]
"""A key's address that opens without a token."""


def origin(request: Request) -> str:
    """Where the API is reached, for pictures below it."""
    return str(request.base_url).rstrip("/")


def image(found: documents.Image, here: str) -> answers.Image:
    """`here`: where the API is reached."""
    return answers.Image(
        id=found.image_id,
        image_key=found.key,
        image_type=found.image_type,
        order=found.order,
        alt_text=found.alt_text,
        is_primary=found.primary,
        url=_url(found, here),
        created_at=found.created_at,
    )


def signed_image(found: documents.Image, here: str, sign: Sign) -> answers.SignedImage:
    """What is not in our storage needs no signature."""
    shown = image(found, here)
    fields = {name: getattr(shown, name) for name in shown.__struct_fields__}
    return answers.SignedImage(**fields, presigned_url=shown.url if found.key is None else sign(found.key))


def picture(found: Picture, here: str, sign: Sign) -> answers.Picture:
    return answers.Picture(
        image_key=found.key,
        url=here + PATH + found.key,
        presigned_url=sign(found.key),
        size=found.size,
        content_type=found.content_type,
        uploaded_at=found.uploaded_at,
    )


def _url(found: documents.Image, here: str) -> str:
    return here + found.address if found.address.startswith("/") else found.address
