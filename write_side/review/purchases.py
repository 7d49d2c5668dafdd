"""What orders tell the reviewers' streams, in the append of their own events."""

from write_side.order.state import ORDER
from write_side.review import decide
from write_side.review.state import REVIEWER
from write_side.work import Work


def confirm(work: Work, order_id: int) -> None:
    """The order has just been paid. A guest's order is nobody's to review."""
    order = work.state(ORDER, order_id)
    if order.person_id:
        reviewer = work.state(REVIEWER, order.person_id)
        work.record(REVIEWER, order.person_id, decide.confirm_purchase(reviewer, order))


def cancel(work: Work, order_id: int) -> None:
    """The order has just been cancelled."""
    order = work.state(ORDER, order_id)
    if order.paid and order.person_id:
        reviewer = work.state(REVIEWER, order.person_id)
        work.record(REVIEWER, order.person_id, decide.cancel_purchase(reviewer, order_id))
