"""Categories and products."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.parts import Parts
from api.rows.errors import invalid
from api.rows.pages import NoSuchPage
from api.rows.row import Call, Rows, Who
from api.rows.searching import DECIMAL, least, most, see_own_writes, text_of
from api.store_v1.answers import catalogue as answers
from api.store_v1.pages import PAGES
from api.store_v1.show import catalogue as show
from read_side.documents.product import Product
from read_side.errors import TooDeep
from read_side.queries.catalogue import Tree
from read_side.queries.filters import ProductFilter
from read_side.queries.ordering import Sort
from write_side.catalog.product.decide import NoSuchProduct

ORDERINGS = ("price", "-price", "created_at", "-created_at", "name")
_QUERY: dict[str, dict[str, Any]] = {
    "category": {"type": "string", "description": "a slug; descendants are included"},
    "min_price": DECIMAL,
    "max_price": DECIMAL,
    "in_stock": {"type": "string", "enum": ["true", "false"]},
    "search": {"type": "string", "description": "in name, description and SKU"},
    "ordering": {"type": "string", "enum": list(ORDERINGS)},
    **PAGES.query,
}


def add_catalogue_rows(rows: Rows, parts: Parts) -> None:
    async def found(call: Call[None], tree: Tree, page: int, size: int) -> tuple[list[Product], int]:
        """A plain list is in Redis, so that it is there while Elasticsearch is not."""
        asked = _filter(call.request, tree)
        sort = _sort(call.request)
        if asked == ProductFilter() and sort in (None, Sort.CREATED_DOWN):
            listed = await parts.reads.products.newest(page, size)
            return listed.items, listed.total
        await see_own_writes(parts, call)
        try:
            answered = await parts.reads.search.products(asked, sort=sort or Sort.RELEVANCE, page=page, size=size)
        except TooDeep:
            raise NoSuchPage from None
        return answered.items, answered.total

    @rows.row("GET", "/products/categories/", who=Who.GUEST, answer=answers.Categories)
    async def categories(call: Call[None]) -> Response:
        """The tree of categories."""
        tree = await parts.reads.catalogue.tree()
        return answer(call.request, show.categories(tree, origin(call.request)))

    @rows.row("GET", "/products/", who=Who.VISITOR, answer=answers.ProductPage, errors=(400, 404), query=_QUERY)
    async def products(call: Call[None]) -> Response:
        """Products on sale that match everything that is asked; newest first, a search by relevance."""
        asked = PAGES.asked(call.request)
        tree = await parts.reads.catalogue.tree()
        items, total = await found(call, tree, *asked.stretch)
        here = origin(call.request)
        return asked.answer_items(total, items, lambda item: show.listed_product(item, tree, here), answers.ProductPage)

    @rows.row("GET", "/products/{slug}/", who=Who.VISITOR, answer=answers.Product, errors=(404,))
    async def product(call: Call[None]) -> Response:
        """A product on sale."""
        one = await sold_product(parts, call.request)
        here = origin(call.request) if one.images else ""
        return answer(call.request, await show.product_page(parts.reads, one, here, staff=call.actor.is_admin))


async def sold_product(parts: Parts, request: Request) -> Product:
    """What the path's slug names, while it is on sale. Raises NoSuchProduct."""
    found = await known_product(parts, request)
    if not found.sold:
        raise NoSuchProduct
    return found


async def known_product(parts: Parts, request: Request) -> Product:
    """As `sold_product`; what is hidden is found, too."""
    found = await parts.reads.products.by_slug(request.path_params["slug"])
    if found is None:
        raise NoSuchProduct
    return found


def origin(request: Request) -> str:
    """Where the client found us, for pictures that we serve ourselves."""
    url = request.url
    return f"{url.scheme}://{url.netloc}"


def _filter(request: Request, tree: Tree) -> ProductFilter:
    asked = request.query_params
    in_stock = asked.get("in_stock", "").lower() or None
    if in_stock not in (None, "true", "false"):
        raise invalid(in_stock="Must be true or false.")
    slug = asked.get("category") or None
    category = tree.by_slug.get(slug) if slug is not None else None
    return ProductFilter(
        text=text_of(request, "search"),
        category_ids=None if slug is None else () if category is None else (category.category_id,),
        min_price=least(request, "min_price"),
        max_price=most(request, "max_price"),
        in_stock=None if in_stock is None else in_stock == "true",
    )


def _sort(request: Request) -> Sort | None:
    ordering = request.query_params.get("ordering") or None
    if ordering is None:
        return None
    if ordering not in ORDERINGS:
        raise invalid(ordering=f"Must be one of {', '.join(ORDERINGS)}.")
    return Sort(ordering)
