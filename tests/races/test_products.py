"""Products written from several processes at once: each has a bus and a cache of its own."""

from collections import Counter

import pytest
from support.databases import Databases
from support.rival_process import Crew
from support.rivals import await_appends_waiting, log_held
from support.shop import SERVICE, Goods, Shop

from write_side.catalog.product.commands import CreateProduct, UpdateProduct
from write_side.catalog.product.state import PRODUCT, Product
from write_side.codecs import decode

pytestmark = pytest.mark.xdist_group("races")  # the processes are started once


def product(shop: Shop, goods: Goods) -> Product:
    """As the log has it, past every cache."""
    now = PRODUCT.initial
    for stored in shop.write_side.log.select_events(PRODUCT.stream(goods.product_id)):
        now = PRODUCT.evolve(now, decode(stored.topic, stored.state)[0])
    return now


def test_two_updates_of_different_fields_that_were_both_decided_both_survive(
    shop: Shop, crew: Crew, databases: Databases
) -> None:
    lamp = shop.product("Lamp", price="10.00", tags=["old"])
    with log_held(databases):
        here = shop.write_side.bus.submit(UpdateProduct(product_id=lamp.product_id, tags=["new"]), SERVICE)
        there = crew.start([(UpdateProduct(product_id=lamp.product_id, name="Lantern", price="9.00"), SERVICE)])
        await_appends_waiting(databases, 2)
    assert here.result(30).result["slug"] == there.result(30)[0]["slug"] == lamp.slug
    now = product(shop, lamp)
    assert (now.name, now.selling_price, now.tags, now.slug) == ("Lantern", 900, ("new",), lamp.slug)


def test_many_updates_of_one_product_from_everywhere_all_survive(shop: Shop, crew: Crew) -> None:
    lamp = shop.product("Lamp", price="10.00")
    updates = [
        {"name": "Lantern"}, {"description": "D"}, {"tags": ["new"]}, {"featured": True}, {"brand": "Acme"},
        {"price": "9.00"}, {"weight": "1"}, {"attributes": {"a": "b"}}, {"low_stock_threshold": 3}, {"sku": "LAN"},
    ]  # fmt: skip
    commands = [UpdateProduct.model_validate({"product_id": lamp.product_id, **fields}) for fields in updates]
    outcomes = crew.together([(command, SERVICE) for command in commands * 3])
    assert all(isinstance(outcome, dict) for outcome in outcomes)
    now = product(shop, lamp)
    assert (now.name, now.description, now.tags, now.featured) == ("Lantern", "D", ("new",), True)
    assert (now.selling_price, now.weight, now.attributes, now.low_stock_threshold, now.sku) == (
        900, "1", {"a": "b"}, 3, "LAN",
    )  # fmt: skip
    assert now.brand_id is not None


def test_one_name_for_many_new_products_gives_each_a_slug_of_its_own(shop: Shop, crew: Crew) -> None:
    create = CreateProduct.model_validate({"name": "Lamp", "price": "1.00"})
    outcomes = crew.together([(create, SERVICE)] * 30)
    slugs = Counter(outcome["slug"] for outcome in outcomes if isinstance(outcome, dict))
    assert (len(slugs), max(slugs.values())) == (30, 1)
