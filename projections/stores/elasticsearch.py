"""Generations of search indices in Elasticsearch; `elasticsearch_session.py` writes into them.

The alias says which generation is live: moving it is the one atomic step of a swap.
"""

import os
import secrets
import socket
from collections.abc import Collection, Iterator, Mapping

import msgspec

from projections.stores.base import Emptied, Fenced, Look, Reopen, Role, Swapped
from projections.stores.control import Conflict, Control, Standing
from projections.stores.elasticsearch_session import Announce, ElasticsearchSession
from projections.stores.http import Http
from read_side.documents.search import MAPPINGS, SETTINGS, SearchLayout

_PAGE = 1000  # documents per request when all are read
SAVE_EVERY = 0.2  # seconds; a builder saves at once, as a swap compares positions


class _Hit(msgspec.Struct):
    key: str = msgspec.field(name="_id")
    source: msgspec.Raw = msgspec.field(name="_source")
    sort: list[int] = []


class _Hits(msgspec.Struct):
    hits: list[_Hit]


class _Found(msgspec.Struct):
    hits: _Hits


class _Taker(msgspec.Struct):
    epoch: int
    token: str


class _Meta(msgspec.Struct):
    version: int


class _Mappings(msgspec.Struct):
    meta: _Meta = msgspec.field(name="_meta")


_decode_found = msgspec.json.Decoder(_Found).decode


class ElasticsearchStore:
    """The search models under one prefix. `announce` tells readers of each new position."""

    name = "elasticsearch"
    stride = 20_000  # a document is indexed once per batch, which is what takes the time

    def __init__(self, url: str, layout: SearchLayout | None = None, announce: Announce | None = None) -> None:
        self.layout = layout or SearchLayout()
        self._http = Http(url)
        self._control = Control(self._http, self.layout)
        self._announce = announce
        self._tokens: dict[Role, str] = {}

    def acquire(self, role: Role) -> None:
        while True:
            self._control.ensure()
            before = self._control.get(role)
            epoch = 1
            if before is not None:
                epoch = msgspec.json.decode(before.content, type=_Taker).epoch + 1
            token = f"{epoch}:{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
            try:
                self._control.put(role, _Taker(epoch, token), before)
            except Conflict:
                continue
            self._tokens[role] = token
            return

    def live(self) -> dict[str, str]:
        status, body = self._http.ask("GET", f"/{self.layout.alias('*')}/_alias", allow=(404,))
        found: dict[str, dict[str, dict[str, object]]] = msgspec.json.decode(body)
        live = {}
        for index, entry in found.items() if status == 200 else ():
            for alias in entry["aliases"]:
                model = alias.removeprefix(self.layout.alias(""))
                generation = index.removeprefix(self.layout.alias(""))
                if _ours(generation) and self._control.standing(generation) is not None:
                    live[model] = generation
        return live

    def previous(self) -> dict[str, str]:
        stored = self._control.get("previous")
        if stored is None:
            return {}
        return msgspec.json.decode(stored.content, type=dict[str, str])

    def generations(self) -> list[str]:
        pattern = self.layout.index("*.*")
        _, body = self._http.ask("GET", f"/_cat/indices/{pattern}?format=json&h=index")
        rows: list[dict[str, str]] = msgspec.json.decode(body)
        names = (row["index"].removeprefix(self.layout.alias("")) for row in rows)
        return sorted(filter(_ours, names))

    def versions(self) -> dict[str, int]:
        path = f"/{self.layout.index('*.*')}/_mapping?filter_path=*.mappings._meta.version"
        _, body = self._http.ask("GET", path)
        found: dict[str, dict[str, _Mappings]] = msgspec.json.decode(body, type=dict[str, dict[str, _Mappings]])
        return {
            index.removeprefix(self.layout.alias("")): kept["mappings"].meta.version for index, kept in found.items()
        }

    def begin(self, model: str, version: int = 1) -> str:
        numbers = [0]
        for name in self.generations():
            of, _, number = name.rpartition(".")
            if of == model:
                numbers.append(int(number))
        generation = f"{model}.{max(numbers) + 1}"
        # Nobody searches it before it is live: refreshing it would only cost time.
        settings = SETTINGS | {"refresh_interval": "-1"}
        body = {"settings": settings, "mappings": MAPPINGS | _mentioning(version)}
        self._http.ask("PUT", f"/{self.layout.index(generation)}", body)
        self._control.remove(f"position:{generation}")  # of an index that was deleted by hand
        self._control.put(f"position:{generation}", Standing(0), None)
        return generation

    def hand_over(self, generation: str, version: int) -> None:
        self._http.ask("PUT", f"/{self.layout.index(generation)}/_mapping", _mentioning(version))

    def session(self, role: Role, generations: Mapping[str, str]) -> ElasticsearchSession:
        if role is Role.RUNNER and self.live() != dict(generations):
            raise Swapped("other generations are live")
        token = self._tokens[role]
        self._hold(role, token)
        return ElasticsearchSession(
            self._http,
            self.layout,
            self._control,
            generations,
            token,
            lambda: self._check(role, token, generations),
            self._announce if role is Role.RUNNER else None,
            SAVE_EVERY if role is Role.RUNNER else 0.0,
        )

    def swap(self, generations: Mapping[str, str], *, may_lag: bool = False) -> bool:
        self._hold(Role.BUILDER, self._tokens[Role.BUILDER])
        live = self.live()
        old = {model: live[model] for model in generations if model in live}
        if not may_lag and any(self._position(generations[model]) < self._position(old[model]) for model in old):
            return False
        actions = []
        for model, generation in generations.items():
            index, alias = self.layout.index(generation), self.layout.alias(model)
            refresh = {"index": {"refresh_interval": SETTINGS["refresh_interval"]}}
            self._http.ask("PUT", f"/{index}/_settings", refresh)
            self._http.ask("POST", f"/{index}/_refresh")
            if model in old:
                before = self.layout.index(old[model])
                actions.append({"remove": {"index": before, "alias": alias}})
            actions.append({"add": {"index": index, "alias": alias}})
        if old:
            self._control.put("previous", self.previous() | old, self._control.get("previous"))
        self._http.ask("POST", "/_aliases", {"actions": actions})
        for generation in old.values():
            self._touch(generation)
        return True

    def drop(self, generation: str) -> None:
        if generation in self.live().values():
            raise ValueError(f"{generation} is live")
        self._http.ask("DELETE", f"/{self.layout.index(generation)}", allow=(404,))
        self._control.remove(f"position:{generation}")

    def contents(self, generation: str, keys: Collection[str] | None = None) -> Iterator[tuple[str, bytes]]:
        index = self.layout.index(generation)
        self._http.ask("POST", f"/{index}/_refresh")
        query: dict[str, object] = {"size": _PAGE, "sort": [{"product_id": "asc"}]}
        if keys is not None:
            query["query"] = {"ids": {"values": list(keys)}}
        while True:
            path = f"/{index}/_search?allow_partial_search_results=false"
            _, body = self._http.ask("POST", path, query)
            hits = _decode_found(body).hits.hits
            if not hits:
                return
            for hit in hits:
                yield hit.key, bytes(hit.source)
            query["search_after"] = hits[-1].sort

    def look(self) -> Look:
        live = self.live()
        found = {model: self._control.standing(name) for model, name in live.items()}
        standings = {model: both[0] for model, both in found.items() if both is not None}
        taker = self._control.get(Role.RUNNER)
        holder = msgspec.json.decode(taker.content, type=_Taker).token if taker else None
        return Look(
            generations=live,
            previous=self.previous(),
            positions={model: standing.position for model, standing in standings.items()},
            parked=[parked for standing in standings.values() for parked in standing.parked],
            holder=holder,
            beat=None,
        )

    def close(self) -> None:
        self._http.close()

    def _position(self, generation: str) -> int:
        found = self._control.standing(generation)
        return found[0].position if found is not None else -1

    def _touch(self, generation: str) -> None:
        """Makes the runner's next save fail, so that it looks which generation is live."""
        found = self._control.standing(generation)
        if found is not None:
            standing, stored = found
            try:
                self._control.put(f"position:{generation}", standing, stored)
            except Conflict:
                self._touch(generation)

    def _hold(self, role: Role, token: str) -> None:
        stored = self._control.get(role)
        if stored is None:
            raise Emptied("Elasticsearch has lost everything")
        if msgspec.json.decode(stored.content, type=_Taker).token != token:
            raise Fenced(f"another {role} has taken over these models in Elasticsearch")

    def _check(self, role: Role, token: str, generations: Mapping[str, str]) -> Reopen | None:
        """Why a session's position document is not as the session left it."""
        self._hold(role, token)
        if role is Role.RUNNER and self.live() != dict(generations):
            return Swapped("other generations are live")
        return None


def _mentioning(version: int) -> dict[str, object]:
    """Elasticsearch keeps with a mapping what it does not understand: of the index, from its first moment on."""
    return {"_meta": {"version": version}}


def _ours(generation: str) -> bool:
    """Not of another prefix that begins with ours and a dash."""
    return "-" not in generation
