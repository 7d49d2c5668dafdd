"""The `eventsourcing` library's own test cases, run against our log.

Which cannot run, and why:

- `AggregateRecorderTestCase`: asks that an append answers None, as a recorder without a notification
  log does. Ours is an application recorder: the same facts are in `ApplicationRecorderTestCase` and
  in `test_event_store.py`.
- `TrackingRecorderTestCase`, `ProcessRecorderTestCase`: positions of read models are kept beside the
  models, in Redis and Elasticsearch, and processes append through the bus; the factory says so.
- `InfrastructureFactoryTestCase`: its mapper cases want compression, encryption of whole events and
  pickled Python paths as topics; our mapper refuses them, for the log is JSON that auditors read. The
  mapper and the factory are tested below.
"""

import sys
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from eventsourcing import cryptography
from eventsourcing.persistence import ApplicationRecorder, InfrastructureFactory, StoredEvent, TrackingRecorder
from eventsourcing.utils import Environment
from support.databases import Databases
from support.events import stored

from write_side.cart.events import CartCleared
from write_side.codecs import EventMapper
from write_side.database import Database
from write_side.event_store import Factory, PostgresLog
from write_side.messages import Metadata, Recorded

# The module of the cases imports a cipher over pycryptodome, which nothing here uses; the library's
# other one, over `cryptography`, has the same names.
sys.modules.setdefault("eventsourcing.cipher", cryptography)
from eventsourcing.tests.persistence import (  # noqa: E402
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)

_numbers = count(1)


class _AnswersLists(PostgresLog):
    """A range is the sequence that the interface asks for; the library's cases compare with lists."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Any:
        return list(super().insert_events(stored_events, **kwargs))


class _OurLog:
    """What the cases need: a fresh log, and text for stream names."""

    INITIAL_VERSION = 1

    @pytest.fixture(autouse=True)
    def _fresh(self, databases: Databases) -> Iterator[None]:
        self.recorder = _AnswersLists(Database(databases.dsn))
        yield
        self.recorder.close()

    def create_recorder(self) -> ApplicationRecorder:
        return self.recorder

    def new_originator_id(self) -> UUID | str:
        return f"test-{next(_numbers)}"


class TestApplicationRecorder(_OurLog, ApplicationRecorderTestCase[ApplicationRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNonInterleavingNotificationIDs(_OurLog, NonInterleavingNotificationIDsBaseCase):
    pass


del ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase  # abstract; not to be collected


def test_the_factory_is_found_by_the_library_s_settings(databases: Databases) -> None:
    environment = Environment(
        env={
            "PERSISTENCE_MODULE": "write_side.event_store",
            "MAPPER_TOPIC": "write_side.codecs:EventMapper",
            "TRANSCODER_TOPIC": "write_side.codecs:JsonTranscoder",
            "STOREFOLD_POSTGRES_DSN": databases.dsn,
        }
    )
    factory = InfrastructureFactory[TrackingRecorder].construct(environment)
    assert isinstance(factory, Factory)
    recorder = factory.application_recorder()
    assert isinstance(recorder, PostgresLog)
    store = factory.event_store(mapper=EventMapper(), recorder=recorder)
    recorded = Recorded(
        originator_id="cart-7",
        originator_version=1,
        event=CartCleared(),
        meta=Metadata(at="2026-01-02T03:04:05.000006Z"),
    )
    store.put([recorded])
    assert list(store.get("cart-7")) == [recorded]
    recorder.close()


@pytest.mark.parametrize("door", ["aggregate_recorder", "tracking_recorder", "process_recorder"])
def test_the_factory_says_what_there_is_not(databases: Databases, door: str) -> None:
    factory = Factory(Environment(env={"STOREFOLD_POSTGRES_DSN": databases.dsn}))
    with pytest.raises(NotImplementedError):
        getattr(factory, door)()


def test_a_cipher_or_compressor_over_whole_events_is_refused() -> None:
    with pytest.raises(ValueError, match="readable JSON"):
        EventMapper(cipher=object())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="readable JSON"):
        EventMapper(compressor=object())  # type: ignore[arg-type]


def test_the_notification_log_pages_and_filters(databases: Databases) -> None:
    log = PostgresLog(Database(databases.dsn))
    log.insert_events([stored("a-1", version, topic=f"t{version % 2}") for version in range(1, 8)])
    assert [n.id for n in log.select_notifications(3, 2)] == [3, 4]
    assert [n.id for n in log.select_notifications(3, 2, inclusive_of_start=False)] == [4, 5]
    assert [n.id for n in log.select_notifications(None, 10, stop=5, topics=["t0"])] == [2, 4]
    assert log.max_notification_id() == 7
    log.close()
