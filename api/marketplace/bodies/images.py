"""Pictures of products, and people's own."""

from typing import Annotated

from pydantic import Field

from api.rows.body import Body, Upload
from api.rows.fields import Truth, Whole
from write_side.catalog.product.image_commands import AltText, ImageType
from write_side.fields import MAX_LEVEL, Level


class NewImage(Body):
    image: Upload
    image_type: ImageType = "gallery"
    alt_text: AltText = ""
    order: Annotated[Whole, Field(ge=0, le=MAX_LEVEL)] = Field(
        default=MAX_LEVEL, description="among the product's pictures; last, unless it is given"
    )


class ImageChange(Body):
    alt_text: AltText = ""
    order: Level = 0
    is_primary: Truth = False


class ImageKey(Body):
    image_key: Annotated[str, Field(strict=True, min_length=1, max_length=500)]


class NewPicture(Body):
    """The file under either name."""

    profile_picture: Upload | None = None
    image: Upload | None = None

    @property
    def file(self) -> Upload | None:
        return self.profile_picture or self.image
