"""The contract's words for what the core refuses, beside those of the framework that its clients know.

A row that says {"message": …} or {"error": …} raises `Refused` with that body.
"""

from typing import Final

from api.rows.django_rest import rest_errors
from api.rows.errors import Words
from write_side.catalog.category.decide import NoSuchCategory
from write_side.catalog.product.decide import FewerThanVariants, SkuTaken

WORDS: Final[dict[type[Exception], Words]] = {
    NoSuchCategory: Words(400, "{detail}", field="category"),  # of a product's; a path's is not found
    SkuTaken: Words(400, "{detail}", field="sku"),
    FewerThanVariants: Words(400, "{detail}", field="stock_quantity"),
}

ERRORS: Final = rest_errors(WORDS)
