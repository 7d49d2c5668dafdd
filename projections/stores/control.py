"""The control index: what Elasticsearch knows of positions and of who may write.

    runner, builder       {"epoch": 3, "token": "3:host:pid:ab12"}
    position:products.1   {"position": 42, "token": "...", "parked": [...]}
    previous              {"products": "products.1"}: the generations before the last swap

Every change of a document is conditional on its sequence number, so of two writers one is told.
"""

from typing import Any

import msgspec

from projections.stores.http import Http
from read_side.documents.layout import Parked
from read_side.documents.search import CONTROL_MAPPINGS, SearchLayout


class Stored(msgspec.Struct, frozen=True):
    """A control document as it was read or written: its content and what a change depends on."""

    content: bytes
    number: int
    term: int


class Standing(msgspec.Struct, frozen=True):
    """Content of `position:...`."""

    position: int
    token: str = ""
    parked: list[Parked] = []


class Conflict(Exception):
    """Somebody else has changed the document."""


class _Got(msgspec.Struct):
    found: bool
    seq: int = msgspec.field(default=0, name="_seq_no")
    term: int = msgspec.field(default=0, name="_primary_term")
    source: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw, name="_source")


class _Put(msgspec.Struct):
    seq: int = msgspec.field(name="_seq_no")
    term: int = msgspec.field(name="_primary_term")


_decode_got = msgspec.json.Decoder(_Got).decode
_decode_put = msgspec.json.Decoder(_Put).decode
decode_standing = msgspec.json.Decoder(Standing).decode


class Control:
    """Reads and conditionally changes the control documents."""

    def __init__(self, http: Http, layout: SearchLayout) -> None:
        self._http = http
        self._index = layout.control

    def ensure(self) -> None:
        """Makes the index when it is missing; of many who try, one makes it."""
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
        body = {"settings": settings, "mappings": CONTROL_MAPPINGS}
        status, _ = self._http.ask("HEAD", f"/{self._index}", allow=(404,))
        if status == 404:
            self._http.ask("PUT", f"/{self._index}", body, allow=(400,))  # 400: it exists by now

    def get(self, name: str) -> Stored | None:
        status, body = self._http.ask("GET", f"/{self._index}/_doc/{name}", allow=(404,))
        if status == 404:
            return None
        got = _decode_got(body)
        return Stored(bytes(got.source), got.seq, got.term) if got.found else None

    def put(self, name: str, content: Any, before: Stored | None) -> Stored:
        """Replaces `before` (None: there must be none yet). Raises Conflict."""
        if before is None:
            condition = "op_type=create"
        else:
            condition = f"if_seq_no={before.number}&if_primary_term={before.term}"
        data = msgspec.json.encode(content)
        path = f"/{self._index}/_doc/{name}?{condition}"
        status, body = self._http.ask("PUT", path, data, allow=(404, 409))
        if status not in {200, 201}:
            raise Conflict(name)
        put = _decode_put(body)
        return Stored(data, put.seq, put.term)

    def in_bulk(self, name: str, content: Any, before: Stored) -> tuple[bytes, bytes]:
        """The two lines of a bulk request that replace `before` as `put` does."""
        action = {
            "_index": self._index,
            "_id": name,
            "if_seq_no": before.number,
            "if_primary_term": before.term,
        }
        return msgspec.json.encode({"index": action}), msgspec.json.encode(content)

    def remove(self, name: str) -> None:
        self._http.ask("DELETE", f"/{self._index}/_doc/{name}", allow=(404,))

    def standing(self, generation: str) -> tuple[Standing, Stored] | None:
        stored = self.get(f"position:{generation}")
        return (decode_standing(stored.content), stored) if stored is not None else None
