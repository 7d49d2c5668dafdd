"""The contract's word for each status of an order, and the note that stands in the order's history
where nobody wrote another."""

from typing import Final

from write_side.policies import ORDER_STATUSES

SURFACE: Final = "store"
"""The surface's name: in events' metadata, and of the refresh tokens that it issues."""
STATUS: Final = ORDER_STATUSES["store"].words

NOTES: Final = {
    "placed": "Order created",
    "paid": "Payment confirmed. Order processing started.",
    "in-work": "Order processing started.",
    "shipped": "Order shipped.",
    "delivered": "Order delivered.",
    "returned": "Order returned.",
    "cancelled": "Order cancelled.",
}
