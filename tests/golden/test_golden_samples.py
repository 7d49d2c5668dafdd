"""Events are a file format: a stored sample of every version of each still says what it said.

`samples/<topic>.v<version>.json` are the bytes as they were stored. For a version that is no longer the
current one, `<topic>.v<version>.now.json` beside it is what an upcaster makes of its fields.
"""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent
from record import META, SAMPLES, example, sample_path

from write_side.cart.events import CartCleared, ItemAddedToCart
from write_side.codecs import EventMapper, decode, encode
from write_side.messages import Event
from write_side.registry import EVENTS
from write_side.work import AGGREGATES

VERSIONS = [(topic, version) for topic, kind in EVENTS.items() for version in range(1, kind.class_version + 1)]


def fields_of(event: Event) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(event)
    return json.loads(json.dumps(fields))  # type: ignore[no-any-return]


@pytest.mark.parametrize(("topic", "version"), VERSIONS)
def test_a_stored_sample_still_means_the_same(topic: str, version: int) -> None:
    path = sample_path(topic, version)
    assert path.exists(), f"{path.name} is missing: run python tests/golden/record.py"
    stored = json.loads(path.read_bytes())
    assert stored["v"] == version
    event, meta = decode(topic, path.read_bytes())
    assert type(event) is EVENTS[topic]
    assert meta == META
    if version == EVENTS[topic].class_version:
        meant = stored["data"]
    else:
        meant = json.loads(path.with_suffix(".now.json").read_bytes())
    now = fields_of(event)
    assert meant.items() <= now.items()
    # A field that came later without a new version is there with its default, and not otherwise.
    added = now.keys() - meant.keys()
    assert added <= defaults(topic).keys()
    assert all(now[name] == defaults(topic)[name] for name in added)


def defaults(topic: str) -> dict[str, Any]:
    """The fields that may be left out, and what they are then, as JSON has it; UNSET: left out again."""
    found = {}
    for field in msgspec.structs.fields(EVENTS[topic]):
        value = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        if value is not msgspec.NODEFAULT:
            found[field.name] = value if value is msgspec.UNSET else json.loads(msgspec.json.encode(value))
    return found


@pytest.mark.parametrize("topic", EVENTS)
def test_what_is_stored_today_is_read_back_the_same(topic: str) -> None:
    event = example(EVENTS[topic])
    assert decode(topic, encode(event, META)) == (event, META)


@pytest.mark.parametrize("topic", EVENTS)
def test_the_newest_sample_has_something_in_every_field(topic: str) -> None:
    """A sample without a field would not notice when that field is renamed."""
    path = sample_path(topic, EVENTS[topic].class_version)
    optional_since = defaults(topic).keys()
    missing = set(EVENTS[topic].__struct_fields__) - json.loads(path.read_bytes())["data"].keys()
    assert missing <= optional_since


def test_every_sample_belongs_to_an_event() -> None:
    known = {sample_path(topic, version) for topic, version in VERSIONS}
    samples = {Path(re.sub(r"\.now\.json$", ".json", str(path))) for path in SAMPLES.iterdir()}
    assert samples <= known, "an event that was stored once cannot be taken away"


def test_every_step_between_versions_has_an_upcaster() -> None:
    for kind in EVENTS.values():
        for version in range(1, kind.class_version):
            assert callable(getattr(kind, f"upcast_v{version}_v{version + 1}"))


@pytest.mark.parametrize(("topic", "version"), VERSIONS)
def test_every_aggregate_accepts_every_sample_even_before_it_has_begun(topic: str, version: int) -> None:
    """Evolve refuses nothing: what was stored once can be loaded, in whatever state it finds things."""
    event, _ = decode(topic, sample_path(topic, version).read_bytes())
    for aggregate in AGGREGATES.values():
        state = aggregate.evolve(aggregate.initial, event)
        state = aggregate.evolve(state, event)
        assert type(state) is type(aggregate.initial)


# -- versions -------------------------------------------------------------------------------------


def test_version_1_of_item_added_has_no_price_and_says_so() -> None:
    stored = sample_path("cart.item-added", 1).read_bytes()
    assert b"unit_price" not in stored
    event, _ = decode("cart.item-added", stored)
    assert isinstance(event, ItemAddedToCart)
    assert event.unit_price is None
    assert (event.line_id, event.product_id, event.quantity, event.variant_id) == (5001, 2001, 3, None)


def test_the_library_s_mapper_upcasts_too() -> None:
    state = sample_path("cart.item-added", 1).read_bytes()
    recorded = EventMapper().to_domain_event(StoredEvent("cart-7", 4, "cart.item-added", state))
    assert recorded.event.unit_price is None  # type: ignore[attr-defined]
    again = EventMapper().to_stored_event(recorded)
    assert json.loads(again.state)["v"] == 2
    assert (again.originator_id, again.originator_version, again.topic) == ("cart-7", 4, "cart.item-added")


def test_what_cannot_be_read_is_an_error_and_never_a_guess() -> None:
    good = encode(CartCleared(), META)
    newer = good.replace(b'"v":1', b'"v":2')
    for topic, state in [
        ("cart.never-heard-of", good),
        ("cart.cleared", b"not json"),
        ("cart.cleared", newer),  # written by a newer release
        ("cart.item-added", good),  # its fields are missing
        ("cart.item-added", good.replace(b'"v":1', b'"v":0')),  # no such version ever was
    ]:
        with pytest.raises(MapperDeserialisationError):
            decode(topic, state)
