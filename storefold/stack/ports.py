"""Loopback ports, chosen once per home and remembered in `<home>/stack.json`.

In: the names of the services. Out: a port for each, kept for us until the process ends. Several homes
may start in the same moment: the choice is made under a machine-wide claim (a socket in Linux's
abstract namespace: no file, gone with its process), and outside the range from which the kernel
serves outgoing connections, so that no stranger's connection sits on a remembered port by chance.
"""

import json
import random
import socket
from pathlib import Path

from storefold.stack.errors import StackError

FIRST_PORT = 15000


class Ports:
    """The ports of one home; open it only while holding the home's lock."""

    def __init__(self, home: Path) -> None:
        self._path = home / "stack.json"
        self._ports = read_ports(home)
        self._claims: dict[str, socket.socket] = {}

    def get(self, name: str) -> int:
        """The remembered port of `name`, or a new one where it has none or a stranger took it."""
        if name in self._claims:
            return self._ports[name]
        candidates = [self._ports[name]] if name in self._ports else []
        pool = range(FIRST_PORT, max(_first_ephemeral_port(), FIRST_PORT + 2000))
        candidates += random.sample(pool, 200)
        for port in candidates:
            claim = _claim(port)
            if claim is not None:
                self._claims[name] = claim
                self._ports[name] = port
                self._save()
                return port
        raise StackError(f"no free loopback port for {name} among 200 between {pool[0]} and {pool[-1]}")

    def close(self) -> None:
        """Give the claims back; the numbers stay remembered."""
        for claim in self._claims.values():
            claim.close()
        self._claims.clear()

    def _save(self) -> None:
        fresh = self._path.with_suffix(".json.new")
        fresh.write_text(json.dumps({"ports": self._ports}, indent=2, sort_keys=True) + "\n")
        fresh.replace(self._path)


def read_ports(home: Path) -> dict[str, int]:
    """The remembered ports of a home; empty where nothing was started yet."""
    try:
        ports = json.loads((home / "stack.json").read_text())["ports"]
    except FileNotFoundError:
        return {}
    return {str(name): int(port) for name, port in ports.items()}


def _claim(port: int) -> socket.socket | None:
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        claim.bind(f"\0storefold-port-{port}")
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As servers do: connections of an earlier run that linger in TIME_WAIT are no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError:
        claim.close()
        return None
    return claim


def _first_ephemeral_port() -> int:
    return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
