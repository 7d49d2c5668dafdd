"""The object storage as the API sees it; `storefold/bootstrap.py` gives it one (`workers/object_storage.py`)."""

from collections.abc import Callable
from typing import Protocol


class Stored(Protocol):
    """An object that is being read. `read` gives its next bytes, none at its end; who was given one closes it."""

    @property
    def size(self) -> int: ...
    @property
    def read(self) -> Callable[[], bytes]: ...
    @property
    def close(self) -> Callable[[], None]: ...


class Storage(Protocol):
    """All but `presigned_url` block, and every method raises StorageAway."""

    def put(self, key: str, data: bytes, content_type: str) -> None: ...
    def get(self, key: str) -> Stored | None: ...
    def delete(self, key: str) -> None: ...
    def presigned_url(self, key: str) -> str: ...
