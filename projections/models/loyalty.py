"""`loyalty`: what was paid for a person's orders and did not go back, by person."""

from projections.model import Model, Moment, Recalled
from read_side.documents.person import Loyalty
from write_side.order.events import OrderPaid, OrderPlaced, OrderRefunded


def person(_stream: str, told: Recalled, _when: Moment) -> dict[str, Recalled]:
    """Whose order it was, its first event says. Past business earns nothing here."""
    return {str(told.first.person_id): told} if isinstance(told.first, OrderPlaced) else {}


def moved(loyalty: Loyalty, told: Recalled, _when: Moment) -> None:
    event = told.event
    assert isinstance(event, OrderPaid | OrderRefunded)
    loyalty.paid += event.amount if isinstance(event, OrderPaid) else -event.amount


LOYALTY = Model(
    name="loyalty",
    document=Loyalty,
    empty=lambda key: Loyalty(person_id=int(key)),
    key=person,
    folds={OrderPaid: moved, OrderRefunded: moved},
    recalls=frozenset({OrderPaid, OrderRefunded}),
)
