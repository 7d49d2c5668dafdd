"""Events to bytes and back, through the library's own doors (`TRANSCODER_TOPIC`, `MAPPER_TOPIC`).

The stored bytes are UTF-8 JSON, the same for every reader for ever:

    {"v": class version, "data": {the event's fields}, "meta": {who, when, why}}

An event of an older version is brought up to date on the way out (`upcast_v1_v2` of its class, kept
in `upcasts/`); what is stored never changes.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import (
    Cipher,
    Compressor,
    Mapper,
    MapperDeserialisationError,
    StoredEvent,
    Transcoder,
)

from write_side.messages import EVENT_TYPES, Event, Metadata, Recorded

E = TypeVar("E")


class _Out(msgspec.Struct, frozen=True, gc=False):
    v: int
    data: Event
    meta: Metadata


class _In(msgspec.Struct, Generic[E], frozen=True, gc=False):
    v: int
    data: msgspec.Raw
    meta: Metadata


_encoder = msgspec.json.Encoder()
_envelope = msgspec.json.Decoder(_In[Any])
_decoders: dict[str, msgspec.json.Decoder[Event]] = {}


def encode(event: Event, meta: Metadata) -> bytes:
    """The bytes that are stored. Raises what msgspec raises for a value that is no JSON."""
    return _encoder.encode(_Out(event.class_version, event, meta))


def decode(topic: str, state: bytes) -> tuple[Event, Metadata]:
    """The event in its current version, and its metadata.

    Raises MapperDeserialisationError for an unknown topic or bytes that do not fit it.
    """
    try:
        envelope = _envelope.decode(state)
        event_type = EVENT_TYPES[topic]
        if envelope.v == event_type.class_version:
            decoder = _decoders.get(topic)
            if decoder is None:
                decoder = _decoders.setdefault(topic, msgspec.json.Decoder(event_type))
            return decoder.decode(envelope.data), envelope.meta
        return _upcast(event_type, envelope.v, envelope.data), envelope.meta
    except (KeyError, msgspec.MsgspecError, AttributeError) as error:
        raise MapperDeserialisationError(f"event {topic!r} cannot be read: {error!r}") from error


def _upcast(event_type: type[Event], version: int, data: msgspec.Raw) -> Event:
    if version > event_type.class_version:
        # Written by a newer release: read as the older shape it would be silently cut short.
        raise MapperDeserialisationError(f"{event_type.TOPIC} version {version} is newer than this release knows")
    fields: dict[str, Any] = msgspec.json.decode(data)
    while version < event_type.class_version:
        step: Callable[[dict[str, Any]], None] = getattr(event_type, f"upcast_v{version}_v{version + 1}")
        step(fields)
        version += 1
    return msgspec.convert(fields, event_type)


class JsonTranscoder(Transcoder):
    """For what the library encodes itself (snapshots): plain JSON."""

    def encode(self, obj: Any) -> bytes:
        return _encoder.encode(obj)

    def decode(self, data: bytes) -> Any:
        return msgspec.json.decode(data)


class EventMapper(Mapper[str]):
    """`Recorded` to the library's `StoredEvent` and back."""

    def __init__(
        self,
        transcoder: Transcoder | None = None,
        compressor: Compressor | None = None,
        cipher: Cipher | None = None,
    ) -> None:
        # Personal fields are sealed one by one before they reach an event; a cipher over whole
        # events would take the log away from analysts and auditors.
        if compressor is not None or cipher is not None:
            raise ValueError("the log is readable JSON: neither compressor nor cipher fits it")
        super().__init__(transcoder or JsonTranscoder())

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        recorded = cast("Recorded", domain_event)
        return StoredEvent(
            recorded.originator_id,
            recorded.originator_version,
            recorded.event.TOPIC,
            encode(recorded.event, recorded.meta),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        event, meta = decode(stored_event.topic, stored_event.state)
        return cast(
            "DomainEventProtocol[str]",
            Recorded(
                originator_id=str(stored_event.originator_id),
                originator_version=stored_event.originator_version,
                event=event,
                meta=meta,
                position=getattr(stored_event, "id", 0),
            ),
        )
