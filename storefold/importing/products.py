"""From a row of a file to the command that would make its product.

A file calls its columns as it likes: the usual other names are known, `--map` tells the rest. What a
value must be is the command's to say; here only spellings are changed.
"""

import re
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Final

from pydantic import ValidationError

from storefold.importing.rows import Row
from write_side.catalog.product.commands import CreateProduct
from write_side.fields import fold, slugify

OTHER_NAMES: Final = {
    "title": "name",
    "product_name": "name",
    "selling_price": "price",
    "unit_price": "price",
    "unitprice": "price",
    "compare_at_price": "compare_price",
    "list_price": "compare_price",
    "categories": "category",
    "category_path": "category",
    "manufacturer": "brand",
    "vendor": "brand",
    "stock_code": "sku",
    "stockcode": "sku",
    "product_code": "sku",
    "body": "description",
    "image_url": "image",
    "images": "image",
    "quantity": "stock",
    "inventory": "stock",
    "external_id": "id",
    "objectid": "id",
    "uid": "id",
}
TEXTS: Final = ("sku", "slug", "name", "description", "brand", "weight", "dimensions", "image")
NUMBERS: Final = ("stock", "low_stock_threshold")
ATTRIBUTE: Final = re.compile(r"attributes?[.:_](.+)", re.IGNORECASE)
NOT_IN_FILES: Final = frozenset({"seller_id", "category_id", "category_reference", "images", "offer", "policy"})
FIELDS: Final = frozenset(CreateProduct.model_fields) - NOT_IN_FILES | {"id"}


class Unfit(Exception):
    """A row that is no product; the text says why."""


@dataclass(frozen=True, slots=True)
class Product:
    """A row as a command. `has_stock`: the row says how many there are. `unknown`: its fields that no
    product has."""

    line: int
    command: CreateProduct
    has_stock: bool
    unknown: tuple[str, ...]

    @property
    def sku(self) -> str:
        """Its stable key, from the file or derived."""
        assert self.command.sku is not None
        return self.command.sku


def read_product(row: Row, renamed: Mapping[str, str] = {}, seller_id: int | None = None) -> Product:
    """The product of a row; `renamed` are the columns of `--map`, theirs → ours. Raises Unfit."""
    if not isinstance(row.fields, dict):
        raise Unfit("it is not an object")
    fields, unknown = _ours(row.fields, renamed)
    key = fields.pop("id", None)
    fields = {name: _spelled(name, value) for name, value in fields.items()}
    fields = {name: value for name, value in fields.items() if value is not None}
    has_stock = "stock" in fields
    fields.setdefault("sku", _sku(key, fields))
    fields["variants"] = [_variant(fields["sku"], variant) for variant in _list(fields.get("variants"))]
    if seller_id is not None:
        fields["seller_id"] = seller_id
    try:
        command = CreateProduct.model_validate(fields)
    except ValidationError as error:
        raise Unfit(_reasons(error)) from None
    return Product(row.line, command, has_stock, tuple(unknown))


def name_of(row: Row, renamed: Mapping[str, str] = {}) -> str:
    """What a person would recognise the row by, for messages; "" when there is nothing."""
    fields, _ = _ours(row.fields, renamed) if isinstance(row.fields, dict) else ({}, [])
    known = [str(fields[name]) for name in ("sku", "name") if fields.get(name)]
    return ", ".join(known).encode("utf-8", "replace").decode()[:120]


def _ours(fields: dict[str, Any], renamed: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The fields under our names, and the names that mean nothing to us. Empty values are absent."""
    known: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    unknown: list[str] = []
    for theirs, value in fields.items():
        name = renamed.get(theirs, theirs)
        plain = re.sub(r"[\s-]+", "_", name.strip()).lower()
        ours = plain if plain in FIELDS else OTHER_NAMES.get(plain)
        attribute = ATTRIBUTE.fullmatch(name.strip())
        if value is None or value == "":
            continue
        if ours is not None:
            # Our own name before another: a file may have both `price` and `unit_price`.
            if ours not in known or plain == ours:
                known[ours] = value
        elif attribute is not None:
            attributes[attribute[1]] = value
        else:
            unknown.append(theirs)
    if attributes:
        own = known.get("attributes", {})
        known["attributes"] = {**own, **attributes} if isinstance(own, dict) else own
    return known, unknown


def _spelled(name: str, value: Any) -> Any:
    """The value as the command reads it; what cannot be read so is left for it to refuse."""
    match name, value:
        case "category", str():
            return [part.strip() for part in value.split(">")]
        case "tags", str():
            return [part for part in map(str.strip, value.split(",")) if part]
        case "image", [first, *_]:
            return first
        case "image", []:
            return None
        case "attributes", dict():
            return {key: _text(one) for key, one in value.items() if one not in (None, "")}
        case _ if name in TEXTS:
            return _text(value)
        case _ if name in NUMBERS and isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,12}\s*", value):
            return int(value)
        case _:
            return value


def _text(value: Any) -> Any:
    """Numbers as text, where a file has them in a place for text: a brand called 3, size 42."""
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _variant(sku: Any, variant: Any) -> Any:
    if not isinstance(variant, dict):
        return variant
    fields = {name: _spelled(name, value) for name, value in variant.items() if value is not None}
    # A variant must have a SKU, or a second import could not tell which one it is.
    fields.setdefault("sku", f"{sku}-{slugify(str(fields.get('name', '')))}")
    return fields


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _sku(key: Any, fields: dict[str, Any]) -> str:
    """A SKU for a product without one, the same at every import: from the file's own id, or from what
    tells products apart when prices and texts change. Real catalogues have several products of one
    name, which differ in nothing but their picture."""
    if isinstance(key, str | int) and not isinstance(key, bool) and len(str(key)) <= 80:
        return f"IMP-{key}"
    traits = [fold(str(fields.get(name, ""))) for name in ("name", "brand", "image")]
    digest = blake2b("\x00".join(traits).encode("utf-8", "replace"), digest_size=10).digest()
    return f"IMP-{b32encode(digest).decode()}"


def _reasons(error: ValidationError) -> str:
    faults = []
    for fault in error.errors(include_url=False, include_input=False, include_context=False)[:3]:
        place = ".".join(str(part) for part in fault["loc"]) or "product"
        faults.append(f"{place}: {fault['msg'].removeprefix('Value error, ')}")
    return "; ".join(faults)
