"""Lists of products that are on sale: what a client asks of them, and where the answer is."""

from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request

from api.marketplace.show.products import Names
from api.parts import Parts
from api.rows.errors import invalid
from api.rows.fields import truth
from api.rows.pages import Asked
from api.rows.row import Call
from api.rows.searching import DECIMAL, least, most, see_own_writes, text_of
from read_side.documents.catalogue import Category
from read_side.documents.product import Product
from read_side.queries.catalogue import BrandList, Tree
from read_side.queries.filters import Match, ProductFilter
from read_side.queries.ordering import Sort
from read_side.queries.page import Page
from write_side.catalog.product.decide import NoSuchProduct
from write_side.identifiers import parse_id
from write_side.messages import Actor
from write_side.refusals import NotFound

ORDERINGS: Final = ("price", "-price", "name", "-name", "created_at", "-created_at")
_TRUTH: Final = {"type": "string", "enum": ["true", "false"]}
QUERY: Final[dict[str, dict[str, Any]]] = {
    "search": {"type": "string", "description": "beginnings of words of the name and the description; all must occur"},
    "category": {"type": "string", "description": "slug or id; what is below it does not count"},
    "min_price": DECIMAL,
    "max_price": DECIMAL,
    "tags": {"type": "string", "description": "with commas between them; any of them is enough"},
    "brand": {"type": "string"},
    "seller": {"type": "integer", "minimum": 1},
    "in_stock": _TRUTH,
    "is_featured": _TRUTH,
    "ordering": {"type": "string", "enum": list(ORDERINGS), "description": "-created_at unless given; ties by id"},
}
_PLAIN: Final = {Sort.CREATED: False, Sort.CREATED_DOWN: True}


@dataclass(frozen=True, slots=True)
class Finder:
    parts: Parts

    async def products(
        self, call: Call[None], names: Names, asked: Asked, within: Category | None = None
    ) -> Page[Product]:
        """`within`: of that category itself. A list that nothing but a category narrows is in Redis, so that it is
        there while Elasticsearch is not. Raises BadFields, TooDeep."""
        wanted = _filter(call.request, names.tree, names.brands, within)
        sort = _sort(call.request)
        products = self.parts.reads.products
        if sort in _PLAIN:
            if wanted == _filter_of():
                return await products.newest(*asked.stretch, newest_first=_PLAIN[sort])
            if wanted.category_ids and wanted == _filter_of(wanted.category_ids):
                return await products.in_category(wanted.category_ids[0], *asked.stretch, newest_first=_PLAIN[sort])
        await see_own_writes(self.parts, call)
        found = await self.parts.reads.search.products(wanted, sort=sort, page=asked.page, size=asked.size)
        return Page(found.items, found.total)


async def sold_product(parts: Parts, request: Request) -> Product:
    """What the path's slug names, while it is on sale. Raises NoSuchProduct."""
    found = await parts.reads.products.by_slug(request.path_params["slug"])
    if found is None or not found.sold:
        raise NoSuchProduct
    return found


async def visible_product(parts: Parts, request: Request, actor: Actor) -> Product:
    """As `sold_product`; what is hidden is there for its seller and for administrators."""
    found = await parts.reads.products.by_slug(request.path_params["slug"])
    if found is None or not found.visible_to(actor.person_id, admin=actor.is_admin):
        raise NoSuchProduct
    return found


async def known_category(parts: Parts, request: Request) -> Category:
    """What the path's slug names. Raises NotFound."""
    tree = await parts.reads.catalogue.tree()
    found = tree.by_slug.get(request.path_params["slug"])
    if found is None:
        raise NotFound
    return found


def _filter_of(category_ids: tuple[int, ...] | None = None, **more: Any) -> ProductFilter:
    return ProductFilter(match=Match.BEGINNINGS, category_ids=category_ids, descendants=False, **more)


def _filter(request: Request, tree: Tree, brands: BrandList, within: Category | None) -> ProductFilter:
    """Raises BadFields. A parameter that is blank asks for nothing."""
    asked = request.query_params
    tags = tuple(tag for tag in map(str.strip, asked.get("tags", "").split(",")) if tag)
    brand = asked.get("brand", "").strip()
    named = brands.named(brand) if brand else None
    return _filter_of(
        _categories(asked.get("category", "").strip(), tree, within),
        text=text_of(request, "search"),
        min_price=least(request, "min_price"),
        max_price=most(request, "max_price"),
        tags=tags or None,
        brand_ids=None if not brand else () if named is None else (named.brand_id,),
        seller_id=_seller(asked.get("seller", "").strip()),
        in_stock=_truth(request, "in_stock"),
        featured=_truth(request, "is_featured"),
    )


def _categories(reference: str, tree: Tree, within: Category | None) -> tuple[int, ...] | None:
    """By slug, else by id; none for what does not exist, or is another than the path's."""
    own = None if within is None else (within.category_id,)
    if not reference:
        return own
    found = tree.by_slug.get(reference)
    if found is None:
        try:
            found = tree.by_id.get(parse_id(reference))
        except ValueError:
            return ()
    wanted = () if found is None else (found.category_id,)
    return wanted if own is None or wanted == own else ()


def _seller(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise invalid(seller="A valid integer is required.")
    # A number past the ids is nobody's; past 18 digits Elasticsearch could not read it.
    return int(text[:18])


def _truth(request: Request, name: str) -> bool | None:
    text = request.query_params.get(name, "").strip()
    if not text:
        return None
    try:
        return truth(text)
    except ValueError:
        raise invalid(**{name: "Must be a valid boolean."}) from None


def _sort(request: Request) -> Sort:
    ordering = request.query_params.get("ordering", "")
    return Sort(ordering) if ordering in ORDERINGS else Sort.CREATED_DOWN
