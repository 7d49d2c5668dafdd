"""Writes a sample of every event version that has none yet: `python tests/golden/record.py`.

A sample is kept for ever. One that exists is never written again: should it no longer decode to the
same thing, the event has changed, and needs a version and an upcaster.
"""

from pathlib import Path
from typing import Any

from msgspec import inspect

from write_side.codecs import encode
from write_side.messages import Event, Metadata
from write_side.registry import EVENTS

SAMPLES = Path(__file__).parent / "samples"
SEALED = {
    *("email", "first_name", "last_name", "phone_number", "address", "shipping_address", "billing_address"),
    *("contact_details", "bank_details", "notes"),
}
META = Metadata(
    at="2026-01-02T03:04:05.000006Z",
    actor=1001,
    service="worker",
    surface="store",
    request="req-1",
    correlation="cor-1",
    causation=41,
    command="bus-7",
)


def sample_path(topic: str, version: int) -> Path:
    return SAMPLES / f"{topic}.v{version}.json"


def example(event_type: type[Event]) -> Event:
    """An event with something in every field, also in those that may be left out."""
    return _fill(inspect.type_info(event_type), "event")  # type: ignore[no-any-return]


def _fill(kind: inspect.Type, name: str) -> Any:
    match kind:
        case inspect.StructType():
            return kind.cls(**{field.name: _fill(field.type, field.name) for field in kind.fields})
        case inspect.UnionType():
            wanted = [t for t in kind.types if not isinstance(t, inspect.NoneType)]
            return _fill(wanted[0], name)
        case inspect.Metadata():
            return _fill(kind.type, name)
        case inspect.StrType() if name in SEALED:
            return "p1.1001.1.c2VhbGVk"
        case inspect.StrType():
            return f"Some {name.replace('_', ' ')}, ü€"
        case inspect.BoolType():
            return True
        case inspect.IntType():
            return 1000 + sum(name.encode()) % 1000
        case inspect.DictType():
            return {"Größe": _fill(kind.value_type, name)}
        case inspect.VarTupleType() | inspect.ListType():
            return (_fill(kind.item_type, name),)
    raise NotImplementedError(f"{name}: {kind}")


def main() -> None:
    for topic, event_type in EVENTS.items():
        path = sample_path(topic, event_type.class_version)
        if not path.exists():
            path.write_bytes(encode(example(event_type), META))
            print(f"wrote {path.name}")


if __name__ == "__main__":
    main()
