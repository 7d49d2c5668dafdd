"""Reviews of products: one of each person, whoever bought what."""

from typing import Any

from starlette.responses import Response

from api.answers import answer
from api.gateway import Gateway
from api.marketplace.answers.products import Person
from api.marketplace.answers.reviews import Review
from api.marketplace.bodies.reviews import NewReview, ReviewChange
from api.marketplace.pages import LISTS
from api.marketplace.routes.finding import sold_product
from api.marketplace.show.reviews import review as shown
from api.parts import Parts
from api.rows.pages import Page
from api.rows.row import Call, Rows, Who, reply
from read_side.documents import review as documents
from read_side.documents.person import username
from write_side.identifiers import parse_id
from write_side.review.commands import ChangeReview, RemoveReview, WriteReview
from write_side.review.decide import NoSuchReview


def add_review_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    async def written(call: Call[NewReview]) -> Response:
        product = await sold_product(parts, call.request)
        sent = call.body.model_dump()
        command = WriteReview.model_validate(sent | {"product_id": product.product_id, "policy": "marketplace"})
        result = (await gateway.send_and_see(call.request, command, call.actor)).result
        made = Review(
            id=result["review_id"],
            product=result["product_id"],
            user=Person(call.person_id, username(call.person_id)),
            rating=result["rating"],
            title=result["title"],
            comment=result["comment"],
            created_at=result["written_at"],
            updated_at=result["written_at"],
        )
        return reply(made, 201)

    async def named(call: Call[Any]) -> documents.Review:
        """What the path's id names of the path's product. Raises NoSuchReview."""
        product = await parts.reads.products.by_slug(call.request.path_params["slug"])
        try:
            found = await parts.reads.reviews.by_id(parse_id(call.request.path_params["id"]))
        except ValueError:
            raise NoSuchReview from None
        if product is None or found is None or found.product_id != product.product_id:
            raise NoSuchReview
        return found

    async def changed(call: Call[Any]) -> Response:
        found = await named(call)
        command = ChangeReview.model_validate(call.body.model_dump(exclude_unset=True) | {"review_id": found.review_id})
        done = await gateway.send(call.request, command, call.actor)
        # The answer is the review, so it waits for the read model whatever the client prefers.
        await parts.reads.positions.wait(done.position, parts.settings.min_position_wait)
        now = await parts.reads.reviews.by_id(found.review_id)
        if now is None:
            raise NoSuchReview  # it was removed meanwhile
        return reply(shown(now))

    @rows.row(
        "GET",
        "/products/{slug}/reviews/",
        who=Who.ANYBODY,
        answer=(list[Review], Page[Review]),
        errors=(404,),
        query=LISTS.query,
    )
    async def reviews(call: Call[None]) -> Response:
        """What everybody sees of a product's reviews, the latest first."""
        asked = LISTS.asked(call.request)
        product = await sold_product(parts, call.request)
        return asked.answer(await parts.reads.reviews.of_product(product.product_id, *asked.stretch), shown)

    @rows.row(
        "POST",
        "/products/{slug}/reviews/",
        who=Who.SENDER,
        body=NewReview,
        answer=Review,
        status=201,
        errors=(400, 404),
    )
    async def write_review(call: Call[NewReview]) -> Response:
        """Reviews a product, once."""
        return await written(call)

    @rows.row(
        "POST",
        "/products/{slug}/add_review/",
        who=Who.SENDER,
        body=NewReview,
        answer=Review,
        status=201,
        errors=(400, 404),
    )
    async def add_review(call: Call[NewReview]) -> Response:
        """Reviews a product, once: the same under another path."""
        return await written(call)

    @rows.row("GET", "/products/{slug}/reviews/{id}/", who=Who.ANYBODY, answer=Review, errors=(404,))
    async def review(call: Call[None]) -> Response:
        """One review."""
        await sold_product(parts, call.request)
        found = await named(call)
        if not found.shown:
            raise NoSuchReview
        return answer(call.request, shown(found))

    @rows.row(
        "PUT",
        "/products/{slug}/reviews/{id}/",
        who=Who.SENDER,
        body=NewReview,
        answer=Review,
        errors=(400, 403, 404),
    )
    async def rewrite_review(call: Call[NewReview]) -> Response:
        """Writes the caller's own review anew."""
        return await changed(call)

    @rows.row(
        "PATCH",
        "/products/{slug}/reviews/{id}/",
        who=Who.SENDER,
        body=ReviewChange,
        answer=Review,
        errors=(400, 403, 404),
    )
    async def change_review(call: Call[ReviewChange]) -> Response:
        """Changes what is sent of the caller's own review."""
        return await changed(call)

    @rows.row("DELETE", "/products/{slug}/reviews/{id}/", who=Who.SENDER, answer=None, status=204, errors=(403, 404))
    async def remove_review(call: Call[None]) -> Response:
        """Takes a review away for good: the caller's own, or (administrators) anybody's."""
        command = RemoveReview(review_id=(await named(call)).review_id, policy="marketplace")
        await gateway.send_and_see(call.request, command, call.actor)
        return Response(status_code=204)
