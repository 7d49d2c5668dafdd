"""Opens sealed values for documents; what can no longer be opened becomes the same text
everywhere."""

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
