"""Elasticsearch's HTTP interface with the bodies as bytes: a document must come back as it was
stored, byte for byte, and a bulk of a thousand documents is not built from dicts."""

from typing import Any

import msgspec
from elastic_transport import HttpHeaders, TransportError, Urllib3HttpNode
from elastic_transport.client_utils import url_to_node_config

from projections.stores.base import Refused, StoreDown

TIMEOUT = 30.0  # seconds; a bulk takes a tenth of one
_BUSY = frozenset({429, 502, 503, 504})


class Http:
    """One node, one connection."""

    def __init__(self, url: str) -> None:
        config = url_to_node_config(url, use_default_ports_for_scheme=True)
        self._node = Urllib3HttpNode(config)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        allow: tuple[int, ...] = (),
        kind: str = "application/json",
    ) -> tuple[int, bytes]:
        """Status and body of the answer. `body`: bytes, or what is to be sent as JSON. Raises
        StoreDown when there is none, or one that asks to come back later; Refused for an error that
        is not in `allow`."""
        data = body if isinstance(body, bytes) or body is None else msgspec.json.encode(body)
        headers = HttpHeaders({"content-type": kind} if data is not None else {})
        try:
            answer = self._node.perform_request(method, path, body=data, headers=headers, request_timeout=TIMEOUT)
        except TransportError as error:
            raise StoreDown(f"Elasticsearch: {error}") from error
        status = answer.meta.status
        if status in _BUSY:
            raise StoreDown(f"Elasticsearch: {status} {answer.body[:300]!r}")
        if status >= 400 and status not in allow:
            raise Refused(f"{method} {path}: {status} {answer.body[:1000]!r}")
        return status, answer.body

    def close(self) -> None:
        self._node.close()
