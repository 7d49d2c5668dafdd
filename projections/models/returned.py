"""`returns`: goods of past business that came back, by return."""

from collections.abc import Iterator

from projections.model import Entry, Model, Moment, Ranked
from read_side.documents.sales import OtherCharge, Return, ReturnedLine
from write_side.returns.events import ReturnRecorded


def recorded(found: Return, event: ReturnRecorded, when: Moment) -> None:
    found.created = when.position
    found.recorded_at = when.at
    found.source = event.source
    found.number = event.number
    found.person_id = event.person_id
    found.returned_at = event.returned_at
    found.currency = event.currency
    found.lines = [
        ReturnedLine(
            line.line_id,
            line.product_id,
            line.sku,
            line.name,
            line.unit_price,
            line.quantity,
            line.variant_id,
            line.order_id,
            line.order_line_id,
        )
        for line in event.lines
    ]
    found.charges = [OtherCharge(c.code, c.name, c.quantity, c.unit_price) for c in event.charges]
    found.total = event.total


def entries(found: Return) -> Iterator[Entry]:
    """All of them and those of a person, in the order in which they were recorded."""
    if found.created:
        yield Ranked("all", found.created)
        if found.person_id is not None:
            yield Ranked(f"person:{found.person_id}", found.created)


RETURNS = Model(
    name="returns",
    document=Return,
    empty=lambda key: Return(return_id=int(key)),
    key=lambda _stream, event, _when: str(event.return_id),
    folds={ReturnRecorded: recorded},
    entries=entries,
)
