"""A whole product of one's own, whose parts can be killed, stopped and started again."""

from dataclasses import dataclass

import httpx

from storefold.stack import Stack
from storefold.stack.supervisor import Supervisor
from support.product import Client


@dataclass(frozen=True, slots=True)
class Whole:
    """`anyone` speaks to it; `supervisor` holds its parts by name; `environment` is what they are told beside the
    addresses of its services."""

    stack: Stack
    anyone: Client
    environment: dict[str, str]

    @property
    def supervisor(self) -> Supervisor:
        return self.stack.supervisor

    @property
    def stripe(self) -> str:
        return self.stack.endpoints.stripe_url

    def kill(self, name: str) -> None:
        """SIGKILL, and back only when it is ready again."""
        self.supervisor.await_restart(name, self.supervisor.kill(name))

    def settle(self) -> None:
        """Returns when every part answers and the models have caught up."""
        self.supervisor.wait_until(self._ready, 60)

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.anyone.url}/health/ready", timeout=10).status_code == 200
        except httpx.TransportError:
            return False
