"""The questions after reviews, wishlists and what is low on stock."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import answer
from api.auth import Callers
from api.parts import Parts
from api.queries import review_answers as shapes
from api.queries.declaring import Declare
from api.queries.parameters import Paging, PathId, person_of
from read_side.queries.page import Page
from write_side.messages import Actor
from write_side.refusals import NotFound


class AskedReviews(Paging):
    rating: int | None = Field(default=None, ge=1, le=5, description="only those that gave so much")


def add_review_queries(query: Declare, parts: Parts, callers: Callers) -> None:
    """`query` declares a route and what it answers."""
    Anyone = Annotated[Actor | None, Depends(callers.optional)]
    SignedIn = Annotated[Actor, Depends(callers.signed_in)]
    Seller = Annotated[Actor, Depends(callers.seller)]
    Admin = Annotated[Actor, Depends(callers.admin)]
    Asked = Annotated[Paging, Query()]

    def page(request: Request, found: Page[Any], asked: Paging) -> Response:
        items = [shapes.review(review) for review in found.items]
        return answer(request, shapes.ReviewPage(items, found.total, asked.page, asked.size))

    @query("/review/{review_id}", shapes.ReviewAnswer)
    async def review(request: Request, review_id: PathId, who: Anyone) -> Response:
        """One review. A hidden one is shown to its author and to administrators alone."""
        found = await parts.reads.reviews.by_id(review_id)
        mine = found is not None and who is not None and (who.is_admin or found.person_id == who.person_id)
        if found is None or not (found.shown or mine):
            raise NotFound
        return answer(request, shapes.review(found))

    @query("/reviews/{product_id}", shapes.ReviewPage)
    async def reviews(request: Request, product_id: PathId, asked: Annotated[AskedReviews, Query()]) -> Response:
        """What everybody sees of a product's reviews, latest first."""
        found = await parts.reads.reviews.of_product(product_id, asked.page, asked.size, asked.rating)
        return page(request, found, asked)

    @query("/my-reviews", shapes.ReviewPage)
    async def my_reviews(request: Request, asked: Asked, who: SignedIn) -> Response:
        """The caller's reviews, hidden ones included, latest first."""
        return page(request, await parts.reads.reviews.of_person(person_of(who), asked.page, asked.size), asked)

    @query("/hidden-reviews", shapes.ReviewPage)
    async def hidden_reviews(request: Request, asked: Asked, who: Admin) -> Response:
        """Reviews that administrators have hidden, for administrators."""
        return page(request, await parts.reads.reviews.all(asked.page, asked.size, hidden=True), asked)

    @query("/all-reviews", shapes.ReviewPage)
    async def all_reviews(request: Request, asked: Asked, who: Admin) -> Response:
        """All reviews, latest first, for administrators: what there is to moderate."""
        return page(request, await parts.reads.reviews.all(asked.page, asked.size), asked)

    @query("/wishlist", shapes.WishlistAnswer)
    async def wishlist(request: Request, asked: Asked, who: SignedIn) -> Response:
        """The caller's wishlist, the latest addition first."""
        found = await parts.reads.wishlists.of(person_of(who), asked.page, asked.size)
        items = [shapes.wish(wish) for wish in found.items]
        return answer(request, shapes.WishlistAnswer(items, found.total, asked.page, asked.size))

    @query("/low-stock", shapes.LowStockPage)
    async def low_stock(request: Request, asked: Asked, who: Seller) -> Response:
        """Products on sale at or below their thresholds, the fewest first: a seller's own, or (administrators)
        all."""
        seller_id = None if who.is_admin else who.person_id
        found = await parts.reads.products.low_on_stock(asked.page, asked.size, seller_id)
        items = [shapes.low_stock(product) for product in found.items]
        return answer(request, shapes.LowStockPage(items, found.total, asked.page, asked.size))
