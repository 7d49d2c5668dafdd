"""Reviews, at two kinds of addresses: ids in the query, and in the path."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.gateway import Gateway
from api.martaff.answers.reviews import Review
from api.martaff.bodies.reviews import NewReview, ReviewChange
from api.martaff.pages import PAGES
from api.martaff.routes.products import id_in
from api.martaff.show import reviews as show
from api.parts import Parts
from api.rows.body import ANY
from api.rows.errors import invalid
from api.rows.pages import Page
from api.rows.row import Call, Rows, Who, reply
from read_side.errors import NotBuilt
from write_side.identifiers import parse_id
from write_side.refusals import NotFound
from write_side.review.commands import ChangeReview, RemoveReview, WriteReview

BY_QUERY, BY_PRODUCT, BY_REVIEW = (
    "/products/reviews/",
    "/products/review-list/{product_id}/reviews/",
    "/products/reviews-update/{review_id}/",
)
NO_ID = 0
_ID: dict[str, Any] = {"type": "integer", "minimum": 1}
_ONE_OF = "Give one of product_id and review_id."
_LIST = {"rating": {"type": "integer"}, **PAGES.query}


class Reviews:
    """What the rows of both kinds do, given the id."""

    def __init__(self, parts: Parts, gateway: Gateway) -> None:
        self._parts = parts
        self._gateway = gateway

    async def of_product(self, call: Call[None], product_id: int) -> Response:
        rating = _whole(call.request, "rating")
        asked = PAGES.asked(call.request)
        found = await self._parts.reads.reviews.of_product(product_id, *asked.stretch, rating)
        return asked.answer(found, show.review)

    async def one(self, call: Call[None], review_id: int) -> Response:
        found = await self._parts.reads.reviews.by_id(review_id)
        if found is None or not found.shown:
            raise NotFound
        return answer(call.request, show.review(found))

    async def write(self, call: Call[NewReview], product_id: int) -> Response:
        command = WriteReview(
            product_id=product_id, rating=call.body.rating, comment=call.body.comment or "", policy="martaff"
        )
        done = (await self._gateway.send_and_see(call.request, command, call.actor)).result
        shown = Review(
            id=done["review_id"],
            product=product_id,
            user=call.person_id,
            rating=done["rating"],
            comment=done["comment"],
            created_at=done["written_at"],
        )
        return reply(shown, 201)

    async def change(self, call: Call[ReviewChange], review_id: int) -> Response:
        sent = call.body.model_dump(exclude_unset=True)
        if "comment" in sent:
            sent["comment"] = sent["comment"] or ""
        command = ChangeReview.model_validate({"review_id": review_id, **sent})
        done = (await self._gateway.send_and_see(call.request, command, call.actor)).result
        found = await self._parts.reads.reviews.by_id(review_id)
        if found is None:
            raise NotBuilt("the review is not in the read model yet")
        # What was just written is shown as written, also where the model is slow.
        return reply(show.review(msgspec.structs.replace(found, rating=done["rating"], comment=done["comment"])))

    async def remove(self, call: Call[None], review_id: int) -> Response:
        await self._gateway.send_and_see(call.request, RemoveReview(review_id=review_id, policy="martaff"), call.actor)
        return Response(status_code=204)


def add_review_rows(rows: Rows, parts: Parts, gateway: Gateway) -> None:
    reviews = Reviews(parts, gateway)

    @rows.row(
        "GET",
        BY_QUERY,
        who=Who.ANYBODY,
        answer=(Page[Review], Review),
        errors=(404,),
        query={"product_id": _ID, "review_id": _ID, **_LIST},
    )
    async def reviews_of_product(call: Call[None]) -> Response:
        """A product's reviews, latest first; or the one that is named."""
        review_id = _named(call.request, "review_id")
        if review_id is not None:
            return await reviews.one(call, review_id)
        product_id = _named(call.request, "product_id")
        if product_id is None:
            raise invalid(product_id=_ONE_OF, review_id=_ONE_OF)
        return await reviews.of_product(call, product_id)

    @rows.row(
        "POST",
        BY_QUERY,
        body=NewReview,
        media=ANY,
        answer=Review,
        status=201,
        errors=(404,),
        query={"product_id": _ID},
        who=Who.SENDER,
        basic=True,
    )
    async def add_review(call: Call[NewReview]) -> Response:
        """Reviews a product as the caller."""
        return await reviews.write(call, _demanded(call.request, "product_id"))

    @rows.row(
        "PATCH",
        BY_QUERY,
        body=ReviewChange,
        media=ANY,
        answer=Review,
        errors=(403, 404),
        query={"review_id": _ID},
        who=Who.SENDER,
        basic=True,
    )
    async def change_review(call: Call[ReviewChange]) -> Response:
        """Changes what is sent of the caller's own review."""
        return await reviews.change(call, _demanded(call.request, "review_id"))

    @rows.row(
        "DELETE",
        BY_QUERY,
        answer=None,
        status=204,
        errors=(403, 404),
        query={"review_id": _ID},
        who=Who.STAFF,
        basic=True,
    )
    async def remove_review(call: Call[None]) -> Response:
        """Takes a review away; for administrators."""
        return await reviews.remove(call, _demanded(call.request, "review_id"))

    @rows.row("GET", BY_PRODUCT, who=Who.ANYBODY, answer=Page[Review], errors=(404,), query=_LIST)
    async def review_list(call: Call[None]) -> Response:
        """A product's reviews, latest first."""
        return await reviews.of_product(call, id_in(call.request, "product_id"))

    @rows.row(
        "POST",
        BY_PRODUCT,
        body=NewReview,
        media=ANY,
        answer=Review,
        status=201,
        errors=(404,),
        who=Who.SENDER,
        basic=True,
    )
    async def add_to_review_list(call: Call[NewReview]) -> Response:
        """Reviews a product as the caller."""
        return await reviews.write(call, id_in(call.request, "product_id"))

    @rows.row("GET", BY_REVIEW, who=Who.ANYBODY, answer=Review, errors=(404,))
    async def review(call: Call[None]) -> Response:
        """One review."""
        return await reviews.one(call, id_in(call.request, "review_id"))

    @rows.row(
        "PATCH", BY_REVIEW, body=ReviewChange, media=ANY, answer=Review, errors=(403, 404), who=Who.SENDER, basic=True
    )
    async def update_review(call: Call[ReviewChange]) -> Response:
        """Changes what is sent of the caller's own review."""
        return await reviews.change(call, id_in(call.request, "review_id"))

    @rows.row("DELETE", BY_REVIEW, answer=None, status=204, errors=(403, 404), who=Who.STAFF, basic=True)
    async def delete_review(call: Call[None]) -> Response:
        """Takes a review away; for administrators."""
        return await reviews.remove(call, id_in(call.request, "review_id"))


def _named(request: Request, name: str) -> int | None:
    """An id of the query; None when it is not there, 0 for a number that no id is. Raises BadFields for no number."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        return parse_id(text)
    except ValueError:
        if _is_number(text):
            return NO_ID
        raise invalid(**{name: "A valid integer is required."}) from None


def _demanded(request: Request, name: str) -> int:
    found = _named(request, name)
    if found is None:
        raise invalid(**{name: "This field is required."})
    if found == NO_ID:
        raise NotFound
    return found


def _whole(request: Request, name: str) -> int | None:
    """A whole number of the query, of any size: what is out of range matches nothing."""
    text = request.query_params.get(name)
    if not text:
        return None
    if not _is_number(text):
        raise invalid(**{name: "A valid integer is required."})
    return int(text) if len(text.strip()) < 11 else 0


def _is_number(text: str) -> bool:
    digits = text.strip().removeprefix("-")
    return digits.isascii() and digits.isdigit()
