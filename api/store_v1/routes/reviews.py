"""Reviews of products."""

from starlette.responses import Response

from api.answers import answer
from api.gateway import Gateway
from api.parts import Parts
from api.store_v1 import answers, bodies, show
from api.store_v1.pages import PAGE, PAGE_SIZE, links, page_of, size_of
from api.store_v1.routes.catalogue import sold_product
from api.store_v1.routing import Call, Rows, Who, reply
from read_side.errors import NotBuilt
from write_side.identifiers import uuid_text
from write_side.review.commands import WriteReview


def add_review_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    @rows.row(
        "GET",
        "/products/{slug}/reviews/",
        who=Who.ANYBODY,
        answer=answers.ReviewPage,
        errors=(400, 404),
        query={"page": PAGE, "page_size": PAGE_SIZE},
    )
    async def reviews(call: Call[None]) -> Response:
        """A product's reviews, latest first; hidden ones are not shown."""
        page, size = page_of(call.request), size_of(call.request)
        product = await sold_product(parts, call.request)
        found = await parts.reads.reviews.of_product(product.product_id, page, size)
        after, before = links(call.request, page, size, found.total)
        shown = [show.approved_review(review) for review in found.items]
        return answer(call.request, answers.ReviewPage(found.total, after, before, shown))

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
