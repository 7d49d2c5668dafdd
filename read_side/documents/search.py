"""What Elasticsearch keeps of a product, and how it is analysed. Projections write it there,
queries search it; nobody else does.

    storefold-products    alias: the generation that is searched
    storefold-products.1  a generation's index; a document's version is its last event's position.
                          In its mapping `_meta.version` says which version of its model keeps it; without it: 1
    storefold-control     positions, parked documents and fencing tokens

A document is the whole `Product` (a page of a list costs one round trip) and beside it `find`: what
is searched but not shown. Names of categories and brands are not in it, so that a rename or a move
reindexes nothing; both are expanded to ids when a search is asked.
"""

import unicodedata
from typing import Any, Final

import msgspec

from read_side.documents.product import Product

CEILING: Final = 100_000  # products that can be reached by page number; cursors reach all
SEPARATOR: Final = "\x1f"  # between the name and the value of an attribute


class SearchLayout:
    """Names of the indices. Tests and shards have prefixes of their own."""

    def __init__(self, prefix: str = "storefold") -> None:
        self.prefix = prefix
        self.control = f"{prefix}-control"

    def alias(self, model: str) -> str:
        return f"{self.prefix}-{model}"

    def index(self, generation: str) -> str:
        """`generation` is `products.1`."""
        return f"{self.prefix}-{generation}"


class Find(msgspec.Struct, gc=False):
    """`kept`: not deleted. `full_price`: before a reduction. `tags`: folded. `pairs`: `name SEPARATOR value` of the
    product's attributes and of its variants'. What a product leaves out of its JSON as a default (a price of 0) must
    not be missing from the index, so it is here."""

    kept: bool
    sold: bool
    featured: bool
    price: int
    full_price: int
    available: int
    skus: list[str]
    tags: list[str]
    pairs: list[str]


_encode = msgspec.json.Encoder().encode


def fold(tag: str) -> str:
    """The form under which tags are the same."""
    return " ".join(unicodedata.normalize("NFKC", tag).casefold().split())


def encode_product(product: Product) -> bytes:
    """The JSON that is indexed."""
    variants = product.variants.values()
    pairs = {
        f"{name}{SEPARATOR}{value}"
        for attributes in (product.attributes, *(variant.attributes for variant in variants))
        for name, value in attributes.items()
    }
    find = Find(
        kept=not product.deleted,
        sold=product.sold,
        featured=product.featured,
        price=product.selling_price,
        full_price=product.full_price,
        available=product.available,
        skus=[product.sku, *(variant.sku for variant in variants)],
        tags=sorted({fold(tag) for tag in product.tags}),
        pairs=sorted(pairs),
    )
    return b"".join((_encode(product)[:-1], b',"find":', _encode(find), b"}"))


SETTINGS: Final[dict[str, Any]] = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "max_result_window": CEILING,
    # Given explicitly, it also holds for an index that nobody has searched for a while.
    "refresh_interval": "1s",
    "analysis": {
        "filter": {
            "possessive": {"type": "stemmer", "language": "possessive_english"},
            "english": {"type": "stemmer", "language": "english"},
            "beginnings": {"type": "edge_ngram", "min_gram": 1, "max_gram": 20},
        },
        "analyzer": {
            # No stop words: every word of a search has to be found, "the" too.
            "words": {
                "type": "custom",
                "tokenizer": "standard",
                "filter": ["lowercase", "possessive", "asciifolding", "english"],
            },
            "plain": {
                "type": "custom",
                "tokenizer": "standard",
                "filter": ["lowercase", "asciifolding"],
            },
            "beginnings": {
                "type": "custom",
                "tokenizer": "standard",
                "filter": ["lowercase", "asciifolding", "beginnings"],
            },
        },
        "normalizer": {"folded": {"type": "custom", "filter": ["lowercase", "asciifolding"]}},
    },
}

_LONG: Final = {"type": "long"}
_BOOLEAN: Final = {"type": "boolean"}
_PLAIN: Final = {"type": "text", "analyzer": "plain"}

MAPPINGS: Final[dict[str, Any]] = {
    "dynamic": False,  # the rest of a product is kept and not indexed
    "properties": {
        "product_id": _LONG,
        "created": _LONG,
        "name": {
            "type": "text",
            "analyzer": "words",
            "fields": {
                "plain": _PLAIN,
                "beginnings": {
                    "type": "text",
                    "analyzer": "beginnings",
                    "search_analyzer": "plain",
                },
                # Past this length a name is sorted behind the others; Lucene's own limit is 32 KB.
                "sort": {"type": "keyword", "normalizer": "folded", "ignore_above": 1000},
            },
        },
        "description": {"type": "text", "analyzer": "words", "fields": {"plain": _PLAIN}},
        "category_id": _LONG,
        "brand_id": _LONG,
        "seller_id": _LONG,
        "find": {
            "properties": {
                "kept": _BOOLEAN,
                "sold": _BOOLEAN,
                "featured": _BOOLEAN,
                "price": _LONG,
                "full_price": _LONG,
                "available": _LONG,
                "skus": {
                    "type": "text",
                    "analyzer": "words",
                    "fields": {"exact": {"type": "keyword", "normalizer": "folded"}},
                },
                "tags": {"type": "keyword"},
                "pairs": {"type": "keyword", "ignore_above": 8000},
            }
        },
    },
}

CONTROL_MAPPINGS: Final[dict[str, Any]] = {"dynamic": False, "properties": {}}
