"""What the questions after products, categories, brands and stock are answered with; as in `values.py`."""

import msgspec

from api.queries.values import Money, money
from read_side.documents.catalogue import Brand, Category
from read_side.documents.product import Image, Product, Variant
from read_side.queries.catalogue import BrandList, Tree
from read_side.queries.facets import Facets
from read_side.queries.search import Suggestion
from read_side.queries.stock import StockLevel
from write_side.fields import decimal_text


class Named(msgspec.Struct):
    id: int
    name: str
    slug: str


class VariantAnswer(msgspec.Struct):
    """`price`: what it costs, its own or the product's."""

    variant_id: int
    name: str
    sku: str
    price: Money
    attributes: dict[str, str]
    available: int


class ImageAnswer(msgspec.Struct):
    """`address`: a URL, or a path of this API; `key`: of what is in our storage. `image_type`: main, gallery or
    thumbnail."""

    image_id: int
    address: str
    alt_text: str
    primary: bool
    image_type: str
    order: int
    key: str | None


class ProductAnswer(msgspec.Struct):
    """`available`: of the base and all variants together; `category`: from the root to its own."""

    product_id: int
    name: str
    slug: str
    sku: str
    description: str
    price: Money
    list_price: Money | None
    discount_percent: float | None
    currency: str
    category: list[Named]
    brand: Named | None
    seller_id: int | None
    tags: list[str]
    attributes: dict[str, str]
    variants: list[VariantAnswer]
    images: list[ImageAnswer]
    available: int
    rating: float | None
    review_count: int
    featured: bool
    active: bool
    created_at: str
    updated_at: str
    position: int


class ProductPage(msgspec.Struct):
    """A stretch of a list; a cursor leads on where there is more."""

    items: list[ProductAnswer]
    before: str | None
    after: str | None


class Choice(msgspec.Struct):
    """A value that would narrow the search further, and how many products it would leave."""

    id: int
    name: str
    slug: str
    count: int


class PriceChoice(msgspec.Struct):
    """From `low` to just below `high`; null: no bound."""

    low: Money | None
    high: Money | None
    count: int


class FacetsAnswer(msgspec.Struct):
    """A facet's own selection does not narrow its own counts."""

    categories: list[Choice]
    brands: list[Choice]
    prices: list[PriceChoice]
    lowest_price: Money | None
    highest_price: Money | None
    in_stock: int
    out_of_stock: int
    attributes: dict[str, dict[str, int]]


class SearchAnswer(msgspec.Struct):
    items: list[ProductAnswer]
    total: int
    page: int
    size: int
    facets: FacetsAnswer | None


class SuggestionsAnswer(msgspec.Struct):
    items: list[Suggestion]


class CategoryAnswer(msgspec.Struct):
    """`products`: on sale in the category itself."""

    id: int
    name: str
    slug: str
    description: str
    products: int
    children: list["CategoryAnswer"]


class CategoriesAnswer(msgspec.Struct):
    items: list[CategoryAnswer]


class BrandsAnswer(msgspec.Struct):
    items: list[Named]


class StockAnswer(msgspec.Struct):
    """`available` = `on_hand` − `reserved`; `variant_id` null: the product's base."""

    sku: str
    product_id: int
    variant_id: int | None
    on_hand: int
    reserved: int
    available: int
    updated_at: str


def product(found: Product, tree: Tree, brands: BrandList) -> ProductAnswer:
    brand = brands.by_id.get(found.brand_id) if found.brand_id is not None else None
    return ProductAnswer(
        product_id=found.product_id,
        name=found.name,
        slug=found.slug,
        sku=found.sku,
        description=found.description,
        price=decimal_text(found.selling_price),
        list_price=money(found.list_price),
        discount_percent=None if found.discount_percent is None else float(found.discount_percent),
        currency=found.currency,
        category=[_category(category) for category in tree.path(found.category_id)],
        brand=None if brand is None else _brand(brand),
        seller_id=found.seller_id,
        tags=found.tags,
        attributes=found.attributes,
        variants=[_variant(found, variant) for variant in found.variants.values()],
        images=[_image(image) for image in found.images_in_order],
        available=found.available,
        rating=found.rating,
        review_count=found.review_count,
        featured=found.featured,
        active=found.active,
        created_at=found.created_at,
        updated_at=found.updated_at,
        position=found.position,
    )


def facets(found: Facets, tree: Tree, brands: BrandList) -> FacetsAnswer:
    """The most frequent first; what was removed meanwhile has no name and is left out."""
    chosen = [(tree.by_id.get(number), count) for number, count in found.categories.items()]
    made = [(brands.by_id.get(number), count) for number, count in found.brands.items()]
    return FacetsAnswer(
        categories=_choices([Choice(c.category_id, c.name, c.slug, count) for c, count in chosen if c is not None]),
        brands=_choices([Choice(b.brand_id, b.name, b.slug, count) for b, count in made if b is not None]),
        prices=[PriceChoice(money(r.low), money(r.high), r.count) for r in found.price_ranges],
        lowest_price=money(found.lowest_price),
        highest_price=money(found.highest_price),
        in_stock=found.in_stock,
        out_of_stock=found.out_of_stock,
        attributes=found.attributes,
    )


def categories(tree: Tree, counts: dict[int, int]) -> CategoriesAnswer:
    def below(category: Category) -> CategoryAnswer:
        children = [below(child) for child in tree.children(category.category_id)]
        number = category.category_id
        return CategoryAnswer(number, category.name, category.slug, category.description, counts[number], children)

    return CategoriesAnswer([below(root) for root in tree.roots])


def brand_list(found: BrandList) -> BrandsAnswer:
    return BrandsAnswer([_brand(brand) for brand in sorted(found.by_id.values(), key=lambda b: b.name.casefold())])


def stock(found: StockLevel) -> StockAnswer:
    return StockAnswer(
        sku=found.sku,
        product_id=found.product_id,
        variant_id=found.variant_id,
        on_hand=found.on_hand,
        reserved=found.reserved,
        available=found.available,
        updated_at=found.updated_at,
    )


def _category(category: Category) -> Named:
    return Named(category.category_id, category.name, category.slug)


def _brand(brand: Brand) -> Named:
    return Named(brand.brand_id, brand.name, brand.slug)


def _variant(parent: Product, variant: Variant) -> VariantAnswer:
    return VariantAnswer(
        variant_id=variant.variant_id,
        name=variant.name,
        sku=variant.sku,
        price=decimal_text(parent.price_of(variant.variant_id)),
        attributes=variant.attributes,
        available=variant.available,
    )


def _choices(found: list[Choice]) -> list[Choice]:
    return sorted(found, key=lambda choice: (-choice.count, choice.name))


def _image(found: Image) -> ImageAnswer:
    return ImageAnswer(
        found.image_id, found.address, found.alt_text, found.primary, found.image_type, found.order, found.key
    )
