"""Brand events, in streams `brand-<id>`."""

from typing import ClassVar

from write_side.messages import Event


class BrandCreated(Event, frozen=True):
    TOPIC: ClassVar[str] = "brand.created"

    brand_id: int
    name: str
    slug: str


class BrandRenamed(Event, frozen=True):
    TOPIC: ClassVar[str] = "brand.renamed"

    brand_id: int
    name: str


BrandEvent = BrandCreated | BrandRenamed
