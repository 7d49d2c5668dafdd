"""Writes batches into generations of search indices.

Exactly once in effect, although a bulk and a position cannot be written in one step: each document
is written under the position of its last event as external version, and Elasticsearch refuses a
version that is not higher. The position is saved only after the bulk has succeeded. What fails in
between is folded again: documents that were written leave out the events that they have seen, or
are refused, and either way stay as they are. A writer that was overtaken can only write what the
other writes. Under load a position travels in the bulk after its own, and costs no round trip.

Nothing is ever deleted: Elasticsearch forgets the version of a deleted document after a minute, and
a late write would bring it back. A deleted product's document stays, as its own tombstone.
"""

import time
from collections.abc import Callable, Mapping

import msgspec

from projections.stores.base import Batch, Emptied, Moved, Reopen, StoreDown, Target
from projections.stores.control import Conflict, Control, Standing, Stored
from projections.stores.http import Http
from read_side.documents.layout import Parked
from read_side.documents.search import SearchLayout

Announce = Callable[[int, bool], None]
"""Tells readers up to where the search models have seen the log, and whether documents changed."""


class _Document(msgspec.Struct):
    found: bool | None = None  # None: an error stands in its place
    source: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw, name="_source")


class _Documents(msgspec.Struct):
    docs: list[_Document]


class _Written(msgspec.Struct):
    status: int
    error: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    seq: int = msgspec.field(default=0, name="_seq_no")
    term: int = msgspec.field(default=0, name="_primary_term")


class _Item(msgspec.Struct):
    index: _Written


class _Bulk(msgspec.Struct):
    errors: bool
    items: list[_Item] = []


_decode_documents = msgspec.json.Decoder(_Documents).decode
_decode_bulk = msgspec.json.Decoder(_Bulk).decode


class ElasticsearchSession:
    """Generations opened for writing. `check` finds out why a position document was changed by
    somebody else, and raises when this writer was fenced off. Positions are saved every
    `save_every` seconds: a save takes half as long as a small bulk, and what is folded again costs
    nothing."""

    def __init__(
        self,
        http: Http,
        layout: SearchLayout,
        control: Control,
        generations: Mapping[str, str],
        token: str,
        check: Callable[[], Reopen | None],
        announce: Announce | None,
        save_every: float,
    ) -> None:
        self._http = http
        self._control = control
        self._generations = generations
        self._indices = {model: layout.index(name) for model, name in generations.items()}
        self._token = token
        self._check = check
        self._announce = announce
        self._standings: dict[str, Standing] = {}
        self._stored: dict[str, Stored] = {}
        self._save_every = save_every
        self._saved = 0.0
        self._unsaved: dict[str, int] = {}
        self._take()
        self._told = min(standing.position for standing in self._standings.values())
        # The writer before may have died, or written elsewhere, before it told.
        self._untold = True

    def positions(self) -> dict[str, int]:
        return {model: standing.position for model, standing in self._standings.items()}

    def parked(self) -> set[Target]:
        return {(model, parked.key) for model, standing in self._standings.items() for parked in standing.parked}

    def load(self, targets: list[Target]) -> list[bytes | None]:
        wanted = [{"_index": self._indices[model], "_id": key} for model, key in targets]
        _, body = self._http.ask("POST", "/_mget", {"docs": wanted})
        found = _decode_documents(body).docs
        if any(document.found is None for document in found):
            if b"index_not_found_exception" in body:
                raise Emptied("an index is gone")
            # A shard that is still recovering. Its documents are not absent, only not there yet.
            raise StoreDown(f"Elasticsearch cannot read every document: {body[:300]!r}")
        return [bytes(document.source) if document.found else None for document in found]

    def members(self, model: str, name: str) -> list[str]:
        raise NotImplementedError(f"{model}/{name}: lists are kept in Redis alone")

    def write(self, batch: Batch, before: Mapping[str, int], upto: int) -> list[Parked]:
        waiting = self._unsaved if batch.documents and self._save_every and self._is_time else {}
        self._untold |= bool(batch.documents)
        refused = self._bulk(batch, waiting)
        parked = batch.parked + refused
        self._unsaved = {model: max(position, upto) for model, position in before.items()}
        # The documents are there from here on, whatever becomes of the position; nobody who waits for
        # them waits for its save as well.
        self._tell(max(min(before.values()), upto))
        if waiting:
            self._saved = time.monotonic()
        if parked or self._is_time:
            self._save_all(parked)
        return refused

    @property
    def _is_time(self) -> bool:
        return time.monotonic() >= self._saved + self._save_every

    def settle(self) -> None:
        if self._unsaved:
            self._save_all([])

    def beat(self, _report: bytes) -> None:
        """The report goes nowhere: whoever holds the role is in the control index, and the position
        document tells how far the runner is."""
        if (reason := self._check()) is not None:
            raise reason
        self._tell(self._told)  # again, for a Redis that was emptied

    def _tell(self, position: int) -> None:
        self._told = position
        if self._announce is not None:
            self._announce(position, self._untold)
            self._untold = False

    def _save_all(self, parked: list[Parked]) -> None:
        for model, position in self._unsaved.items():
            more = [entry for entry in parked if entry.model == model]
            known = self._standings[model].parked
            self._save(model, Standing(position, self._token, known + more))
        self._unsaved = {}
        self._saved = time.monotonic()

    def _take(self) -> None:
        """Makes the position documents this writer's own: the one before is told at its next
        save."""
        for model, generation in self._generations.items():
            found = self._control.standing(generation)
            if found is None:
                raise Emptied(f"Elasticsearch has no position of {generation}")
            standing, self._stored[model] = found
            self._save(model, Standing(standing.position, self._token, standing.parked))

    def _save(self, model: str, standing: Standing) -> None:
        name = self._name(model)
        try:
            self._stored[model] = self._control.put(name, standing, self._stored[model])
        except Conflict as conflict:
            raise self._check() or Moved(f"{name} was changed by somebody else") from conflict
        self._standings[model] = standing

    def _name(self, model: str) -> str:
        """Of the position document."""
        return f"position:{self._generations[model]}"

    def _bulk(self, batch: Batch, waiting: Mapping[str, int]) -> list[Parked]:
        """Writes the documents, and positions of earlier batches that wait to be saved; returns the
        documents that Elasticsearch will never take."""
        if not batch.documents:
            return []
        standings = {
            model: Standing(position, self._token, self._standings[model].parked) for model, position in waiting.items()
        }
        lines: list[bytes] = []
        for model, standing in standings.items():
            lines += self._control.in_bulk(self._name(model), standing, self._stored[model])
        for (model, key), stored in batch.documents.items():
            lines.append(
                b'{"index":{"_index":"%b","_id":"%b","version":%d,"version_type":"external"}}'
                % (self._indices[model].encode(), key.encode(), batch.versions[(model, key)])
            )
            lines.append(stored)
        lines.append(b"")
        path = "/_bulk?filter_path=errors,items.*.status,items.*.error"
        if standings:
            path += ",items.*._seq_no,items.*._primary_term"
        _, body = self._http.ask("POST", path, b"\n".join(lines), kind="application/x-ndjson", allow=(404,))
        answer = _decode_bulk(body)
        for (model, standing), item in zip(standings.items(), answer.items, strict=False):
            self._saved_in_bulk(model, standing, item.index)
        return self._refused(batch, answer.items[len(standings) :]) if answer.errors else []

    def _saved_in_bulk(self, model: str, standing: Standing, written: _Written) -> None:
        if written.status in (404, 409):
            raise self._check() or Moved(f"{self._name(model)} was changed by somebody else")
        if written.status >= 300:
            raise StoreDown(f"Elasticsearch: {written.status} {bytes(written.error)[:500]!r}")
        self._stored[model] = Stored(msgspec.json.encode(standing), written.seq, written.term)
        self._standings[model] = standing

    def _refused(self, batch: Batch, items: list[_Item]) -> list[Parked]:
        parked = []
        for target, item in zip(batch.documents, items, strict=True):
            status, why = item.index.status, bytes(item.index.error)[:500].decode(errors="replace")
            if status < 300 or status == 409:  # 409: that version, or a later one, is there
                continue
            if status == 404:
                raise Emptied(f"an index is gone: {why}")
            if status != 400:
                raise StoreDown(f"Elasticsearch: {status} {why}")
            parked.append(
                Parked(
                    model=target[0],
                    key=target[1],
                    position=batch.versions[target],
                    stream="",
                    topic="",
                    reason=why,
                )
            )
        return parked
