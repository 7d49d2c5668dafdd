"""What counting a view costs the read that it counts: the same page of the same server with and without."""

from bench.http import CLIENTS, serving
from bench.load import Load, drive, request
from bench.measure import Result, Side, side_by_side
from bench.processes import projectors
from bench.shop import shop
from bench.world import World

PRODUCTS = 400
SECONDS = 3.0  # of one round
ROUNDS = 6


def run(world: World) -> list[Result]:
    with world.log() as settings, shop(settings, 2, PRODUCTS) as made, projectors(world, settings):
        slugs = [f"/queries/product/travel-mug-{number}" for number in range(PRODUCTS)]
        pages = [[request(slug) for slug in slugs[number::CLIENTS]] for number in range(CLIENTS)]
        with serving(world, made, "storefold", "api") as api, serving(world, made, "bench.uncounted") as uncounted:
            for port in (api, uncounted):
                drive(Load(port, pages, 1.0))
            sides = (
                Side("views counted", lambda: drive(Load(api, pages, SECONDS)).rate),
                Side("not counted", lambda: drive(Load(uncounted, pages, SECONDS)).rate),
            )
            compared = side_by_side(*sides, ROUNDS, world.progress)
    return [compared.result(f"a product's page that counts its views, {CLIENTS} clients, one server process", 0.95)]
