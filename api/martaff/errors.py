"""The contract's words for what the core refuses, beside those of the framework that its clients know.

A row that says {"message": …} or {"error": …} raises `Refused` with that body.
"""

from dataclasses import replace
from typing import Any, Final

from api.rows.django_rest import Detail, rest_errors
from api.rows.errors import WHOLE, Said, Words
from api.uploads.content import UnfitPicture
from write_side.account.decide import EmailTaken, NoSuchResetLink, ResetLinkExpired
from write_side.catalog.product.decide import TooManyVariants
from write_side.catalog.product.images import TooManyImages
from write_side.catalog.product.parts import StockMissing, VariantTwice

WORDS: Final[dict[type[Exception], Words]] = {
    EmailTaken: Words(400, "{detail}", field="email"),
    NoSuchResetLink: Words(400, "{detail}"),
    ResetLinkExpired: Words(400, "{detail}"),
    UnfitPicture: Words(400, "{detail}", field="profile_picture"),
    StockMissing: Words(400, "{detail}", field=WHOLE),
    TooManyVariants: Words(400, "{detail}", field="variations"),
    TooManyImages: Words(400, "{detail}", field="images"),
    VariantTwice: Words(400, "{detail}", field="variations"),
}
_NO_JSON: Final = ["Invalid JSON format"]

FieldErrors = dict[str, list[str] | str]


def _shape(said: Said) -> Detail | FieldErrors:
    """The contract says of one complaint alone that it is no list."""
    if said.fields is None:
        return Detail(said.text)
    return {name: texts[0] if texts == _NO_JSON else texts for name, texts in said.fields.items()}


def _shapes(status: int) -> tuple[Any, ...]:
    return (FieldErrors, Detail) if status == 400 else (Detail,)


ERRORS: Final = replace(rest_errors(WORDS), shape=_shape, shapes=_shapes)
