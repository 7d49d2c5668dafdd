"""Localstripe's object store, kept object by object.

In: localstripe's own reads and writes of `resources.store` (a dict) and of attributes.
Out: for each commit the objects that changed. Localstripe pickles its whole store to /tmp
twice per request, which costs more with every object; here a request pays for the few
objects it touched, however many there are.
"""

import hashlib
import io
import pickle
from collections.abc import Iterator
from typing import Any

from storefold.stack.stripe.database import Database, Write
from storefold.stack.stripe.upstream import resources

_SAVE = """
INSERT INTO objects (key, class, state) VALUES (?, ?, ?)
ON CONFLICT (key) DO UPDATE SET state = excluded.state
"""


class ObjectStore(dict[str, Any]):
    """A dict that knows which of its objects may have changed.

    Touched is what was put, fetched by key, or had an attribute set: localstripe changes
    containers in place (`sources._list.append`), so a fetch has to count. What is touched
    but equal to its last saved bytes is not written.
    """

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._by_kind: dict[str, dict[str, Any]] = {}
        self._touched: dict[str, None] = {}
        self._saved: dict[str, bytes] = {}
        self._load(database)
        database.collect = self._changes

    def of_kind(self, kind: str) -> list[Any]:
        """Every object of one kind, oldest first."""
        return list(self._by_kind.get(kind, {}).values())

    def holds(self, key: str, thing: Any) -> bool:
        """Whether this very object is stored under that key."""
        return super().get(key) is thing

    def touch(self, thing: Any) -> None:
        """Note that an attribute of a stored object was set."""
        key = _key_of(thing)
        if key is not None:
            self._touched[key] = None

    def get(self, key: str, default: Any = None) -> Any:
        self._touched[key] = None
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self._touched[key] = None
        return super().__getitem__(key)

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self._by_kind.setdefault(key.partition(":")[0], {})[key] = value
        self._touched[key] = None

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        del self._by_kind[key.partition(":")[0]][key]
        self._touched[key] = None

    def clear(self) -> None:
        self._touched.update(dict.fromkeys(self))
        super().clear()
        self._by_kind.clear()

    def _changes(self) -> Iterator[Write]:
        for key in self._touched:
            thing = super().get(key)
            if thing is None:
                if self._saved.pop(key, None) is not None:
                    yield "DELETE FROM objects WHERE key = ?", (key,)
                continue
            state = self._dump(thing)
            digest = hashlib.blake2b(state, digest_size=16).digest()
            if self._saved.get(key) != digest:
                self._saved[key] = digest
                yield _SAVE, (key, type(thing).__name__, state)
        self._touched.clear()

    def _dump(self, thing: Any) -> bytes:
        buffer = io.BytesIO()
        _Pickler(buffer, self).dump(vars(thing))
        return buffer.getvalue()

    def _load(self, database: Database) -> None:
        rows = database.rows("SELECT key, class, state FROM objects ORDER BY position")
        # Objects refer to each other in both directions: make all, then fill all.
        for key, class_name, _ in rows:
            made = getattr(resources, class_name)
            self[key] = made.__new__(made)
        for key, _, state in rows:
            vars(self[key]).update(_Unpickler(io.BytesIO(state), self).load())
            self._saved[key] = hashlib.blake2b(state, digest_size=16).digest()
        self._touched.clear()


class _Pickler(pickle.Pickler):
    """Writes a reference wherever another stored object is held."""

    def __init__(self, buffer: io.BytesIO, store: ObjectStore) -> None:
        super().__init__(buffer, protocol=5)
        self._store = store

    def persistent_id(self, thing: Any) -> str | None:
        if not isinstance(thing, resources.StripeObject):
            return None
        key = _key_of(thing)
        # Lists are Stripe objects too, but live inside their owner.
        return key if key is not None and self._store.holds(key, thing) else None


class _Unpickler(pickle.Unpickler):
    """Reads the file that this process's predecessor wrote."""

    def __init__(self, buffer: io.BytesIO, store: ObjectStore) -> None:
        super().__init__(buffer)
        self._store = store

    def persistent_load(self, key: str) -> Any:
        return self._store[key]


def _key_of(thing: Any) -> str | None:
    object_id = getattr(thing, "id", None)
    return None if object_id is None else f"{thing.object}:{object_id}"
