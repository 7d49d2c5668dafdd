"""The words of the demo catalogue: one JSON file per root category, and the brands.

`load_roots` and `load_brands` are called by `storefold.demo.catalogue`. A file is read into the
structs below, which refuse a missing or a misspelt field.
"""

from importlib.resources import files

import msgspec

ROOT_FILES = (
    "home_kitchen",
    "garden",
    "outdoor",
    "books_paper",
    "toys_games",
    "clothing",
    "electronics",
    "pet_care",
)


class Item(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One product: what makes it different from its neighbours on the shelf.

    `attributes` overrides what would be drawn from the leaf, so that a travel kettle never gets
    the capacity of a family one; null means that the attribute does not apply.
    """

    name: str
    price: str
    text: str
    attributes: dict[str, str | None] = {}


class Leaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category that holds products, and what they share.

    `attributes` lists the values to draw from, by attribute name; `variants` the axes that every
    product is offered along; `surcharges` what a value on an axis adds to the price; `weight` the
    range in kg, absent where no honest one can be given; `notes` sentences true of every item.
    """

    name: str
    code: str
    brands: list[str]
    attributes: dict[str, list[str]]
    notes: list[str]
    items: list[Item]
    weight: tuple[str, str] | None = None
    variants: dict[str, list[str]] = {}
    surcharges: dict[str, str] = {}


class Middle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category between root and leaf."""

    name: str
    leaves: list[Leaf]


class Root(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A top category; `code` opens the SKUs below it."""

    name: str
    code: str
    middles: list[Middle]


def load_roots() -> list[Root]:
    """The category tree with its items, in file order."""
    return [msgspec.json.decode(_read(name), type=Root) for name in ROOT_FILES]


def load_brands() -> dict[str, str]:
    """Each invented brand with the one sentence that is said about it."""
    return msgspec.json.decode(_read("brands"), type=dict[str, str])


def _read(name: str) -> bytes:
    return files(__name__).joinpath(f"{name}.json").read_bytes()
