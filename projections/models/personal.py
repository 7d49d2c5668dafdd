"""Opens sealed values for documents; what can no longer be opened becomes the same text everywhere.

A person who is erased (`AccountErased`) loses their key after the event, so a document that is built again shows
tombstones from the start, and the live one from that event on. Both must end in the same bytes: the fold of the
event puts `erased_text` or `erased_address` wherever `open_text` or `open_address` put something, and whether there
is anything never depends on whether it opened.
"""

from typing import Any

import msgspec

from projections.model import Opener
from read_side.documents.person import ERASED, ERASED_ADDRESS, Address
from write_side.values import Sealed

_decode_object = msgspec.json.Decoder(dict[str, Any]).decode
_decode_address = msgspec.json.Decoder(Address).decode


def open_text(opener: Opener, sealed: Sealed) -> str:
    text = opener(sealed)
    return ERASED if text is None else text


def open_address(opener: Opener, sealed: Sealed) -> Address:
    """A whole address is sealed as one JSON object."""
    text = opener(sealed)
    return ERASED_ADDRESS if text is None else _decode_address(text)


def open_object(opener: Opener, sealed: Sealed | None) -> dict[str, Any] | None:
    """A JSON object that was sealed whole; one that nobody can open any more is empty."""
    if sealed is None:
        return None
    text = opener(sealed)
    return {} if text is None else _decode_object(text)


def erased_text(value: str | None) -> str | None:
    """What stands in a document's field when its person is erased; where there was nothing there is nothing."""
    return None if value is None else ERASED


def erased_address(value: Address | None) -> Address | None:
    """As `erased_text`, of a whole address."""
    return None if value is None else ERASED_ADDRESS
