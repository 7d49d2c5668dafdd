"""The question after a seller."""

from fastapi import Request
from starlette.responses import Response

from api.answers import answer
from api.parts import Parts
from api.queries import seller_answers as shapes
from api.queries.declaring import Declare
from api.queries.parameters import PathId
from write_side.refusals import NotFound

PRODUCTS, REVIEWS = 50, 10  # that are shown


def add_seller_queries(query: Declare, parts: Parts) -> None:
    """`query` declares a route and what it answers."""

    @query("/seller/{person_id}", shapes.SellerAnswer)
    async def seller(request: Request, person_id: PathId) -> Response:
        """A seller's public page: what is on sale, how it was rated; nothing personal."""
        found = await parts.reads.sellers.by_id(person_id, PRODUCTS, REVIEWS)
        if found is None:
            raise NotFound
        tree, brands = await parts.reads.catalogue.tree(), await parts.reads.catalogue.brands()
        return answer(request, shapes.seller(found, tree, brands))
