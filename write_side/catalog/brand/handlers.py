"""Which streams the brands' commands read and write, and the names they claim."""

from typing import Any

from write_side.catalog.brand import decide
from write_side.catalog.brand.commands import CreateBrand, RenameBrand
from write_side.catalog.brand.events import BrandCreated
from write_side.catalog.brand.state import BRAND
from write_side.fields import fold, slugify
from write_side.work import Work, handles


@handles(CreateBrand)
def create_brand(command: CreateBrand, work: Work) -> dict[str, Any]:
    brand_id = ensure(work, command.name)
    return {"brand_id": brand_id, "slug": work.state(BRAND, brand_id).slug}


@handles(RenameBrand)
def rename_brand(command: RenameBrand, work: Work) -> dict[str, Any]:
    brand = work.state(BRAND, command.brand_id)
    events = decide.rename(brand, command.name)
    if fold(command.name) != fold(brand.name):
        work.claim("brand", fold(command.name), brand.brand_id, decide.BrandNameTaken())
        work.release("brand", fold(brand.name))
    work.record(BRAND, command.brand_id, events)
    return {"brand_id": command.brand_id, "slug": brand.slug}


def ensure(work: Work, name: str) -> int:
    """The brand of this name, made when nobody has made it yet."""
    found = work.owner("brand", fold(name))
    if found is not None:
        return found
    brand_id = work.new_id()
    work.claim("brand", fold(name), brand_id, decide.BrandNameTaken())
    slug = slugify(name) if slugify(name) != "item" else f"brand-{brand_id}"
    if work.owner("brand-slug", slug) is not None:
        slug = f"{slug}-{brand_id}"
    work.claim("brand-slug", slug, brand_id, decide.BrandNameTaken())
    work.begin(BRAND, brand_id, [BrandCreated(brand_id=brand_id, name=name, slug=slug)])
    return brand_id
