"""The questions after products, categories, brands and stock."""

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.answers import answer
from api.auth import Callers
from api.parts import Parts
from api.queries import catalogue_answers as shapes
from api.queries.declaring import Declare
from api.queries.parameters import LONGEST, Paging
from read_side.documents.product import Product
from read_side.queries.catalogue import BrandList, Tree
from read_side.queries.filters import Match, ProductFilter
from read_side.queries.ordering import Sort
from write_side.fields import Id, Price, clean_text
from write_side.identifiers import parse_id
from write_side.messages import Actor
from write_side.observations import Kind
from write_side.refusals import NotFound

Word = Annotated[str, Field(max_length=200), AfterValidator(clean_text)]


class Walking(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, max_length=500, description="`before` or `after` of an answer")
    size: int = Field(default=20, ge=1, le=LONGEST)


class Asked(Paging):
    """A search. Several categories, brands, tags or values of one attribute mean any of them."""

    q: Annotated[str, Field(max_length=500), AfterValidator(clean_text)] | None = None
    match: Match = Field(
        default=Match.WORDS,
        description="stemmed words, words of the name alone, beginnings of words, or with typos forgiven",
    )
    category: list[Word] = Field(default=[], max_length=50, description="id or slug; what is below it counts, too")
    brand: list[Word] = Field(default=[], max_length=50, description="id or slug")
    tag: list[Word] = Field(default=[], max_length=50)
    attribute: list[Word] = Field(default=[], max_length=50, description="name:value")
    min_price: Price | None = None
    max_price: Price | None = None
    in_stock: bool | None = None
    featured: bool | None = None
    seller: Id | None = None
    sort: Sort = Sort.RELEVANCE
    facets: bool = Field(default=False, description="with the counts of every further choice")


def add_catalogue_queries(query: Declare, parts: Parts, callers: Callers) -> None:
    """`query` declares a route and what it answers."""
    Anyone = Annotated[Actor | None, Depends(callers.optional)]
    Seller = Annotated[Actor, Depends(callers.seller)]

    @query("/product/{product}", shapes.ProductAnswer)
    async def product(
        request: Request, product: Annotated[str, Path(description="id or slug")], who: Anyone
    ) -> Response:
        """One product, which counts as a view. An inactive one is shown to its seller and to administrators alone."""
        found = await _product(parts, product)
        person_id, admin = (None, False) if who is None else (who.person_id, who.is_admin)
        if found is None or not found.visible_to(person_id, admin=admin):
            raise NotFound
        parts.observe(Kind.PRODUCT_VIEWED, found.product_id, who.person_id if who is not None else None)
        return answer(request, shapes.product(found, *await _names(parts)))

    @query("/products", shapes.ProductPage)
    async def products(request: Request, asked: Annotated[Walking, Query()]) -> Response:
        """Everything on sale, newest first, by cursors: what is added meanwhile shifts nothing."""
        found = await parts.reads.products.walk_newest(asked.cursor, asked.size)
        names = await _names(parts)
        return answer(
            request, shapes.ProductPage([shapes.product(p, *names) for p in found.items], found.before, found.after)
        )

    @query("/search", shapes.SearchAnswer)
    async def search(request: Request, asked: Annotated[Asked, Query()]) -> Response:
        """Products on sale by words and facets. Without a text the newest come first."""
        tree, brands = await _names(parts)
        await _see_search(parts, request)
        found = await parts.reads.search.products(
            _filter(asked, tree, brands), sort=asked.sort, page=asked.page, size=asked.size, with_facets=asked.facets
        )
        counts = None if found.facets is None else shapes.facets(found.facets, tree, brands)
        items = [shapes.product(p, tree, brands) for p in found.items]
        return answer(request, shapes.SearchAnswer(items, found.total, asked.page, asked.size, counts))

    @query("/suggestions", shapes.SuggestionsAnswer)
    async def suggestions(request: Request, q: Word, size: Annotated[int, Query(ge=1, le=LONGEST)] = 10) -> Response:
        """Products whose names have words that begin as typed."""
        await _see_search(parts, request)
        return answer(request, shapes.SuggestionsAnswer(await parts.reads.search.suggest(q, size)))

    @query("/categories", shapes.CategoriesAnswer)
    async def categories(request: Request) -> Response:
        """The tree of categories, with how many products each has."""
        tree = await parts.reads.catalogue.tree()
        return answer(request, shapes.categories(tree, await parts.reads.catalogue.product_counts(tree.by_id)))

    @query("/brands", shapes.BrandsAnswer)
    async def brands(request: Request) -> Response:
        """All brands, by name."""
        return answer(request, shapes.brand_list(await parts.reads.catalogue.brands()))

    @query("/stock/{sku:path}", shapes.StockAnswer)
    async def stock(request: Request, sku: str, who: Seller) -> Response:
        """Stock of one SKU: for the product's seller and administrators."""
        found = await parts.reads.stock.by_sku(sku)
        sold = await parts.reads.products.by_id(found.product_id) if found is not None else None
        if found is None or sold is None or not (who.is_admin or sold.seller_id == who.person_id):
            raise NotFound
        return answer(request, shapes.stock(found))


async def _product(parts: Parts, reference: str) -> Product | None:
    """By id in either form, else by slug; a slug may consist of digits alone."""
    try:
        product_id = parse_id(reference)
    except ValueError:
        return await parts.reads.products.by_slug(reference)
    found = await parts.reads.products.by_id(product_id)
    return found if found is not None else await parts.reads.products.by_slug(reference)


async def _names(parts: Parts) -> tuple[Tree, BrandList]:
    return await parts.reads.catalogue.tree(), await parts.reads.catalogue.brands()


async def _see_search(parts: Parts, request: Request) -> None:
    """Storefold-Min-Position holds for a search, too: the envelope has waited for Redis alone."""
    position = request.scope.get("storefold.min-position")
    if position is not None:
        await parts.reads.search.wait(position)


def _filter(asked: Asked, tree: Tree, brands: BrandList) -> ProductFilter:
    attributes: dict[str, tuple[str, ...]] = {}
    for pair in asked.attribute:
        name, _, value = pair.partition(":")
        attributes[name] = (*attributes.get(name, ()), value)
    return ProductFilter(
        text=asked.q,
        match=asked.match,
        category_ids=_ids(asked.category, lambda slug: tree.by_slug[slug].category_id),
        brand_ids=_ids(asked.brand, lambda slug: brands.by_slug[slug].brand_id),
        min_price=asked.min_price,
        max_price=asked.max_price,
        in_stock=asked.in_stock,
        featured=asked.featured,
        tags=tuple(asked.tag) or None,
        seller_id=asked.seller,
        attributes=attributes,
    )


def _ids(references: list[str], by_slug: Callable[[str], int]) -> tuple[int, ...] | None:
    """None when nothing was chosen. What does not exist is left out: chosen alone it matches nothing."""
    if not references:
        return None
    found = []
    for reference in references:
        try:
            found.append(by_slug(reference))
        except KeyError:
            with suppress(ValueError):
                found.append(parse_id(reference))
    return tuple(found)
