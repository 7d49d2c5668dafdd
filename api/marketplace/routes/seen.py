"""Orders as their callers may see them, also right after a command that changed them."""

from typing import Any, NamedTuple

from api.auth import viewer_of
from api.gateway import Gateway
from api.marketplace.answers import orders as answers
from api.marketplace.show import orders as show
from api.parts import Parts
from api.rows.row import Call
from read_side.documents.order import Order
from write_side.messages import Command
from write_side.order.decide import NoSuchOrder


class Told(NamedTuple):
    """What a command answered, and the order after it."""

    result: dict[str, Any]
    order: answers.Order


class Seen:
    def __init__(self, parts: Parts, gateway: Gateway) -> None:
        self._parts = parts
        self._gateway = gateway

    async def found(self, call: Call[Any], order_id: int) -> Order:
        """Raises NoSuchOrder for what the caller may not see."""
        found = await self._parts.reads.orders.seen_by(viewer_of(call.actor, whole=True), order_id)
        if found is None:
            raise NoSuchOrder
        return found

    async def shown(self, call: Call[Any], order_id: int) -> answers.Order:
        found = await self.found(call, order_id)
        return (await show.shower(self._parts.reads, [found]))(found)

    async def after(self, call: Call[Any], command: Command) -> Told:
        """Carries the command out, and shows the order as it is then. Its answer is the order, so it waits for the
        read model whatever the client prefers; raises Behind when that takes too long."""
        accepted = await self._gateway.send(call.request, command, call.actor)
        await self._parts.reads.positions.wait(accepted.position, self._parts.settings.min_position_wait)
        return Told(accepted.result, await self.shown(call, accepted.result["order_id"]))
