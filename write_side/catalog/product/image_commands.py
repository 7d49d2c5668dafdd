"""What may be asked of products' pictures. The bytes were uploaded before: commands name them by their keys."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from write_side.fields import Id, Level, Text
from write_side.media import ProductKey
from write_side.messages import Access, Command

ImageType = Literal["main", "gallery", "thumbnail"]
AltText = Annotated[Text, Field(max_length=255)]


class NewImage(BaseModel):
    """A picture as it is given with a product."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: ProductKey
    image_type: ImageType = "gallery"
    alt_text: AltText = ""
    order: Level | None = Field(default=None, description="among the product's pictures; last, unless it is given")


class AddProductImage(Command):
    """Adds an uploaded picture to a product. A new main picture takes the role over: the one that had it
    becomes one of the gallery."""

    access: ClassVar[Access] = Access.SELLER

    product_id: Id
    key: ProductKey
    image_type: ImageType = "gallery"
    alt_text: AltText = ""
    order: Level | None = Field(default=None, description="among the product's pictures; last, unless it is given")


class ChangeProductImage(Command):
    """Changes what is sent; the rest stays, and so does the picture itself. `is_primary` makes it the main picture,
    or one of the gallery."""

    access: ClassVar[Access] = Access.SELLER

    product_id: Id
    image_id: Id
    alt_text: AltText | None = None
    order: Level | None = None
    is_primary: bool | None = None


class RemoveProductImage(Command):
    """Takes a picture from a product, by its id or its key; the stored object is deleted soon after."""

    access: ClassVar[Access] = Access.SELLER

    product_id: Id
    image_id: Id | None = None
    key: str | None = Field(default=None, max_length=500)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.image_id is None) == (self.key is None):
            raise ValueError("either image_id or key names the picture")
        return self


class RemoveProductImages(Command):
    """Takes all pictures from a product; the stored objects are deleted soon after."""

    access: ClassVar[Access] = Access.SELLER

    product_id: Id
