"""The shortest journey through the write side: register, offer, add, place, pay."""

from support.shop import Shop

from write_side.codecs import decode
from write_side.order.events import OrderPlaced
from write_side.order.state import ORDER


def test_an_order_is_placed_and_paid(shop: Shop) -> None:
    buyer = shop.person()
    kettle = shop.product("Kettle", price="19.99", stock=3)
    order_id = shop.order(buyer, kettle, quantity=2, pricing="store")
    shop.pay(buyer, order_id, "48.97")  # 39.98, 10 % cut to cents: 3.99, shipping 5.00
    stored = shop.write_side.log.select_events(ORDER.stream(order_id))
    placed, _ = decode(stored[0].topic, stored[0].state)
    assert isinstance(placed, OrderPlaced)
    assert [e.topic for e in stored] == ["order.placed", "order.paid"]
    assert placed.charges.total == 4897
