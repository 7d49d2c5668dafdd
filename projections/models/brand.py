"""`brands`: every brand, one document."""

from projections.model import Model, Moment
from read_side.documents.catalogue import Brand, Brands
from write_side.catalog.brand.events import BrandCreated, BrandRenamed


def created(brands: Brands, event: BrandCreated, when: Moment) -> None:
    brands.brands[event.brand_id] = Brand(
        brand_id=event.brand_id,
        name=event.name,
        slug=event.slug,
        created=when.position,
        created_at=when.at,
        updated_at=when.at,
    )


def renamed(brands: Brands, event: BrandRenamed, when: Moment) -> None:
    brand = brands.brands[event.brand_id]
    brand.name = event.name
    brand.updated_at = when.at


BRANDS = Model(
    name="brands",
    document=Brands,
    empty=lambda _key: Brands(),
    key=lambda _stream, _event, _when: "all",
    folds={BrandCreated: created, BrandRenamed: renamed},
    in_memory=True,
)
