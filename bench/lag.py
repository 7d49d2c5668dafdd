"""How far the read models are behind while AddToCart runs at half its peak.

Lag is what a client can notice: from the answer to a command until a query would see what it did.
One command in a hundred changes a product's stock, so that Elasticsearch, which keeps no carts, has
something to write as well.
"""

import asyncio
import random
import time

import uvloop

from bench.commands import AddToCarts
from bench.measure import Result, percentile
from bench.observer import lags, watching
from bench.processes import projectors
from bench.shop import STAFF, Shop, shop
from bench.world import World
from write_side.cart.commands import AddToCart
from write_side.collector import calm_collector
from write_side.messages import Actor, Command
from write_side.stock.commands import AdjustStock

PEOPLE, PRODUCTS = 2000, 200
WARM, SECONDS = 4.0, 10.0  # Elasticsearch compiles what it does often in its first seconds
TICK = 0.001  # seconds
LIMIT = 100.0  # ms


def run(world: World) -> list[Result]:
    with world.log() as settings, shop(settings, PEOPLE, PRODUCTS) as made, projectors(world, settings):
        world.progress.say("finding the peak")
        calm_collector()  # as an API process does
        add_to_carts = AddToCarts(made)
        add_to_carts()
        peak = add_to_carts()
        world.progress.note(f"peak, projectors running: {peak:,.0f}/s")
        load = Load(made)
        made.all([(AdjustStock(sku=sku, by=-1, reason="counted"), STAFF) for sku in made.skus])
        world.progress.say("half the peak, until everybody is warm")
        uvloop.run(load.run(peak / 2, WARM))
        with watching(settings.redis_url) as watch:
            world.progress.say("half the peak")
            answers = uvloop.run(load.run(peak / 2, SECONDS))
            seen = watch.until(max(position for position, _ in answers))
    rate = len(answers) / SECONDS
    results = []
    for name, announced in (("Redis", seen.redis), ("Elasticsearch", seen.elasticsearch)):
        behind = [1000 * lag for lag in lags(answers, announced)]
        detail = f"median {percentile(behind, 0.5):.0f} ms, most {max(behind):.0f} ms, at {rate:,.0f} commands/s"
        results.append(
            Result(f"lag p99 of {name}, AddToCart at half its peak", percentile(behind, 0.99), "ms", LIMIT, detail)
        )
    return results


class Load:
    """Commands at a steady rate, whatever the answers take."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._dice = random.Random(2)
        self._wanted = [(buyer, shop.favourites(buyer.person_id or 0)) for buyer in shop.buyers]
        self._answers: list[tuple[int, float]] = []

    async def run(self, rate: float, seconds: float) -> list[tuple[int, float]]:
        """Position and moment (monotonic clock) of each answer."""
        sent, tasks = 0, set()
        self._answers = []
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds:
            while sent < passed * rate:
                sent += 1
                task = asyncio.create_task(self._send(*self._command(sent)))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            await asyncio.sleep(TICK)
        await asyncio.gather(*tasks)
        return self._answers

    async def _send(self, command: Command, actor: Actor) -> None:
        accepted = await self._shop.write_side.bus.send(command, actor)
        self._answers.append((accepted.position, time.monotonic()))

    def _command(self, number: int) -> tuple[Command, Actor]:
        if number % 100 == 0:
            sku = self._dice.choice(self._shop.skus)
            return AdjustStock(sku=sku, by=-1, reason="counted"), STAFF
        buyer, products = self._dice.choice(self._wanted)
        return AddToCart(product_id=self._dice.choice(products)), buyer
