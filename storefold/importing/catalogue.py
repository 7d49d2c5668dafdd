"""Sends a catalogue through the bus: what is new is created, what has changed is updated.

Many commands are on their way at once, so that the bus can batch them; while one stretch of rows is
being carried out the next is read. A product is known by its SKU, a unique name that is decided in the
append's transaction: an import that was killed is finished by running it again.
"""

import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial

from storefold.importing.ledger import Ledger, Skipped
from storefold.importing.products import Product, Unfit, name_of, read_product
from storefold.importing.rows import BrokenFile, Row, Rows
from storefold.importing.stock import NOTHING, Opening
from storefold.importing.waiting import AWAY, deadline, patiently, said, wait_for_store
from storefold.names import owners
from write_side.batch import Accepted
from write_side.bus import Bus
from write_side.catalog.product.commands import (
    AddVariant,
    CreateProduct,
    NewVariant,
    UpdateProduct,
    UpdateVariant,
)
from write_side.catalog.product.decide import SkuTaken
from write_side.event_store import PostgresLog
from write_side.messages import Actor, Command
from write_side.refusals import Overloaded, Refusal
from write_side.stock.commands import AdjustStock

STRETCH = 250  # rows that share one look at the names, and at most one batch of the bus
AHEAD = 2  # stretches on their way while the next is read
_OWN_COMMANDS = frozenset({"stock", "variants"})  # see `_changes`
_UPDATABLE = frozenset(UpdateProduct.model_fields) & frozenset(CreateProduct.model_fields) - _OWN_COMMANDS


@dataclass(slots=True)
class Tally:
    """What became of the rows. `position`: the log's, of the last change. `fields` counts the
    columns that no product has, `without_stock` new products whose row says nothing of stock."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    without_stock: int = 0
    position: int = 0
    fields: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a file is to be taken. `renamed`: its columns, theirs → ours. `set_stock`: also products
    that exist get the file's stock; otherwise only new ones do, for the shop has sold since."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    seller_id: int | None = None
    opening: Opening = NOTHING
    set_stock: bool = False


@dataclass(slots=True)
class _Sent:
    """A row on its way. `known`: the product exists, so a command that does nothing is expected."""

    row: Row
    product: Product
    known: bool
    answers: "list[Future[Accepted]]"


class CatalogueImport:
    """One run over one file. `on_skip` hears of each row that is left out, as it happens."""

    def __init__(
        self,
        bus: Bus,
        event_log: PostgresLog,
        ledger: Ledger,
        wishes: Wishes,
        actor: Actor,
        on_skip: Callable[[Skipped], None] = lambda _: None,
    ) -> None:
        self.tally = Tally()
        self._bus = bus
        self._log = event_log
        self._ledger = ledger
        self._wishes = wishes
        self._actor = actor
        self._on_skip = on_skip

    def run(self, rows: Rows, stopping: Callable[[], bool] = lambda: False) -> None:
        """Takes in all rows, or those before `stopping`. Raises BrokenFile, after everything before
        the fault is committed, and StoreAway."""
        on_their_way: deque[list[_Sent]] = deque()
        broken: BrokenFile | None = None
        stretches = self._stretches(rows, stopping)
        while True:
            try:
                stretch = next(stretches, None)
            except BrokenFile as fault:
                stretch, broken = None, fault
            if stretch is not None:
                on_their_way.append(self._send(stretch))
            while on_their_way and (stretch is None or len(on_their_way) > AHEAD):
                for sent in on_their_way.popleft():
                    self._settle(sent)
            if stretch is None:
                break
        if broken is not None:
            raise broken

    def _stretches(self, rows: Rows, stopping: Callable[[], bool]) -> Iterator[list[tuple[Row, Product]]]:
        """Good products, some at a time; a fault of the file comes after the rows before it."""
        stretch: list[tuple[Row, Product]] = []
        broken: BrokenFile | None = None
        try:
            for row in itertools.takewhile(lambda _: not stopping(), rows):
                self.tally.read += 1
                product = self._product(row)
                if product is not None:
                    stretch.append((row, product))
                if len(stretch) == STRETCH:
                    yield stretch
                    stretch = []
        except BrokenFile as fault:
            broken = fault
        if stretch:
            yield stretch
        if broken is not None:
            raise broken

    def _product(self, row: Row) -> Product | None:
        try:
            product = read_product(row, self._wishes.renamed, self._wishes.seller_id)
        except Unfit as reason:
            self._skip(row, str(reason))
            return None
        # Two rows of one SKU would undo each other at every import.
        first = self._ledger.first_line(product.sku, row.line)
        if first != row.line:
            self._skip(row, f"it repeats the product of line {first} (SKU {product.sku})")
            return None
        self.tally.fields.update(product.unknown)
        return product

    def _skip(self, row: Row, reason: str) -> None:
        skipped = Skipped(row.line, name_of(row, self._wishes.renamed), reason.encode("utf-8", "replace").decode())
        self.tally.skipped += 1
        self._ledger.skip(skipped)
        self._on_skip(skipped)

    # -- sending ----------------------------------------------------------------------------------

    def _send(self, stretch: list[tuple[Row, Product]]) -> list[_Sent]:
        """One look at the names tells which products exist; then every command is on its way."""
        skus = {product.sku for _, product in stretch}
        skus |= {variant.sku for _, product in stretch for variant in product.command.variants if variant.sku}
        known = patiently(partial(owners, self._log, "sku", skus))
        return [self._send_one(row, product, known) for row, product in stretch]

    def _send_one(self, row: Row, product: Product, known: Mapping[str, int]) -> _Sent:
        product_id = known.get(product.sku)
        commands = self._creation(product) if product_id is None else self._changes(product, product_id, known)
        return _Sent(row, product, product_id is not None, [self._submit(command) for command in commands])

    def _submit(self, command: Command) -> "Future[Accepted]":
        """Hundreds of variants a row can fill the bus's queue: then the reading waits."""
        until = deadline()
        while True:
            try:
                return self._bus.submit(command, self._actor)
            except Overloaded as error:
                wait_for_store(until, error, pause=0.05)

    def _creation(self, product: Product) -> list[Command]:
        if product.has_stock:
            return [product.command]
        return [product.command.model_copy(update={"stock": self._wishes.opening.of(product.sku)})]

    def _changes(self, product: Product, product_id: int, known: Mapping[str, int]) -> list[Command]:
        """What a row sends for a product that exists; the write side finds what of it is a change."""
        wanted = product.command
        fields = {name: getattr(wanted, name) for name in wanted.model_fields_set & _UPDATABLE}
        # Not validated again: amounts are minor units by now, and would be taken for major ones.
        commands: list[Command] = [UpdateProduct.model_construct(product_id=product_id, **fields)]
        for variant in wanted.variants:
            assert variant.sku is not None, "read_product gives every variant one"
            variant_id = known.get(variant.sku)
            commands.append(_variant_change(product_id, variant_id, variant))
            if variant_id is not None and self._wishes.set_stock and "stock" in variant.model_fields_set:
                commands.append(_stock_change(variant.sku, variant.stock))
        if self._wishes.set_stock:
            level = wanted.stock or 0 if product.has_stock else self._wishes.opening.of(product.sku)
            commands.append(_stock_change(product.sku, level))
        return commands

    # -- answers ----------------------------------------------------------------------------------

    def _settle(self, sent: _Sent) -> None:
        """Waits for a row's answers and counts it. A store that is away is waited for: sending a row
        again is safe, because its SKU can be taken only once."""
        until = deadline()
        raced = False
        while True:
            try:
                changed = [self._changed(answer) for answer in sent.answers]
            except AWAY as error:
                wait_for_store(until, error)
            except SkuTaken as refusal:
                # Somebody made the product since the look at the names; or it is one of its variants.
                if sent.known or raced:
                    self._skip(sent.row, said(refusal))
                    return
                raced = True
            except Refusal as refusal:
                self._skip(sent.row, said(refusal))
                return
            else:
                self._count(sent, any(changed))
                return
            sent = self._send([(sent.row, sent.product)])[0]

    def _changed(self, answer: "Future[Accepted]") -> bool:
        accepted = answer.result()
        self.tally.position = max(self.tally.position, accepted.position)
        return bool(accepted.events)

    def _count(self, sent: _Sent, changed: bool) -> None:
        if not sent.known:
            self.tally.created += 1
            self.tally.without_stock += not sent.product.has_stock
        elif changed:
            self.tally.updated += 1
        else:
            self.tally.unchanged += 1


def _variant_change(product_id: int, variant_id: int | None, variant: NewVariant) -> Command:
    sent = {name: getattr(variant, name) for name in variant.model_fields_set}
    if variant_id is None:
        return AddVariant.model_construct(product_id=product_id, **sent)
    changeable = {name: value for name, value in sent.items() if name in UpdateVariant.model_fields}
    return UpdateVariant.model_construct(product_id=product_id, variant_id=variant_id, **changeable)


def _stock_change(sku: str, level: int) -> Command:
    return AdjustStock.model_construct(sku=sku, to=level, by=None, reason="imported")
