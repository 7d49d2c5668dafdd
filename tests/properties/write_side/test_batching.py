"""A batch is nothing but speed: the same commands in one batch, or one by one, are the same story."""

from concurrent.futures import Future
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.databases import Databases
from support.rivals import one_batch
from support.shop import SERVICE, Goods, Person, Shop

from write_side.batch import Accepted
from write_side.cart.commands import AddToCart, ClearCart
from write_side.codecs import decode
from write_side.messages import Actor, Command
from write_side.order.commands import PlaceOrder
from write_side.refusals import Refusal
from write_side.stock.commands import AdjustStock

Step = tuple[str, int, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "place", "clear", "restock"]),
        st.integers(0, 1),  # which buyer
        st.integers(0, 1),  # which product
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=12,
)
_tries = count(1)


class Cast:
    """Two buyers and two products of their own for one telling of the story."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.buyers: list[Person] = shop.people(2)
        self.goods: list[Goods] = [shop.product(f"Try {next(_tries)}", stock=5) for _ in range(2)]
        for buyer in self.buyers:
            shop.do(ClearCart(), buyer)  # everything is in memory from here on

    def command(self, step: Step) -> tuple[Command, Actor]:
        what, who, which, number = step
        goods, buyer = self.goods[which], self.buyers[who].actor
        match what:
            case "add":
                return AddToCart(product_id=goods.product_id, quantity=number), buyer
            case "place":
                return PlaceOrder(), buyer
            case "clear":
                return ClearCart(), buyer
            case _:
                return AdjustStock(sku=goods.sku, to=number), SERVICE

    def story(self, futures: "list[Future[Accepted]]") -> list[Any]:
        """What became of each command: its refusal, or its events without what is different by nature."""
        names = {goods.product_id: i for i, goods in enumerate(self.goods)}
        told: list[Any] = []
        for future in futures:
            try:
                answer = future.result(30)
            except Refusal as refusal:
                told.append((refusal.type, _renamed(refusal.extra, names)))
                continue
            rows, _ = self.shop.write_side.log.read(answer.position - len(answer.events), len(answer.events))
            told.append([self._event(row, names) for row in rows])
        return told

    def _event(self, row: Any, names: dict[int, int]) -> Any:
        event, _ = decode(row[3], row[4])
        fields = {name: getattr(event, name) for name in event.__struct_fields__}
        known = ("product_id", "quantity", "by", "unit_price")
        kept = _renamed({name: fields[name] for name in known if name in fields}, names)
        if "lines" in fields:
            kept["lines"] = [(names[line.product_id], line.quantity, line.total) for line in fields["lines"]]
        return row[2], row[3], kept


def _renamed(fields: dict[str, Any], names: dict[int, int]) -> dict[str, Any]:
    """Products by their number in the story: ids are different each time it is told."""
    return {name: names[value] if name == "product_id" else value for name, value in fields.items()}


@pytest.mark.filterwarnings("error::UserWarning")  # what pydantic says of a command that it has to bend
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_one_batch_and_one_by_one_tell_the_same_story(shop: Shop, databases: Databases, told: list[Step]) -> None:
    bus = shop.write_side.bus
    alone, batched = Cast(shop), Cast(shop)
    one_by_one = []
    for step in told:
        one_by_one.append(bus.submit(*alone.command(step)))
        one_by_one[-1].exception(30)
    with one_batch(databases, bus):
        together = [bus.submit(*batched.command(step)) for step in told]
    assert batched.story(together) == alone.story(one_by_one)
