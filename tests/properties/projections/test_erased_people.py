"""Somebody who was erased is in no document, however the log is cut, and a model built again once their key is
destroyed is the live one, byte for byte."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from memory_session import Projection
from shop_past import Happened, history, mark, open_for_the_living, open_sealed, rows

from projections.models import redis_models
from write_side.account.events import AccountErased

LENGTH = 500


def erased(past: list[Happened]) -> set[int]:
    return {event.person_id for _, event in past if isinstance(event, AccountErased)}


def shown(projection: Projection) -> set[int]:
    """The people of whom anything personal is in any document."""
    everything = b"\n".join(projection.session.documents.values())
    return {int(found) for found in re.findall(rb"p#(\d+)#", everything)}


@given(st.integers(0, 10**6), st.lists(st.integers(1, 90), max_size=6), st.sampled_from([1, 7, 1000]))
@settings(max_examples=40, deadline=None)
def test_nothing_is_left_and_a_rebuild_without_the_keys_is_the_live_model(
    seed: int, cuts: list[int], window: int
) -> None:
    past = history(seed, LENGTH)
    log, live = rows(past), Projection(redis_models(open_sealed))
    start = 0
    for length in [*cuts, *[window] * LENGTH]:
        if start < LENGTH:
            live.take(log[start : start + length])
            start += length
    rebuilt = Projection(redis_models(open_for_the_living(past)))
    rebuilt.take(log)

    assert live.session.parks == rebuilt.session.parks == []
    assert live.session.documents == rebuilt.session.documents
    assert live.session.entries == rebuilt.session.entries
    assert not shown(live) & erased(past)


def test_the_pasts_have_what_is_proved_here() -> None:
    """People with orders who are erased, before and after them in one batch, and people who stay."""
    with_orders = 0
    for seed in range(20):
        past = history(seed, LENGTH)
        before = Projection(redis_models(open_sealed))
        stays = [happened for happened in past if not isinstance(happened[1], AccountErased)]
        before.take(rows(stays))
        orders = b"\n".join(d for (model, _), d in before.session.documents.items() if model == "orders")
        with_orders += sum(mark(person).encode() in orders for person in erased(past))
    assert with_orders > 5
