"""A shop with people and products in it, to send commands to."""

import random
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from eventsourcing.persistence import StoredEvent

from storefold.bootstrap import WriteSide, build_write_side, utc_now
from storefold.settings import Settings
from write_side.account.events import AccountRegistered
from write_side.batch import Accepted
from write_side.catalog.product.commands import CreateProduct
from write_side.codecs import encode
from write_side.messages import Actor, Command, Metadata

STAFF = Actor(service="bench")
PLENTY = 2_000_000_000  # of everything: no round may run out of stock
_FAVOURITES = 8
_FIRST_PERSON = 10**12  # far from the ids that commands draw


@dataclass(frozen=True)
class Shop:
    settings: Settings
    write_side: WriteSide
    people: list[int]
    products: list[int]
    skus: list[str]

    def favourites(self, person: int) -> list[int]:
        """The products that a person buys, again and again: carts stay as short as people's are."""
        return random.Random(person).sample(self.products, _FAVOURITES)

    @cached_property
    def buyers(self) -> list[Actor]:
        """The people, as the bus sees them."""
        return [Actor(person_id=person, roles=frozenset({"buyer"}), surface="native") for person in self.people]

    def all(self, commands: list[tuple[Command, Actor]]) -> list[Accepted]:
        """Carries out all of them, many to a batch."""
        waiting: list[Future[Accepted]] = [self.write_side.bus.submit(*command) for command in commands]
        return [future.result() for future in waiting]


@contextmanager
def shop(settings: Settings, people: int, products: int) -> Iterator[Shop]:
    """Opens a shop on an empty log."""
    write_side = build_write_side(settings)
    try:
        made = Shop(settings, write_side, _register(write_side, people), [], [])
        commands = [CreateProduct.model_validate(_product(number)) for number in range(products)]
        answers = made.all([(command, STAFF) for command in commands])
        made.products.extend(answer.result["product_id"] for answer in answers)
        made.skus.extend(answer.result["sku"] for answer in answers)
        yield made
    finally:
        write_side.close()


def _register(write_side: WriteSide, number: int) -> list[int]:
    """Straight into the log: a password takes 50 ms to hash, on purpose, and nobody signs in here."""
    people = list(range(_FIRST_PERSON, _FIRST_PERSON + number))
    sealed = write_side.vault.seal(_FIRST_PERSON, "someone@example.test")
    stored = []
    for person in people:
        event = AccountRegistered(
            person_id=person, email=sealed, email_hash=str(person), first_name=sealed, last_name=sealed
        )
        stored.append(StoredEvent(f"account-{person}", 1, event.TOPIC, encode(event, Metadata(at=utc_now()))))
    write_side.log.insert_events(stored)
    return people


def _product(number: int) -> dict[str, object]:
    return {
        "name": f"Travel mug {number}",
        "price": f"{5 + number % 90}.99",
        "stock": PLENTY,
        "description": "Keeps tea warm on the way to work, and fits under every machine. " * 3,
        "category": ["Kitchen", f"Mugs {number % 20}"],
        "brand": f"Brand {number % 12}",
        "attributes": {"colour": ("red", "blue", "steel")[number % 3], "volume": f"{250 + number % 5 * 50} ml"},
    }
