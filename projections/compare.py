"""Finds in what two generations of a model differ, while both may still be moving."""

import time
from collections.abc import Callable, Collection
from hashlib import blake2b

from projections.stores.base import Store

ROUNDS = 40
MANY = 10_000  # differences that no race explains
PAUSE = 0.05  # seconds between rounds


def compare(store: Store, one: str, other: str, step: Callable[[], object] = lambda: None) -> list[str]:
    """Keys of documents and entries (`:list/key`) that are not the same bytes in both.

    Generations that are still fed differ wherever one has seen an event that the other has not, so
    what differs is looked at again, round after round, `step` taking the one behind forward. What
    stays is reported: a real difference, or a document that changed in every round.
    """
    differing: Collection[str] | None = None
    for _ in range(ROUNDS):
        differing = _differing(store, one, other, differing)
        if not differing or len(differing) > MANY:
            break
        step()
        time.sleep(PAUSE)
    return sorted(differing or ())


def _differing(store: Store, one: str, other: str, keys: Collection[str] | None) -> set[str]:
    # Digests, so that a generation need not fit into memory.
    seen = {key: _digest(value) for key, value in store.contents(one, keys)}
    differing = {key for key, value in store.contents(other, keys) if seen.pop(key, None) != _digest(value)}
    return differing | seen.keys()


def _digest(value: bytes) -> bytes:
    return blake2b(value, digest_size=16).digest()
