"""AddToCart over HTTP beside a bare route of the same server: 64 clients that keep their connections,
each with a token, against one server process."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from api.tokens import Tokens
from bench.load import Load, drive, request
from bench.measure import Result, Side, side_by_side
from bench.processes import answers, process, wait_until
from bench.shop import Shop, shop
from bench.world import World

CLIENTS = 64
PRODUCTS = 200
SECONDS = 4.0  # of one round
ROUNDS = 4
HOUR = 3600


def run(world: World) -> list[Result]:
    with (
        world.log() as settings,
        shop(settings, CLIENTS, PRODUCTS) as made,
        serving(world, made, "storefold", "api") as api,
        serving(world, made, "bench.bare") as bare,
    ):
        body = request("/bare", b'{"product_id":4242,"quantity":1}', _token(made, made.people[0]))
        commands = [add_to_carts(made, person) for person in made.people]
        drive(Load(api, commands, 1.0))  # carts and products are in memory from here on
        sides = (
            Side("AddToCart", lambda: drive(Load(api, commands, SECONDS)).rate),
            Side("bare route", lambda: drive(Load(bare, [[body]] * CLIENTS, SECONDS)).rate),
        )
        compared = side_by_side(*sides, ROUNDS, world.progress)
    return [compared.result(f"AddToCart over HTTP, {CLIENTS} clients, one server process", 1 / 4)]


def add_to_carts(shop: Shop, person: int) -> list[bytes]:
    """What one person sends."""
    token = _token(shop, person)
    return [
        request("/commands/add-to-cart", msgspec.json.encode({"product_id": product, "quantity": 1}), token)
        for product in shop.favourites(person)
    ]


@contextmanager
def serving(world: World, shop: Shop, *command: str) -> Iterator[int]:
    """An HTTP server on a port of its own, which it gives."""
    port = free_port()
    environment = world.environment(shop.settings.postgres_dsn.rpartition("/")[2]) | {"PORT": str(port)}
    with process(world, environment, *command) as server:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/health/live"), server)
        yield port


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _token(shop: Shop, person: int) -> str:
    secret = shop.settings.secret_key.get_secret_value()
    return Tokens(secret).access(person, frozenset({"buyer"}), 0, HOUR)
