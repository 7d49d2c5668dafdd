"""Identities: positive integers below 2^53, allocated in blocks, and their UUID form.

One integer identifies a thing on every surface. Surfaces whose clients expect UUIDs show the same
integer as a version-8 UUID (RFC 9562), reversibly:

    bits 127..80  "stfold" in ASCII (48 bits), so that a foreign UUID is recognised as such
    bits  79..76  version 8
    bits  75..64  the kind's tag (12 bits), 0 for none
    bits  63..62  variant 10
    bits  61..53  zero
    bits  52..0   the integer
"""

import threading
from collections.abc import Callable
from typing import Final
from uuid import UUID

MAX_ID: Final = 2**53 - 1
BLOCK: Final = 1000  # one round trip to the sequence per this many ids; equals its INCREMENT

_MARK: Final = int.from_bytes(b"stfold", "big") << 80
_FIXED: Final = _MARK | (8 << 76) | (0b10 << 62)
_TAG_MASK: Final = 0xFFF << 64
_NAMES: Final = (
    "any", "person", "product", "variant", "category", "brand", "cart", "line", "order",
    "order-line", "address", "payment", "review", "image", "shipment", "return",
)  # fmt: skip
KINDS: Final = {name: tag for tag, name in enumerate(_NAMES)}
"""The tag of each kind; new kinds are added at the end, for UUIDs are kept by clients."""


def to_uuid(kind: str, value: int) -> UUID:
    """The UUID form of an id. Raises KeyError for a kind that is not in `KINDS`."""
    return UUID(int=_FIXED | (KINDS[kind] << 64) | value)


_HEADS: Final = {kind: str(UUID(int=_FIXED | (tag << 64)))[:19] for kind, tag in KINDS.items()}


def uuid_text(kind: str, value: int) -> str:
    """`str(to_uuid(kind, value))`, a third of its cost: a page of a list shows a hundred."""
    tail = f"{value | 1 << 63:016x}"
    return f"{_HEADS[kind]}{tail[:4]}-{tail[4:]}"


def parse_id(value: object) -> int:
    """An id in either form: an integer, its decimal text, or a UUID of `to_uuid` of any kind.

    Raises ValueError for anything else, a foreign UUID included.
    """
    if isinstance(value, bool):
        raise ValueError("not an id")
    if isinstance(value, str):
        value = _parse_text(value)
    if isinstance(value, UUID):
        value = _from_uuid(value)
    if isinstance(value, int) and 0 < value <= MAX_ID:
        return value
    raise ValueError("not an id")


def _parse_text(text: str) -> int | UUID:
    if text.isascii() and text.isdigit() and len(text) <= 16:
        return int(text)
    try:
        return UUID(text)
    except ValueError:
        raise ValueError("not an id") from None


def _from_uuid(value: UUID) -> int:
    if (value.int & ~_TAG_MASK) >> 53 != _FIXED >> 53:
        raise ValueError("not an id of this store")
    return value.int & MAX_ID


class IdAllocator:
    """Hands out ids from blocks; `fetch_block` returns the first id of a fresh block of `BLOCK`.

    A block lost in a crash leaves a gap: ids are identities, not counts.
    """

    def __init__(self, fetch_block: Callable[[], int]) -> None:
        self._fetch_block = fetch_block
        self._lock = threading.Lock()
        self._next = 0
        self._end = 0

    def __call__(self) -> int:
        with self._lock:
            if self._next == self._end:
                self._next = self._fetch_block()
                self._end = self._next + BLOCK
            value = self._next
            self._next += 1
            return value
