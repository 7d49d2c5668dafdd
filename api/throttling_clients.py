"""Whom a request is counted for: the person who is signed in, else the address it came from."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.types import Scope

Address = IPv4Address | IPv6Address


class Addresses:
    """Where requests come from. `trusted`: addresses and networks of our own proxies, whose X-Forwarded-For is
    believed; anybody else may write into it what they like."""

    def __init__(self, trusted: Iterable[str]) -> None:
        """Raises ValueError for what is neither an address nor a network."""
        self._trusted = [ip_network(one, strict=False) for one in trusted]

    def of(self, scope: Scope) -> str:
        """The client's address, or of IPv6 its network: a household gets 2^64 addresses."""
        peer = scope.get("client")
        address = _address(peer[0]) if peer else None
        if address is None:
            return "nowhere"
        if self._trusts(address):
            address = self._forwarded(scope, address)
        if isinstance(address, IPv6Address):
            return str(ip_network((address, 64), strict=False))
        return str(address)

    def _forwarded(self, scope: Scope, peer: Address) -> Address:
        """From the right, for each proxy adds the one it was asked by: the first who is no proxy of ours."""
        lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        nearest = peer
        for part in reversed(b",".join(lines).decode("latin-1").split(",")):
            address = _address(part.strip())
            if address is None:
                break
            nearest = address
            if not self._trusts(address):
                break
        return nearest

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def _address(text: str) -> Address | None:
    """Some proxies add a port, and brackets where that needs them."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # The same client, however the socket shows it.
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
