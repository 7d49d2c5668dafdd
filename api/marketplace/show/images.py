"""Pictures of products in the contract's words."""

from api.marketplace.answers import images as answers
from read_side.documents.product import Image


def image(found: Image, origin: str) -> answers.Image:
    """`origin`: where the API is reached, for pictures below it."""
    return answers.Image(
        id=found.image_id,
        image_key=None,
        image_type="main" if found.primary else "gallery",
        order=found.order,
        alt_text=found.alt_text,
        is_primary=found.primary,
        url=origin + found.address if found.address.startswith("/") else found.address,
        created_at=found.created_at,
    )
