"""A product as it is sent: whole, or the part that changes. In forms a category and variations are JSON as text."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.rows.body import REPEATED, Body, Upload
from api.rows.fields import BLANK, JSON_TEXT, NOTHING, Truth, Uploads, Whole
from write_side.catalog.product.commands import MAX_DEPTH
from write_side.fields import Line, Percent, Price, Text, clean_text

_PART = ConfigDict(frozen=True, extra="ignore")


def no_truth(value: object) -> object:
    """Raises PydanticCustomError for a boolean, which Python counts among the whole numbers."""
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "A valid integer is required.")
    return value


def _word(value: object) -> object:
    """A size is often a number; null is left out."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _chosen(value: object) -> object:
    """A form whose file was not chosen sends one without a name and a byte."""
    if isinstance(value, list):
        return [
            one for one in value if one != "" and not (isinstance(one, Upload) and not one.name and not one.content)
        ]
    return value


Stock = Annotated[Whole, BeforeValidator(no_truth), Field(ge=0, le=2_147_483_647)]
Word = Annotated[str, BeforeValidator(_word), Field(strict=True, max_length=300), AfterValidator(clean_text)]


class Category(BaseModel):
    """`parent`: the category that it is in, of any depth."""

    model_config = _PART

    name: Line
    parent: "Category | None" = None

    @model_validator(mode="after")
    def _not_deeper(self) -> Self:
        if len(path_of(self)) > MAX_DEPTH:
            raise PydanticCustomError("depth", "Must have at most {levels} levels.", {"levels": MAX_DEPTH})
        return self


class CategoryChange(BaseModel):
    """A name, a parent, or both; what is left out stays."""

    model_config = _PART

    name: Line = ""
    parent: Category | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if "name" not in self.model_fields_set and self.parent is None:
            raise PydanticCustomError("missing", "Field required")
        return self


class Variation(BaseModel):
    """What there is of one size and colour; either may be left out, not both."""

    model_config = _PART

    size: Word = ""
    color: Word = ""
    stock: Stock

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.attributes:
            raise PydanticCustomError("variation", "A variation has a size or a color.")
        return self

    @property
    def attributes(self) -> dict[str, str]:
        given = {"size": self.size.strip(), "color": self.color.strip()}
        return {name: value for name, value in given.items() if value}


Variations = Annotated[list[Variation], Field(max_length=200)]


class _Common(Body):
    description: Annotated[Text, NOTHING] = ""
    discount_percent: Annotated[Percent | None, BLANK] = None
    discount_price: Annotated[Price | None, BLANK] = None
    stock: Annotated[Stock | None, BLANK] = None
    variations: Annotated[Variations | None, JSON_TEXT] = None
    images: Annotated[Uploads | None, REPEATED, BeforeValidator(_chosen)] = None
    is_active: Truth = True


class NewProduct(_Common):
    name: Line
    price: Price
    category: Annotated[Category, JSON_TEXT]


class ProductChange(_Common):
    name: Line = ""
    price: Price = 0
    category: Annotated[CategoryChange, JSON_TEXT] = CategoryChange.model_construct()


def path_of(category: Category | None) -> list[str]:
    """Names from the root to the category."""
    path: list[str] = []
    while category is not None:
        path.insert(0, category.name)
        category = category.parent
    return path


def variants_of(body: _Common) -> list[dict[str, Any]]:
    return [{"attributes": one.attributes, "stock": one.stock} for one in body.variations or []]
