"""However a log is cut into batches, and whatever is delivered again, the result is the fold from
the first event on."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st
from memory_session import MemorySession, Projection
from shop_past import history, open_sealed, rows

from projections.models import redis_models

LENGTH = 400


Cuts = list[tuple[int, int]]


def deliveries(cuts: Cuts) -> Cuts:
    """Slices of the log: each goes back by so many events and takes so many; over and over, until
    everything was delivered."""
    reached, slices = 0, []
    for back, length in itertools.cycle([*cuts, (0, 50)]):
        start = max(0, reached - back)
        end = min(LENGTH, start + length)
        slices.append((start, end))
        reached = max(reached, end)
        if reached == LENGTH:
            return slices
    raise AssertionError


@given(st.integers(0, 10**6), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 90)), max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_batching_and_redelivery(seed: int, cuts: Cuts) -> None:
    past = rows(history(seed, LENGTH))
    whole = Projection(redis_models(open_sealed))
    whole.take(past)

    pieces = Projection(redis_models(open_sealed))
    for start, end in deliveries(cuts):
        pieces.take(past[start:end])

    assert whole.session.parks == pieces.session.parks == []
    assert pieces.session.documents == whole.session.documents
    assert pieces.session.entries == whole.session.entries


@given(st.integers(0, 10**6), st.lists(st.integers(1, LENGTH - 1), max_size=6))
@settings(max_examples=40, deadline=None)
def test_documents_alone_leave_out_what_they_have_seen(seed: int, restarts: list[int]) -> None:
    """A store whose position was lost (Elasticsearch between bulk and save) is fed from the start;
    its documents know better."""
    past = rows(history(seed, LENGTH))
    whole = Projection(redis_models(open_sealed))
    whole.take(past)

    session = MemorySession([])
    for end in [*sorted(restarts), LENGTH]:
        again = MemorySession(model.name for model in redis_models(open_sealed))
        again.documents, again.places = session.documents, session.places
        session = again
        Projection(redis_models(open_sealed), session).take(past[:end])

    assert session.documents == whole.session.documents
    assert session.entries == whole.session.entries
