"""The rules of a product's parts as they are given together: which variants there are, and what its base has."""

from collections.abc import Iterable

from write_side.catalog.product.commands import NewVariant
from write_side.catalog.product.state import Product, Variant
from write_side.fields import fold
from write_side.policies import ProductPolicy
from write_side.refusals import Invalid

Key = frozenset[tuple[str, str]] | str
Level = int


class StockMissing(Invalid):
    type = "stock-missing"
    title = "You must provide either a stock value or at least one variation."


class VariantTwice(Invalid):
    """`extra`: field."""

    type = "variant-twice"
    title = "The same variant is given twice"


def key_of(variant: NewVariant | Variant) -> Key:
    """By what a variant is known among its product's: its attributes, else its name."""
    if variant.attributes:
        return frozenset((fold(name), fold(value)) for name, value in variant.attributes.items())
    return fold(variant.name or "")


def name_of(variant: NewVariant) -> str:
    """Its own, else of its attributes: "M / red"."""
    return variant.name or " / ".join(variant.attributes.values())[:500]


def ensure_distinct(given: Iterable[NewVariant]) -> None:
    keys = [key_of(variant) for variant in given]
    if len(set(keys)) != len(keys):
        raise VariantTwice(field="variants")


def ensure_stocked(policy: ProductPolicy, stock: Level | None, variants: list[NewVariant]) -> None:
    """Of what is made, or given anew as a whole."""
    if policy.stock_demanded and stock is None and not variants:
        raise StockMissing


def known(product: Product) -> dict[Key, int]:
    """The product's variants by what they are known by; of two alike the older."""
    found: dict[Key, int] = {}
    for variant_id, variant in product.variants.items():
        found.setdefault(key_of(variant), variant_id)
    return found


def base_level(policy: ProductPolicy, stock: Level | None, *, has_variants: bool) -> Level | None:
    """What the base is to have; None: what it has."""
    return 0 if has_variants and not policy.base_beside_variants else stock
