"""Reviews of products."""

from starlette.responses import Response

from api.gateway import Gateway
from api.parts import Parts
from api.rows.row import Call, Rows, Who, reply
from api.store_v1 import bodies
from api.store_v1.answers import catalogue as answers
from api.store_v1.pages import PAGES
from api.store_v1.routes.catalogue import sold_product
from api.store_v1.show import catalogue as show
from read_side.errors import NotBuilt
from write_side.identifiers import uuid_text
from write_side.review.commands import WriteReview


def add_review_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    @rows.row(
        "GET",
        "/products/{slug}/reviews/",
        who=Who.GUEST,
        answer=answers.ReviewPage,
        errors=(400, 404),
        query=PAGES.query,
    )
    async def reviews(call: Call[None]) -> Response:
        """A product's reviews, latest first; hidden ones are not shown."""
        asked = PAGES.asked(call.request)
        product = await sold_product(parts, call.request)
        found = await parts.reads.reviews.of_product(product.product_id, *asked.stretch)
        return asked.answer(found, show.approved_review, answers.ReviewPage)

    @rows.row(
        "POST",
        "/products/{slug}/reviews/",
        who=Who.SENDER,
        body=bodies.NewReview,
        answer=answers.ApprovedReview,
        status=201,
        errors=(400, 403, 404, 409),
    )
    async def write_review(call: Call[bodies.NewReview]) -> Response:
        """Reviews a product that the caller has bought."""
        product = await sold_product(parts, call.request)
        body = call.body
        command = WriteReview(
            product_id=product.product_id, rating=body.rating, title=body.title, comment=body.comment, policy="store"
        )
        written = (await gateway.send_and_see(call.request, command, call.actor)).result
        author = await parts.reads.accounts.by_id(call.person_id)
        if author is None:
            raise NotBuilt("the review is written, and its author not in the read model yet")
        shown = answers.ApprovedReview(
            id=uuid_text("review", written["review_id"]),
            user=author.email,
            rating=written["rating"],
            title=written["title"],
            comment=written["comment"],
            is_verified_purchase=written["verified"],
            is_approved=written["shown"],
            created_at=written["written_at"],
        )
        return reply(shown, 201)
