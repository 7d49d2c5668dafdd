"""AddToCart through the bus, one event a command, beside the stock recorder's one save at a time."""

import asyncio
import random
import time
from collections.abc import Iterable

import uvloop

from bench.appends import WRITERS, Saves, stock_recorder
from bench.measure import Result, Side, side_by_side
from bench.shop import Shop, shop
from bench.world import World
from write_side.cart.commands import AddToCart
from write_side.collector import calm_collector
from write_side.messages import Actor, Command

CALLERS = 1000  # each waits for its answer before it sends again
COMMANDS = 40_000  # of one round
PEOPLE, PRODUCTS = 2000, 200
ROUNDS = 5


def run(world: World) -> list[Result]:
    with world.log() as settings, shop(settings, PEOPLE, PRODUCTS) as ours, stock_recorder(world) as stock:
        bus = AddToCarts(ours)
        calm_collector()  # as an API process does
        bus()  # carts and products are in memory from here on
        sides = Side("bus", bus), Side(f"stock recorder, {WRITERS} writers", Saves(stock))
        compared = side_by_side(*sides, ROUNDS, world.progress)
    return [
        compared.result("AddToCart through the bus, one process", 10.0),
        Result("AddToCart through the bus", compared.rate, "/s", 20_000, "events per second, one process"),
    ]


class AddToCarts:
    """A round: callers on one event loop, as in an API process, send what they were given to send."""

    def __init__(self, shop: Shop, commands: int = COMMANDS) -> None:
        dice = random.Random(1)
        self._bus = shop.write_side.bus
        wanted = [(buyer, shop.favourites(buyer.person_id or 0)) for buyer in shop.buyers]
        chosen = dice.choices(wanted, k=commands)
        self._commands = [(AddToCart(product_id=dice.choice(products)), buyer) for buyer, products in chosen]

    def __call__(self) -> float:
        return len(self._commands) / uvloop.run(self._send_all())

    async def _send_all(self) -> float:
        commands = iter(self._commands)
        began = time.perf_counter()
        await asyncio.gather(*(self._caller(commands) for _ in range(CALLERS)))
        return time.perf_counter() - began

    async def _caller(self, commands: Iterable[tuple[Command, Actor]]) -> None:
        for command, actor in commands:
            await self._bus.send(command, actor)
