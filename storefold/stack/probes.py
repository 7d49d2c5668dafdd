"""Quick looks at a local port: does something answer there, and does it answer well?

In: a port or a URL of loopback. Out: True, False, or an exception that counts as False.
"""

import socket
import urllib.request


def greets(port: int, greeting: bytes) -> bool:
    """Whether the server on this port opens the conversation with `greeting`."""
    with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        return connection.recv(len(greeting)) == greeting


def http_ok(url: str, timeout: float = 2.0) -> bool:
    """Whether a GET answers 200. No proxy of the environment is asked about loopback."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=timeout) as answer:
        return bool(answer.status == 200)
