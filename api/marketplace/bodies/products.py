"""What is sent of products. A form has everything as text, and files beside it; in JSON there are no files."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.rows.body import REPEATED, Body, Upload
from api.rows.fields import TextList, Truth, Uploads, Whole
from write_side.fields import Line, Price, Text, decimal_text
from write_side.identifiers import MAX_ID

_DIGITS = 9_999_999_999  # in cents: a price of ten digits


def _price(cents: int) -> int:
    if cents == 0:
        raise PydanticCustomError("price", "Ensure this value is greater than 0.")
    if cents > _DIGITS:
        raise PydanticCustomError("price", "Ensure that there are no more than 10 digits in total.")
    return cents


def _reference(value: object) -> int | str:
    """A number is a category's id, text its slug or its id; whether there is such a one, the core knows."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_ID:
        return value
    raise PydanticCustomError("category", "Must be the id or the slug of a category.")


def _of_form(value: Any, info: ValidationInfo) -> Any:
    """What JSON calls a picture is none: clients send back what they were shown."""
    return None if info.mode == "json" else value


def _some(words: list[str]) -> list[str]:
    return [word for word in words if word.strip()]


def _trimmed(text: str | None) -> str:
    return (text or "").strip()


_FILES = BeforeValidator(lambda value, info: [] if info.mode == "json" else value)
Files = Annotated[Uploads, REPEATED, _FILES]
Optional = Annotated[Text | None, AfterValidator(_trimmed)]
"""Blank or null: there is none."""


class ProductFields(Body):
    """Only what is sent counts."""

    description: Text = ""
    stock_quantity: Annotated[Whole, Field(strict=True, ge=0, le=2_147_483_647)] = 0
    sku: Annotated[Optional, Field(max_length=100)] = ""
    brand: Annotated[Optional, Field(max_length=100)] = ""
    tags: Annotated[TextList, AfterValidator(_some), REPEATED] = []
    is_active: Truth = True
    is_featured: Truth = False
    main_image: Annotated[Upload | None, BeforeValidator(_of_form)] = None
    images: Files = []
    uploaded_images: Files = []


Name = Annotated[Line, Field(max_length=200)]
Amount = Annotated[Price, AfterValidator(_price), PlainSerializer(decimal_text)]
"""Above 0, of at most ten digits; handed on as text: a command reads it again."""
Category = Annotated[
    int | str,
    BeforeValidator(_reference),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}], "description": "id or slug"}),
]


class NewProduct(ProductFields):
    """Of a new product, and of one that is written anew."""

    name: Name
    price: Amount
    category: Category


class ProductChange(ProductFields):
    name: Name = ""
    price: Amount = 0
    category: Category = ""
