"""PlaceOrder through the bus: every order on one SKU, beside orders spread over a thousand."""

import time
from collections.abc import Callable

from bench.measure import Result, Side, side_by_side
from bench.shop import Shop, shop
from bench.world import World
from write_side.cart.commands import AddToCart
from write_side.messages import Actor, Command
from write_side.order.commands import PlaceOrder

ORDERS = 4000  # of one round
SKUS = 1000
ROUNDS = 4


def run(world: World) -> list[Result]:
    # A log for each side: neither meets the other's carts, and both grow alike.
    with (
        world.log() as one,
        world.log() as many,
        shop(one, ORDERS, SKUS) as hot,
        shop(many, ORDERS, SKUS) as spread,
    ):
        flash_sale, usual = orders(hot, lambda _: 0), orders(spread, lambda buyer: buyer % SKUS)
        flash_sale()  # people and products are in memory from here on
        usual()
        sides = Side("one SKU", flash_sale), Side(f"{SKUS:,} SKUs", usual)
        compared = side_by_side(*sides, ROUNDS, world.progress)
    return [compared.result("PlaceOrder, every order on one SKU", 0.8)]


def orders(shop: Shop, choose: Callable[[int], int]) -> Callable[[], float]:
    """A round: everybody has put the product of their choice in the cart, and all order at once."""
    fill: list[tuple[Command, Actor]] = [
        (AddToCart(product_id=shop.products[choose(number)]), buyer) for number, buyer in enumerate(shop.buyers)
    ]
    place: list[tuple[Command, Actor]] = [(PlaceOrder(), buyer) for buyer in shop.buyers]

    def one_round() -> float:
        shop.all(fill)
        began = time.perf_counter()
        shop.all(place)
        return len(place) / (time.perf_counter() - began)

    return one_round
