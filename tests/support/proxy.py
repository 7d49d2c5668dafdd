"""A wire between the product and Postgres that can be cut where it hurts.

In: the address of a server. Out: an address that leads there, until `refuse`, `lose_request` or
`lose_answer` says otherwise. What the server has done by then it has really done.
"""

import contextlib
import re
import socket
import threading
from types import TracebackType
from typing import Self


class Wire:
    """Forwards every connection, one thread per direction."""

    def __init__(self, dsn: str) -> None:
        found = re.search(r"@([^:/]+):(\d+)/", dsn)
        assert found is not None
        self._server = (found[1], int(found[2]))
        self._listener = self._listen(0)
        self.port = self._listener.getsockname()[1]
        self.dsn = dsn.replace(found[0], f"@127.0.0.1:{self.port}/")
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._cut_at: tuple[str, int] | None = None
        self.cuts = 0

    def lose_request(self, number: int = 1) -> None:
        """Cuts all connections when the `number`th packet from now on is sent to the server; it never arrives."""
        self._cut_at = ("request", number)

    def lose_answer(self, number: int = 1) -> None:
        """Cuts all connections when the server sends its `number`th packet from now on; nobody hears it."""
        self._cut_at = ("answer", number)

    def refuse(self) -> None:
        """As if the server were stopped: what is open is cut, nothing new is accepted."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._cut()

    def accept(self) -> None:
        """The server is back, at the same address."""
        self._listener = self._listen(self.port)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.refuse()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()
        return listener

    def _serve(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self._server)
                with self._lock:
                    self._sockets |= {client, server}
                for way, source, sink in (("request", client, server), ("answer", server, client)):
                    threading.Thread(target=self._forward, args=(way, source, sink), daemon=True).start()

    def _forward(self, way: str, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self._is_the_one(way):
                    self._cut()
                    return
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _is_the_one(self, way: str) -> bool:
        with self._lock:
            if self._cut_at is None or self._cut_at[0] != way:
                return False
            left = self._cut_at[1] - 1
            self._cut_at = (way, left) if left else None
            self.cuts += not left
            return not left

    def _cut(self) -> None:
        with self._lock:
            sockets, self._sockets = self._sockets, set()
        for end in sockets:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
