"""Sellers' public pages."""

from starlette.responses import Response

from api.answers import answer
from api.marketplace.answers.sellers import SellerPage
from api.marketplace.show.products import names
from api.marketplace.show.sellers import seller as shown
from api.parts import Parts
from api.rows.row import Call, Rows, Who
from write_side.identifiers import parse_id
from write_side.refusals import NotFound

PRODUCTS, REVIEWS = 50, 10  # that are shown


def add_seller_rows(rows: Rows, parts: Parts) -> None:
    @rows.row("GET", "/sellers/{seller_id}/", who=Who.ANYBODY, answer=SellerPage, errors=(404,))
    async def seller(call: Call[None]) -> Response:
        """Who sells, what is on sale and what was said of it; nothing personal."""
        try:
            person_id = parse_id(call.request.path_params["seller_id"])
        except ValueError:
            raise NotFound from None
        found = await parts.reads.sellers.by_id(person_id, PRODUCTS, REVIEWS)
        if found is None:
            raise NotFound
        return answer(call.request, shown(found, await names(parts, call.request)))
