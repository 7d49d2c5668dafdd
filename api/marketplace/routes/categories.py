"""Categories, and what is on sale in each."""

from starlette.responses import Response

from api.answers import answer
from api.marketplace.answers.categories import Category
from api.marketplace.answers.products import ListProduct
from api.marketplace.pages import LISTS
from api.marketplace.routes.finding import QUERY, Finder, known_category
from api.marketplace.show.categories import category as shown
from api.marketplace.show.products import list_product, names
from api.parts import Parts
from api.rows.pages import Page
from api.rows.row import Call, Rows, Who
from api.rows.searching import text_of
from write_side.observations import Kind

_SEARCH = {"search": {"type": "string", "description": "text that the name or the description has in it"}}


def add_category_rows(rows: Rows, parts: Parts) -> None:
    finder = Finder(parts)

    @rows.row(
        "GET",
        "/categories/",
        who=Who.ANYBODY,
        answer=(list[Category], Page[Category]),
        errors=(404,),
        query=_SEARCH | LISTS.query,
    )
    async def categories(call: Call[None]) -> Response:
        """All categories, each with those below it."""
        asked = LISTS.asked(call.request)
        tree = await parts.reads.catalogue.tree()
        found = tree.with_text(text_of(call.request, "search") or "")
        counts = await parts.reads.catalogue.product_counts(tree.by_id)
        return asked.answer_items(len(found), asked.cut(found), lambda one: shown(one, tree, counts))

    @rows.row("GET", "/categories/{slug}/", who=Who.ANYBODY, answer=Category, errors=(404,))
    async def category(call: Call[None]) -> Response:
        """A category with those below it."""
        found = await known_category(parts, call.request)
        tree = await parts.reads.catalogue.tree()
        counts = await parts.reads.catalogue.product_counts(tree.descendants(found.category_id))
        return answer(call.request, shown(found, tree, counts))

    @rows.row(
        "GET",
        "/categories/{slug}/products/",
        who=Who.GUEST,
        answer=(list[ListProduct], Page[ListProduct]),
        errors=(400, 404),
        query=QUERY | LISTS.query,
    )
    async def category_products(call: Call[None]) -> Response:
        """Products on sale in the category itself. Each answer counts as a visit."""
        within = await known_category(parts, call.request)
        asked = LISTS.asked(call.request)
        here = await names(parts, call.request)
        found = await finder.products(call, here, asked, within)
        listed = asked.answer(found, lambda product: list_product(product, here))
        if call.request.method == "GET":  # a HEAD shows nothing
            parts.observe(Kind.CATEGORY_VISITED, within.category_id, call.actor.person_id)
        return listed
