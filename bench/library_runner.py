"""The library's ProjectionRunner with our folds, as its documentation shows a projection: for each event
load the document, change it, write it and the position.

Kind to it where there is a choice: Redis takes document, lists and position in one MULTI, and
Elasticsearch is left alone by events that change nothing there.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
from eventsourcing.application import Application
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    ProcessRecorder,
    Tracking,
    TrackingRecorder,
)
from eventsourcing.projection import Projection, ProjectionRunner

from projections.folding import recalled, topics_of
from projections.model import Model, Moment, Named, Ranked
from projections.stores.elasticsearch import ElasticsearchStore
from projections.stores.http import Http
from projections.stores.redis import RedisStore
from storefold.settings import Settings
from write_side.event_store import PostgresLog
from write_side.messages import Event, Recorded

_PATIENCE = 120  # seconds


class View:
    """One store's documents, an event at a time."""

    def __init__(self, log: PostgresLog, models: Sequence[Model[Any]]) -> None:
        self.models = models
        self._log = log
        self._routes: dict[type[Event], list[Model[Any]]] = defaultdict(list)
        for model in models:
            for event_type in model.folds:
                self._routes[event_type].append(model)

    def apply(self, recorded: Recorded) -> None:
        event, moment = recorded.event, Moment(recorded.position, recorded.meta.at)
        for model in self._routes.get(type(event), ()):
            told: Any = event
            if type(event) in model.recalls:
                told = recalled(event, *self._log.firsts([recorded.originator_id]))
            key = model.key(recorded.originator_id, told, moment)
            for each, part in ((key, told),) if isinstance(key, str) else key.items():
                self._change(model, each, type(event), part, moment)

    def _change(self, model: Model[Any], key: str, event_type: type[Event], told: Any, moment: Moment) -> None:
        stored = self.load(model, key)
        document = model.empty(key) if stored is None else model.decode(stored)
        if document.position >= moment.position:
            return
        before = model.entries_of(document)
        model.folds[event_type](document, told, moment)
        document.position = moment.position
        after = model.entries_of(document)
        self.save(model, key, model.encode(document), moment.position, before - after, after - before)

    def load(self, model: Model[Any], key: str) -> bytes | None:
        raise NotImplementedError

    def save(self, model: Model[Any], key: str, document: bytes, position: int, gone: Any, new: Any) -> None:
        raise NotImplementedError


class RedisView(View):
    def __init__(self, log: PostgresLog, store: RedisStore, models: Sequence[Model[Any]]) -> None:
        super().__init__(log, models)
        self._redis = store.client
        self._layout = store.layout
        self._generations = store.live()

    def load(self, model: Model[Any], key: str) -> bytes | None:
        found: bytes | None = self._redis.hget(self._layout.model(self._generations[model.name]), key)
        return found

    def save(self, model: Model[Any], key: str, document: bytes, position: int, gone: Any, new: Any) -> None:
        generation = self._generations[model.name]
        together = self._redis.pipeline(transaction=True)
        for entry in gone:
            if isinstance(entry, Ranked):
                together.zrem(self._layout.index(generation, entry.name), key)
            else:
                together.hdel(self._layout.index(generation, entry.table), entry.name)
        for entry in new:
            if isinstance(entry, Named):
                together.hset(self._layout.index(generation, entry.table), entry.name, entry.target)
            else:
                together.zadd(self._layout.index(generation, entry.name), {key: entry.score})
        together.hset(self._layout.model(generation), key, document)
        together.hset(self._layout.positions, "library", position)
        together.execute()


class _Found(msgspec.Struct):
    found: bool
    source: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw, name="_source")


class ElasticsearchView(View):
    def __init__(self, log: PostgresLog, store: ElasticsearchStore, url: str, models: Sequence[Model[Any]]) -> None:
        super().__init__(log, models)
        self._http = Http(url)
        self._layout = store.layout
        self._generations = store.live()

    def load(self, model: Model[Any], key: str) -> bytes | None:
        _, body = self._http.ask("GET", f"/{self._index(model)}/_doc/{key}", allow=(404,))
        found = msgspec.json.decode(body, type=_Found)
        return bytes(found.source) if found.found else None

    def save(self, model: Model[Any], key: str, document: bytes, position: int, gone: Any, new: Any) -> None:
        version = f"version={position}&version_type=external"
        self._http.ask("PUT", f"/{self._index(model)}/_doc/{key}?{version}", document)
        self._http.ask("PUT", f"/{self._layout.control}/_doc/library", {"position": position})

    def _index(self, model: Model[Any]) -> str:
        return self._layout.index(self._generations[model.name])


class _Shop(Application[str]):
    pass


class _Positions(TrackingRecorder):
    """What the runner asks of a view. The positions are saved by the views, with the documents."""

    begin: ClassVar[int]

    def max_tracking_id(self, application_name: str) -> int | None:
        return self.begin

    def insert_tracking(self, tracking: Tracking) -> None:
        raise NotImplementedError


class Factory(InfrastructureFactory[TrackingRecorder]):
    """The library's door to the views."""

    def tracking_recorder(self, tracking_recorder_class: Any = None) -> TrackingRecorder:
        made: TrackingRecorder = tracking_recorder_class()
        return made

    def application_recorder(self) -> ApplicationRecorder:
        raise NotImplementedError

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        raise NotImplementedError

    def process_recorder(self) -> ProcessRecorder:
        raise NotImplementedError


def run_library(settings: Settings, views: Sequence[View], after: int, sample: int) -> float:
    """Folds the `sample` events that follow position `after`; events per second, the runner's start
    not counted. Raises what the runner raises."""
    enough = threading.Event()
    times: list[float] = []

    class Positions(_Positions):
        begin = after

    class Day(Projection[_Positions]):
        name = "day"
        topics = tuple(topics_of(model for view in views for model in view.models))

        def process_event(self, domain_event: Any, tracking: Tracking) -> None:
            if enough.is_set():
                return
            times.append(time.perf_counter())
            for view in views:
                view.apply(domain_event)
            if len(times) == sample:
                times.append(time.perf_counter())
                enough.set()

    environment = {
        "PERSISTENCE_MODULE": "write_side.event_store",
        "DAY_PERSISTENCE_MODULE": "bench.library_runner",
        "STOREFOLD_POSTGRES_DSN": settings.postgres_dsn,
        "MAPPER_TOPIC": "write_side.codecs:EventMapper",
        "TRANSCODER_TOPIC": "write_side.codecs:JsonTranscoder",
    }
    runner = ProjectionRunner(application_class=_Shop, projection_class=Day, view_class=Positions, env=environment)
    with runner:
        if not enough.wait(_PATIENCE) or len(times) <= sample:
            raise TimeoutError(f"the library's runner folded {len(times)} of {sample} events")
    return sample / (times[-1] - times[0])
