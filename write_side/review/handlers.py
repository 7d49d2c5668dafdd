"""Which streams the reviews' commands read and write. A review's id is a name that leads to its author."""

from typing import Any

from write_side.cart.handlers import owner
from write_side.catalog.product.state import PRODUCT
from write_side.messages import Event
from write_side.policies import REVIEWS
from write_side.refusals import Conflict
from write_side.review import decide
from write_side.review.commands import ApproveReview, ChangeReview, HideReview, RemoveReview, WriteReview
from write_side.review.state import REVIEWER, Review
from write_side.work import Work, handles


@handles(WriteReview)
def write_review(command: WriteReview, work: Work) -> dict[str, Any]:
    mine = owner(work)
    product = work.state(PRODUCT, command.product_id)
    reviewer = work.state(REVIEWER, mine)
    review_id = work.new_id()
    written = decide.write(reviewer, product, command, REVIEWS[command.policy], review_id=review_id, person_id=mine)
    work.claim("review", str(review_id), mine, Conflict())
    work.record(REVIEWER, mine, [written])
    return _describe(work, mine, review_id) | {"verified": written.verified, "written_at": work.now}


@handles(ChangeReview)
def change_review(command: ChangeReview, work: Work) -> dict[str, Any]:
    mine = owner(work)
    author = _author(work, command.review_id)
    reviewer = work.state(REVIEWER, author)
    decide.ensure_author(reviewer, command.review_id, own=author == mine)
    work.record(REVIEWER, mine, decide.change(reviewer, command))
    return _describe(work, mine, command.review_id)


@handles(RemoveReview)
def remove_review(command: RemoveReview, work: Work) -> dict[str, Any]:
    author = _author(work, command.review_id)
    reviewer, policy = work.state(REVIEWER, author), REVIEWS[command.policy]
    own, admin = author == work.actor.person_id, work.actor.is_admin
    decide.ensure_removable(reviewer, command.review_id, policy, own=own, admin=admin)
    work.record(REVIEWER, author, decide.remove(reviewer, command.review_id))
    work.release("review", str(command.review_id))
    return {}


@handles(HideReview)
def hide_review(command: HideReview, work: Work) -> dict[str, Any]:
    author = _author(work, command.review_id)
    return _moderate(
        work, author, command.review_id, decide.hide(work.state(REVIEWER, author), command.review_id, command.note)
    )


@handles(ApproveReview)
def approve_review(command: ApproveReview, work: Work) -> dict[str, Any]:
    author = _author(work, command.review_id)
    return _moderate(
        work, author, command.review_id, decide.approve(work.state(REVIEWER, author), command.review_id, command.note)
    )


def _moderate(work: Work, author: int, review_id: int, events: list[Event]) -> dict[str, Any]:
    work.record(REVIEWER, author, events)
    return _describe(work, author, review_id)


def _author(work: Work, review_id: int) -> int:
    author = work.owner("review", str(review_id))
    if author is None:
        raise decide.NoSuchReview
    return author


def _describe(work: Work, author: int, review_id: int) -> dict[str, Any]:
    review: Review = work.state(REVIEWER, author).reviews[review_id]
    return {
        "review_id": review_id,
        "product_id": review.product_id,
        "person_id": author,
        "rating": review.rating,
        "title": review.title,
        "comment": review.comment,
        "shown": review.shown,
    }
