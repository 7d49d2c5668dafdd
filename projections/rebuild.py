"""Makes new generations of read models beside the live ones.

    build     fills new generations from the first event on and makes them live once they are not
              behind; readers and the runner go on with the old ones until that moment
    compare   finds the documents in which two generations differ
    outdated  finds the live generations that another version of their model made
    swap_back makes the generations before the last swap live again

A builder that is killed leaves a generation that nobody points to; the next one throws it away.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from projections.feed import Feed
from projections.follower import Follower
from projections.model import Model
from projections.stores.base import Role, Store

log = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds of trying to draw level with a runner under load

Progress = Callable[[int, int, float], None]
"""Events done, events in the log, events per second."""


Check = Callable[[dict[str, str], dict[str, str], Callable[[], object]], None]
"""Old and new generations by model, and what feeds the new ones: the old ones are fed meanwhile, too."""


class Interrupted(Exception):
    """Told to stop before it was done."""


def build(
    events: Feed,
    store: Store,
    models: Sequence[Model[Any]],
    progress: Progress | None = None,
    stopping: Callable[[], bool] = lambda: False,
    check: Check | None = None,
) -> dict[str, str]:
    """Builds new generations of `models` and makes them live. Returns the generations by model.

    `check` is called before the swap and may raise to prevent it. Raises Interrupted,
    Fenced when another builder takes over, and what the stores raise.
    """
    store.acquire(Role.BUILDER)
    clear(store)
    old = store.live()
    new = {model.name: store.begin(model.name, model.version) for model in models}
    follower = Follower(events, store.session(Role.BUILDER, new), models, store.stride)
    _catch_up(events, follower, progress or _log_progress, stopping)
    if check is not None:
        check({name: old[name] for name in new if name in old}, new, follower.step)
    _swap(store, new, follower)
    return new


def swap_back(events: Feed, store: Store, models: Sequence[Model[Any]], *, may_lag: bool = False) -> dict[str, str]:
    """Makes the generations before the last swap live again; returns them. They are first brought
    up to date, or with `may_lag` afterwards, by the runner. Raises LookupError when there are
    none.

    What another version of a model made lacks what has come since. Whoever goes back to it wants that: it is handed
    over to the version of now, which brings it up to date, and no runner builds it anew."""
    store.acquire(Role.BUILDER)
    live = store.live()
    kept = set(store.generations())
    old = {
        model: generation
        for model, generation in store.previous().items()
        if generation != live.get(model) and generation in kept
    }
    if not old:
        raise LookupError(f"{store.name} keeps no generation from before the last swap")
    others = outdated(store, models, old)
    for model in models:
        if model.name in others:
            log.warning("%s is of another version and lacks what has come since", others[model.name])
            store.hand_over(others[model.name], model.version)
    if may_lag:
        store.swap(old, may_lag=True)
        return old
    chosen = [model for model in models if model.name in old]
    follower = Follower(events, store.session(Role.BUILDER, old), chosen, store.stride)
    _catch_up(events, follower, _log_progress, lambda: False)
    _swap(store, old, follower)
    return old


def outdated(store: Store, models: Sequence[Model[Any]], generations: Mapping[str, str]) -> dict[str, str]:
    """Of generations by model those that another version of their model keeps, by the model's name."""
    versions = store.versions()
    return {
        model.name: generations[model.name]
        for model in models
        if model.name in generations and versions.get(generations[model.name], 1) != model.version
    }


def clear(store: Store, *, previous: bool = False) -> list[str]:
    """Deletes the generations that nobody points to, with `previous` also those that are kept for
    switching back. Returns their names."""
    needed = set(store.live().values())
    if not previous:
        needed |= set(store.previous().values())
    dropped = [name for name in store.generations() if name not in needed]
    for generation in dropped:
        store.drop(generation)
    return dropped


def _catch_up(
    events: Feed,
    follower: Follower,
    progress: Progress,
    stopping: Callable[[], bool],
) -> None:
    began, first = time.monotonic(), follower.position
    head = events.head()
    while follower.step():
        if stopping():
            raise Interrupted
        head = max(head, follower.position)
        rate = (follower.position - first) / max(time.monotonic() - began, 1e-9)
        progress(follower.position, head, rate)


def _swap(store: Store, generations: dict[str, str], follower: Follower) -> None:
    """The runner may be ahead by a batch; nobody can hold it up, but one of the next tries meets it
    at rest or behind."""
    deadline = time.monotonic() + PATIENCE
    while not store.swap(generations):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{generations} did not draw level with the live generations")
        follower.step()


_REPORTS = 5.0  # seconds between lines
_last_report = 0.0


def _log_progress(done: int, total: int, rate: float) -> None:
    global _last_report
    now = time.monotonic()
    if done == total or now - _last_report > _REPORTS:
        _last_report = now
        log.info("built %s of %s events, %.0f a second", done, total, rate)
