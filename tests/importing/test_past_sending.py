"""Commands of the past on their way, through the real bus into a real log: in order, whatever gets lost."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from storefold.bootstrap import WriteSide
from storefold.importing.past.sending import Sender
from storefold.importing.waiting import StoreAway
from write_side.batch import Accepted, Lane
from write_side.catalog.product.commands import CreateProduct
from write_side.codecs import decode
from write_side.event_store import PostgresLog
from write_side.log_append import NotConnected
from write_side.messages import Actor, Command
from write_side.refusals import Overloaded, Refusal
from write_side.stock.commands import RecordPastAdjustment
from write_side.stock.events import PastAdjustmentRecorded

IMPORTER = Actor(service="import")


@pytest.fixture
def mug(write_side: WriteSide) -> None:
    write_side.bus.execute(CreateProduct.model_validate({"sku": "MUG", "name": "Mug", "price": "1"}), IMPORTER)


def moves(count: int) -> list[Command]:
    """In comes one, out goes one: out of order the stock would fall below zero."""
    return [
        RecordPastAdjustment(
            source="file",
            reference=str(number),
            sku="MUG",
            by=-1 if number % 2 else 1,
            adjusted_at="2011-01-01T00:00:00Z",
        )
        for number in range(count)
    ]


def recorded(write_side: WriteSide) -> list[int]:
    rows, _ = write_side.log.read(0, 1_000_000)
    events = [decode(topic, state)[0] for _, _, _, topic, state in rows]
    return [int(event.reference) for event in events if isinstance(event, PastAdjustmentRecorded)]


class Losing:
    """The log, but for some appends, by their number: nobody answers."""

    def __init__(self, log: PostgresLog, lose: Callable[[int], bool]) -> None:
        self._insert = log.insert_events
        self._lose = lose
        self._count = 0

    def __call__(self, *args: Any, **kwargs: Any) -> range:
        self._count += 1
        if self._lose(self._count):
            raise NotConnected("away")
        return self._insert(*args, **kwargs)


class Full:
    """The bus, whose queue is full at one moment."""

    def __init__(self, bus: Any, at: int) -> None:
        self._bus = bus
        self._left = at

    def submit(self, command: Command, actor: Actor, lane: Lane) -> "Future[Accepted]":
        self._left -= 1
        if self._left == 0:
            raise Overloaded
        return self._bus.submit(command, actor, lane=lane)  # type: ignore[no-any-return]


def send_all(bus: Any, commands: list[Command], ahead: int = 5) -> list[Accepted | Refusal]:
    sender, outcomes = Sender(bus, IMPORTER, ahead), []
    for command in commands:
        sender.send(command, 1, outcomes.append)
    sender.finish()
    return outcomes


@pytest.mark.usefixtures("mug")
def test_all_are_answered_in_order(write_side: WriteSide) -> None:
    outcomes = send_all(write_side.bus, moves(40))
    assert recorded(write_side) == list(range(40))
    positions = [one.position for one in outcomes if isinstance(one, Accepted)]
    assert len(positions) == 40 and positions == sorted(positions)


@pytest.mark.usefixtures("mug")
def test_a_refusal_is_an_outcome_and_touches_nobody_else(write_side: WriteSide) -> None:
    commands = moves(4)
    commands.insert(
        2, RecordPastAdjustment(source="file", reference="9", sku="no such", by=1, adjusted_at="2011-01-01T00:00Z")
    )
    outcomes = send_all(write_side.bus, commands)
    assert [isinstance(one, Refusal) for one in outcomes] == [False, False, True, False, False]
    assert recorded(write_side) == [0, 1, 2, 3]


@pytest.mark.usefixtures("mug")
def test_what_gets_lost_is_sent_again_and_nothing_overtakes_it(
    write_side: WriteSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every third append gets lost; what is on its way behind it must wait."""
    monkeypatch.setattr(write_side.bus, "_max_batch", 7)  # so that there is something behind
    losing = Losing(write_side.log, lambda number: number % 3 == 0)
    monkeypatch.setattr(write_side.log, "insert_events", losing)
    monkeypatch.setattr("storefold.importing.waiting.PAUSE", 0.0)
    outcomes = send_all(write_side.bus, moves(1000), ahead=100)
    assert [type(one) for one in outcomes] == [Accepted] * 1000
    assert recorded(write_side) == list(range(1000))


@pytest.mark.usefixtures("mug")
def test_a_queue_that_is_full_for_a_moment_changes_no_order(write_side: WriteSide) -> None:
    assert [type(one) for one in send_all(Full(write_side.bus, 5), moves(20))] == [Accepted] * 20
    assert recorded(write_side) == list(range(20))


@pytest.mark.usefixtures("mug")
def test_a_store_that_stays_away_ends_it_and_what_was_answered_is_a_beginning(
    write_side: WriteSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storefold.importing.waiting.PATIENCE", 0.2)
    monkeypatch.setattr(write_side.log, "insert_events", Losing(write_side.log, lambda number: number > 3))
    with pytest.raises(StoreAway):
        send_all(write_side.bus, moves(100))
    found = recorded(write_side)
    assert 0 < len(found) < 100
    assert found == list(range(len(found)))


@pytest.mark.usefixtures("mug")
def test_no_more_is_on_its_way_than_is_wanted(write_side: WriteSide) -> None:
    sender, outcomes = Sender(write_side.bus, IMPORTER, ahead=10), []
    for number, command in enumerate(moves(30), start=1):
        sender.send(command, 3, outcomes.append)
        assert number - len(outcomes) <= 3
    # One that is heavier than all that may be on its way goes alone.
    sender.send(moves(31)[-1], 1000, outcomes.append)
    assert len(outcomes) == 30
    sender.finish()
    assert len(outcomes) == 31
