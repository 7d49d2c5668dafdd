"""Imports a past in two passes: the first reads every line of the file and makes what all lines together ask
for (products, opening levels, customers), the second sends the invoices in order of time.

What is there already is looked up in bulk and not sent again; the write side would say so too, one by one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import TypeVar

from pydantic import ValidationError

from storefold.importing.past import commands
from storefold.importing.past.book import Book
from storefold.importing.past.commands import Origin, Piece
from storefold.importing.past.lines import LeftOut, Line, Reader, Reading
from storefold.importing.past.sending import Sender
from storefold.importing.rows import Row, Rows, Unreadable
from storefold.importing.waiting import patiently, said
from storefold.names import owners
from write_side.batch import Accepted
from write_side.event_store import PostgresLog
from write_side.messages import Command
from write_side.refusals import Refusal

T = TypeVar("T")
STRETCH = 500  # invoices, products or customers that share one look at the names


class Stopped(Exception):
    """By a signal, between two commands. What was sent is answered."""


@dataclass(slots=True)
class Tally:
    """What this run did. `recorded` by kind of name (`sku`, `customer`, `past-order`, ...), `known`: what was
    there already, by the same. `position`: the log's, of the last change."""

    recorded: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    events: int = 0
    position: int = 0


Watch = Callable[[str, int], None]
"""Hears how many lines (products, customers) of a stage are done: "reading", "products", "customers",
"invoices"."""


class PastImport:
    """One run over one file. `on_left_out` hears of each line that is left out, as it happens."""

    def __init__(
        self,
        log: PostgresLog,
        sender: Sender,
        book: Book,
        origin: Origin,
        *,
        watch: Watch = lambda _stage, _done: None,
        on_left_out: Callable[[int, LeftOut], None] = lambda _line, _reason: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.tally = Tally()
        self._log = log
        self._sender = sender
        self._book = book
        self._origin = origin
        self._watch = watch
        self._on_left_out = on_left_out
        self._stopping = stopping

    # -- first pass -----------------------------------------------------------------------------------

    def read(self, rows: Rows, reading: Reading) -> None:
        """Reads every line into the book. Raises MissingColumn, BrokenFile and
        Stopped; nothing has been sent then."""
        first = next(rows, None)
        # The columns of a row that cannot be read are not known: the next one's are the same.
        before: list[Row] = []
        while first is not None and isinstance(first.fields, Unreadable):
            before.append(first)
            first = next(rows, None)
        reader = Reader(list(first.fields) if first is not None else [], reading)
        for count, row in enumerate(chain(before, [first] if first is not None else [], rows), start=1):
            try:
                self._book.add(reader.read(row))
            except LeftOut as reason:
                self._book.leave_out(row.line, reason)
                self._on_left_out(row.line, reason)
            if count % 1000 == 0:
                self._pause("reading", count)
        self._book.close_entry()

    def prepare(self) -> None:
        """Products with their opening levels, and customers. Raises Stopped and StoreAway."""
        self._prepare_products()
        done = 0
        for customers in _stretches(self._book.customers(), STRETCH):
            known = self._known("customer", (reference for reference, _ in customers))
            for reference, country in customers:
                self._pause("customers", done := done + 1)
                if reference not in known:
                    self._send("customer", partial(commands.customer, reference, country, self._origin))
        self._sender.finish()

    def _prepare_products(self) -> None:
        beginning = self._book.beginning() or ""
        levels = dict(self._book.opening_levels())  # as many as there are products
        done = 0
        for products in _stretches(self._book.products(), STRETCH):
            made = self._known("sku", (product.code for product in products))
            opened = self._known("opening", (product.code for product in products))
            for product in products:
                code = product.code
                self._pause("products", done := done + 1)
                if code not in made:
                    self._send("sku", partial(commands.creation, product))
                if code in levels and code not in opened:
                    self._send("opening", partial(commands.opening, code, levels[code], beginning, self._origin))

    # -- second pass ----------------------------------------------------------------------------------

    def send_invoices(self) -> None:
        """Everything that happened, in order of time. Raises Stopped and StoreAway."""
        done = 0
        for invoices in self._book.invoices(STRETCH):
            work = [piece for invoice in invoices for piece in commands.pieces(invoice)]
            kinds = {piece.kind for piece in work}
            known = {kind: self._known(kind, (p.number for p in work if p.kind == kind)) for kind in kinds}
            for piece in work:
                done += len(piece.lines)
                self._pause("invoices", done)
                self._send_piece(piece, known=piece.number in known[piece.kind])
        self._sender.finish()

    def _send_piece(self, piece: Piece, *, known: bool) -> None:
        """Of a return that is there already the purchases are settled all the same, for the next ones."""
        make = partial(commands.command_of, piece, self._origin, self._book)
        if not known:
            self._send(piece.kind, make, piece.lines)
        elif piece.kind == "past-return":
            self._made(make, piece.lines)

    # -- one command ----------------------------------------------------------------------------------

    def _send(self, kind: str, make: Callable[[], Command], lines: Sequence[Line] = ()) -> None:
        def settle(outcome: Accepted | Refusal) -> None:
            if isinstance(outcome, Refusal):
                self._refused(lines, f"its command was refused: {outcome.title}", said(outcome))
                return
            self.tally.recorded[kind] += bool(outcome.events)
            self.tally.events += len(outcome.events)
            self.tally.position = max(self.tally.position, outcome.position)

        command = self._made(make, lines)
        if command is not None:
            self._sender.send(command, max(len(lines), 1), settle)

    def _made(self, make: Callable[[], Command], lines: Sequence[Line]) -> Command | None:
        try:
            return make()
        except ValidationError as error:
            self._refused(lines, "no command can say it", _reason(error))
            return None

    def _refused(self, lines: Sequence[Line], reason: str, detail: str) -> None:
        self._book.refuse(lines, reason, detail)
        for line in lines:
            self._on_left_out(line.line, LeftOut(reason, detail))

    def _known(self, kind: str, numbers: Iterable[str]) -> set[str]:
        """Which of these numbers of the source (or SKUs) are taken."""
        prefix = "" if kind == "sku" else f"{self._origin.source}:"
        name_kind = kind
        if kind == "opening":
            name_kind, prefix = "past-adjustment", prefix + commands.opening_number("")
        names = [prefix + number for number in numbers]
        found = {name.removeprefix(prefix) for name in patiently(partial(owners, self._log, name_kind, names))}
        self.tally.known[kind] += len(found)
        return found

    def _pause(self, stage: str, done: int) -> None:
        self._watch(stage, done)
        if self._stopping():
            self._sender.finish()
            raise Stopped


def _reason(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"


def _stretches(things: Iterable[T], many: int) -> Iterator[list[T]]:
    iterator = iter(things)
    while some := list(islice(iterator, many)):
        yield some
