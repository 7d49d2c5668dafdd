"""Products: found, shown, and marked as favourites."""

from starlette.responses import Response

from api.answers import answer
from api.gateway import Gateway
from api.marketplace.answers.products import Clicked, Favorite, Favorited, ListProduct, Product
from api.marketplace.pages import LISTS
from api.marketplace.routes.finding import QUERY, Finder, sold_product, visible_product
from api.marketplace.show.products import favorite, list_product, names, whole_product
from api.parts import Parts
from api.rows.pages import Page
from api.rows.row import Call, Rows, Who, reply
from write_side.observations import Kind
from write_side.wishlist.commands import ToggleWishlist


def add_product_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    finder = Finder(parts)

    @rows.row(
        "GET",
        "/products/",
        who=Who.GUEST,
        answer=(list[ListProduct], Page[ListProduct]),
        errors=(400, 404),
        query=QUERY | LISTS.query,
    )
    async def products(call: Call[None]) -> Response:
        """Products on sale that match everything that is asked."""
        asked = LISTS.asked(call.request)
        here = await names(parts, call.request)
        found = await finder.products(call, here, asked)
        return asked.answer(found, lambda product: list_product(product, here))

    @rows.row(
        "GET",
        "/products/favorites/",
        who=Who.READER,
        answer=(list[Favorite], Page[Favorite]),
        errors=(404,),
        query=LISTS.query,
    )
    async def favorites(call: Call[None]) -> Response:
        """The caller's favourites that are on sale, the latest first."""
        asked = LISTS.asked(call.request)
        here = await names(parts, call.request)
        found = await parts.reads.wishlists.on_sale(call.person_id)
        return asked.answer_items(len(found), asked.cut(found), lambda wish: favorite(wish, here))

    @rows.row(
        "GET",
        "/products/my_products/",
        who=Who.SELLER,
        answer=(list[ListProduct], Page[ListProduct]),
        errors=(403, 404),
        query=LISTS.query,
    )
    async def my_products(call: Call[None]) -> Response:
        """The caller's own products, hidden ones included, the latest first."""
        asked = LISTS.asked(call.request)
        here = await names(parts, call.request)
        found = await parts.reads.products.of_seller(call.person_id, *asked.stretch)
        return asked.answer(found, lambda product: list_product(product, here))

    @rows.row("GET", "/products/{slug}/", who=Who.GUEST, answer=Product, errors=(404,))
    async def product(call: Call[None]) -> Response:
        """A product; a hidden one for its seller and administrators. Each answer counts as a view."""
        found = await visible_product(parts, call.request, call.actor)
        person_id = call.actor.person_id
        marked = person_id is not None and await parts.reads.wishlists.holds(person_id, found.product_id)
        here = await names(parts, call.request)
        if call.request.method == "GET":  # a HEAD shows nothing
            parts.observe(Kind.PRODUCT_VIEWED, found.product_id, person_id)
        return answer(call.request, whole_product(found, here, favorited=marked))

    @rows.row(
        "POST",
        "/products/{slug}/favorite/",
        who=Who.SENDER,
        answer=Favorited,
        status=201,
        errors=(404,),
        also={200: Favorited},
    )
    async def toggle_favorite(call: Call[None]) -> Response:
        """Marks a product as a favourite of the caller's, or no longer: each call flips it."""
        found = await sold_product(parts, call.request)
        command = ToggleWishlist(product_id=found.product_id)
        result = (await gateway.send_and_see(call.request, command, call.actor)).result
        marked: bool = result["in_wishlist"]
        return reply(Favorited(marked), 201 if marked else 200)

    @rows.row("POST", "/products/{slug}/click/", who=Who.GUEST, answer=Clicked, errors=(404,))
    async def click(call: Call[None]) -> Response:
        """Counts a click on a product."""
        found = await sold_product(parts, call.request)
        parts.observe(Kind.PRODUCT_CLICKED, found.product_id, call.actor.person_id)
        return reply(Clicked(True))
