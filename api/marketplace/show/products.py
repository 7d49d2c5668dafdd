"""Products as lists and lines show them, and one in full."""

from typing import NamedTuple

import msgspec
from starlette.requests import Request

from api.marketplace.answers.products import Favorite, ListProduct, Named, Person, PrimaryImage
from api.marketplace.answers.products import Product as WholeProduct
from api.marketplace.show.images import image
from api.parts import Parts
from read_side.documents.person import username
from read_side.documents.product import Image, Product
from read_side.queries.catalogue import BrandList, Tree
from read_side.queries.wishlists import Wish
from write_side.fields import decimal_text


class Names(NamedTuple):
    """What products name and are joined with; `origin`: where the API is reached, for pictures below it."""

    tree: Tree
    brands: BrandList
    origin: str


async def names(parts: Parts, request: Request) -> Names:
    """Both lists are kept in memory: this asks no store as a rule."""
    catalogue = parts.reads.catalogue
    return Names(await catalogue.tree(), await catalogue.brands(), str(request.base_url).rstrip("/"))


def list_product(found: Product, names: Names) -> ListProduct:
    category = names.tree.by_id.get(found.category_id) if found.category_id is not None else None
    brand = names.brands.by_id.get(found.brand_id) if found.brand_id is not None else None
    picture = found.primary_image
    return ListProduct(
        id=found.product_id,
        name=found.name,
        slug=found.slug,
        price=decimal_text(found.selling_price),
        stock_quantity=found.available,
        is_active=found.active,
        is_featured=found.featured,
        brand=brand.name if brand is not None else "",
        tags=found.tags,
        category=Named(category.category_id, category.name, category.slug) if category is not None else None,
        seller=person(found.seller_id),
        primary_image=_primary(picture, names) if picture is not None else None,
        average_rating=found.rating or 0.0,
        review_count=found.review_count,
        created_at=found.created_at,
    )


def whole_product(found: Product, names: Names, *, favorited: bool) -> WholeProduct:
    return WholeProduct(
        **msgspec.structs.asdict(list_product(found, names)),
        description=found.description,
        sku=found.sku,
        images=[image(picture, names.origin) for picture in found.images_in_order],
        is_favorited=favorited,
        updated_at=found.updated_at,
    )


def favorite(wish: Wish, names: Names) -> Favorite:
    """A person marks a product once, so that its id is the mark's."""
    return Favorite(wish.product.product_id, list_product(wish.product, names), wish.added_at)


def person(person_id: int | None) -> Person | None:
    """Nobody is shown by an address. None for the shop itself, and for a guest."""
    return Person(person_id, username(person_id)) if person_id else None


def _primary(picture: Image, names: Names) -> PrimaryImage:
    address = picture.address
    return PrimaryImage(picture.image_id, picture.key, names.origin + address if address.startswith("/") else address)
