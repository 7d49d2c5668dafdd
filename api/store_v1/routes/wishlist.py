"""The caller's wishlist."""

from starlette.responses import Response

from api.gateway import Gateway
from api.parts import Parts
from api.rows.row import Call, Rows, Who, reply
from api.store_v1.answers import catalogue as answers
from api.store_v1.pages import PAGES
from api.store_v1.routes.catalogue import known_product
from api.store_v1.show import catalogue as show
from write_side.wishlist.commands import ToggleWishlist


def add_wishlist_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    @rows.row(
        "POST",
        "/products/{slug}/wishlist/",
        who=Who.SENDER,
        answer=answers.Wished,
        status=201,
        errors=(404,),
        also={200: answers.Wished},
    )
    async def toggle_wishlist(call: Call[None]) -> Response:
        """Puts a product on the caller's wishlist, or takes it off."""
        product = await known_product(parts, call.request)
        command = ToggleWishlist(product_id=product.product_id)
        if (await gateway.send_and_see(call.request, command, call.actor)).result["in_wishlist"]:
            return reply(answers.Wished("Product added to wishlist", True), 201)
        return reply(answers.Wished("Product removed from wishlist", False))

    @rows.row(
        "GET",
        "/products/wishlist/me/",
        who=Who.READER,
        answer=answers.WishPage,
        errors=(400, 404),
        query=PAGES.query,
    )
    async def wishlist(call: Call[None]) -> Response:
        """The caller's wishlist, the latest addition first."""
        asked = PAGES.asked(call.request)
        found = await parts.reads.wishlists.of(call.person_id, *asked.stretch)
        return asked.answer(found, show.wish, answers.WishPage)
