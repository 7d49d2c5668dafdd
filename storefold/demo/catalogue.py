"""The demo catalogue: some 360 products, made from the vocabulary, the same on every machine.

`demo_products()` is called by the development start, which sends each dict through the catalogue's
commands; one dict per line is also the JSON Lines form of `storefold import-catalog`.

There is no generator with a state. Every choice hashes the product's SKU with the name of the
choice, so adding a product leaves what the others drew alone. Only the draws of a fixed number
(`_chosen`: scarce, reduced, featured) may swap one product for another.
"""

import itertools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import NotRequired, TypedDict, TypeVar

from storefold.demo.vocabulary import Item, Leaf, load_brands, load_roots

SEED = "storefold-demo-1"
OUT_OF_STOCK = 12
LOW_STOCK = 20
REDUCED = 44
FEATURED = 24

CENT = Decimal("0.01")

T = TypeVar("T")


class DemoVariant(TypedDict):
    """One combination of axis values; a price of None means the product's."""

    name: str
    sku: str
    price: str | None
    stock: int
    attributes: dict[str, str]


class DemoProduct(TypedDict):
    """A product to import. Money is decimal text with two places, `weight` is in kg.

    `category` runs from root to leaf; `stock` counts the base alone, without its variants.
    """

    sku: str
    name: str
    description: str
    brand: str
    category: list[str]
    price: str
    compare_price: NotRequired[str]
    cost_price: str
    stock: int
    weight: NotRequired[str]
    attributes: dict[str, str]
    variants: list[DemoVariant]
    featured: bool


@dataclass(frozen=True, slots=True)
class _Listing:
    """An item with its place in the tree."""

    sku: str
    category: tuple[str, str, str]
    leaf: Leaf
    item: Item


def demo_products() -> list[DemoProduct]:
    """The whole catalogue, each call a fresh list of fresh dicts."""
    # Mixed, because listings show the newest first: in file order the first pages of every
    # surface would be nothing but pet supplies.
    listings = sorted(_listings(), key=lambda listing: _hash(listing.sku, "order"))
    skus = [listing.sku for listing in listings]
    scarce = _chosen(skus, "scarce", OUT_OF_STOCK + LOW_STOCK)
    sold_out, low = set(scarce[:OUT_OF_STOCK]), set(scarce[OUT_OF_STOCK:])
    reduced = set(_chosen(skus, "reduced", REDUCED))
    # What greets a visitor can be bought.
    shown = [sku for sku in skus if sku not in sold_out]
    featured = set(_chosen(shown, "featured", FEATURED))
    brands = load_brands()

    products = []
    for listing in listings:
        sku, leaf, item = listing.sku, listing.leaf, listing.item
        brand = _pick(leaf.brands, sku, "brand")
        base, *variant_stock = _stock(listing, sold_out=sku in sold_out, low=sku in low)
        product = DemoProduct(
            sku=sku,
            name=item.name,
            description=_description(listing, brands[brand]),
            brand=brand,
            category=list(listing.category),
            price=item.price,
            cost_price=str(_share(item.price, 42 + _below(22, sku, "cost"))),
            stock=base,
            attributes=_attributes(listing),
            variants=_variants(listing, variant_stock),
            featured=sku in featured,
        )
        if sku in reduced:
            product["compare_price"] = _compare_price(listing)
        if leaf.weight is not None:
            product["weight"] = _weight(listing, *leaf.weight)
        products.append(product)
    return products


def _listings() -> Iterable[_Listing]:
    for root in load_roots():
        for middle in root.middles:
            for leaf in middle.leaves:
                for number, item in enumerate(leaf.items, start=1):
                    sku = f"{root.code}-{leaf.code}-{number:04}"
                    yield _Listing(sku, (root.name, middle.name, leaf.name), leaf, item)


def _description(listing: _Listing, brand_line: str) -> str:
    """The item's own sentence, then one or two that it shares with its shelf or its brand."""
    notes, sku = listing.leaf.notes, listing.sku
    first = _below(len(notes), sku, "note")
    endings: list[list[str]] = [[], [brand_line], [notes[(first + 1) % len(notes)]]]
    return " ".join([listing.item.text, notes[first], *_pick(endings, sku, "ending")])


def _attributes(listing: _Listing) -> dict[str, str]:
    leaf, own = listing.leaf, listing.item.attributes
    drawn = {
        name: own[name] if name in own else _pick(values, listing.sku, name) for name, values in leaf.attributes.items()
    }
    # A surface without variants sells the base, which must have a colour to show and to filter by.
    # A size stays open, because no size stands for the others.
    if "color" in leaf.variants:
        drawn["color"] = leaf.variants["color"][0]
    return {name: value for name, value in drawn.items() if value is not None}


def _variants(listing: _Listing, stock: Sequence[int]) -> list[DemoVariant]:
    leaf, price = listing.leaf, Decimal(listing.item.price)
    variants = []
    for values, units in zip(_combinations(leaf), stock, strict=True):
        surcharge = sum((Decimal(leaf.surcharges.get(value, "0")) for value in values), Decimal(0))
        variants.append(
            DemoVariant(
                name=" / ".join(values),
                sku="-".join([listing.sku, *map(_sku_part, values)]),
                price=str(price + surcharge) if surcharge else None,
                stock=units,
                attributes=dict(zip(leaf.variants, values, strict=True)),
            )
        )
    return variants


def _combinations(leaf: Leaf) -> list[tuple[str, ...]]:
    # The product of no axes is one empty combination, which is not a variant.
    return list(itertools.product(*leaf.variants.values())) if leaf.variants else []


def _stock(listing: _Listing, *, sold_out: bool, low: bool) -> list[int]:
    """Units of the base, then of each variant.

    Scarcity is meant of the whole product, since its number is its base plus its variants; the
    base keeps a unit whenever there is one, so that a surface without variants can sell it.
    """
    sku, places = listing.sku, 1 + len(_combinations(listing.leaf))
    if sold_out:
        return [0] * places
    if low:
        units = [1] + [0] * (places - 1)
        for unit in range(_below(10, sku, "low")):
            units[_below(places, sku, f"unit {unit}")] += 1
        return units
    # About one variant in nine is sold out by itself, as happens with sizes.
    variants = [max(0, _below(63, sku, f"variant {place}") - 6) for place in range(1, places)]
    return [15 + _below(386, sku, "stock"), *variants]


def _compare_price(listing: _Listing) -> str:
    """A former price 15 to 45 percent above the present one, on a round 90 cents."""
    former = _share(listing.item.price, 115 + _below(31, listing.sku, "compare"))
    return f"{int(former)}.90"


def _weight(listing: _Listing, lightest: str, heaviest: str) -> str:
    """As far up the shelf's range as the price is: on one shelf, more money is more material."""
    prices = [Decimal(item.price) for item in listing.leaf.items]
    position = (Decimal(listing.item.price) - min(prices)) / (max(prices) - min(prices))
    low, high = Decimal(lightest), Decimal(heaviest)
    return str((low + (high - low) * position).quantize(CENT))


def _share(price: str, percent: int) -> Decimal:
    return (Decimal(price) * percent / 100).quantize(CENT)


def _sku_part(value: str) -> str:
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    return "".join(filter(str.isalnum, plain)).upper()


def _chosen(skus: Iterable[str], purpose: str, count: int) -> list[str]:
    """Exactly `count` of the SKUs, as a draw from a hat."""
    return sorted(skus, key=lambda sku: _hash(sku, purpose))[:count]


def _pick(options: Sequence[T], sku: str, purpose: str) -> T:
    return options[_below(len(options), sku, purpose)]


def _below(bound: int, sku: str, purpose: str) -> int:
    return _hash(sku, purpose) % bound


def _hash(sku: str, purpose: str) -> int:
    text = f"{SEED}/{sku}/{purpose}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest())
