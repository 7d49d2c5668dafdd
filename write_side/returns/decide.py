"""The rules of returns; what of an order may come back is the order's own rule (`order/past.py`)."""

from collections.abc import Sequence

from write_side.refusals import Invalid
from write_side.returns.events import ReturnLine
from write_side.values import MAX_TOTAL, OtherCharge


def total(lines: Sequence[ReturnLine], charges: Sequence[OtherCharge]) -> int:
    """What is given back in all: the goods, and what charges below zero give back beside them."""
    amount = sum(line.total for line in lines) - sum(charge.total for charge in charges)
    if abs(amount) > MAX_TOTAL:
        raise Invalid("the total is out of range")
    return amount
