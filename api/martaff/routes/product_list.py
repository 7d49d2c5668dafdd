"""The list of products: a bare array of all that match."""

from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.martaff.answers.products import Product
from api.martaff.show import products as show
from api.parts import Parts
from api.rows.errors import invalid
from api.rows.fields import truth
from api.rows.row import Call, Rows, Who
from api.rows.searching import DECIMAL, least, most, see_own_writes, text_of
from read_side.queries.catalogue import Tree
from read_side.queries.filters import Match, ProductFilter

CEILING = 10_000
"""Products in one answer, the newest ones; see `docs/decisions/032-an-array-of-everything.md`."""

_PLAIN = ProductFilter(match=Match.NAME, descendants=False)


def add_product_list_row(rows: Rows, parts: Parts) -> None:
    @rows.row(
        "GET",
        "/products/list",
        spellings=("/products/list/",),
        who=Who.GUEST,
        answer=list[Product],
        query={
            "search": {"type": "string", "description": "words of the name"},
            "name": {"type": "string", "description": "words of the name"},
            "category": {"type": "string", "description": "its name"},
            "is_active": {"type": "string", "enum": ["true", "false"], "default": "true"},
            "price_min": DECIMAL,
            "price_max": DECIMAL,
        },
    )
    async def list_products(call: Call[None]) -> Response:
        """Products that match everything that is asked, newest first."""
        tree = await parts.reads.catalogue.tree()
        asked = _filter(call.request, tree)
        if asked == _PLAIN:
            # A plain list is in Redis, so that it is there while Elasticsearch is not.
            found = await parts.reads.products.everything(CEILING)
        else:
            await see_own_writes(parts, call)
            found = await parts.reads.search.everything(asked, CEILING)
        return answer(call.request, [show.product(one, tree) for one in found])


def _filter(request: Request, tree: Tree) -> ProductFilter:
    category = text_of(request, "category")
    active = _active(request)
    return ProductFilter(
        text=text_of(request, "search"),
        match=Match.NAME,
        name=text_of(request, "name"),
        category_ids=None if category is None else tuple(tree.named(category)),
        descendants=False,
        min_full_price=least(request, "price_min"),
        max_full_price=most(request, "price_max"),
        hidden=not active,
        active=None if active else False,
    )


def _active(request: Request) -> bool:
    text = text_of(request, "is_active")
    try:
        return True if text is None else truth(text)
    except ValueError:
        raise invalid(is_active="Must be a valid boolean.") from None
