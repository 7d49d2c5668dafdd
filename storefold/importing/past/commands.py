"""From invoices, and what follows from all of them, to the commands that record them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from storefold.importing.past.book import Book, Invoice, Product
from storefold.importing.past.lines import Line
from write_side.account.commands import ImportCustomer
from write_side.catalog.product.commands import CreateProduct
from write_side.fields import decimal_text
from write_side.messages import Command
from write_side.order.commands import RecordPastOrder
from write_side.returns.commands import ReturnItems
from write_side.stock.commands import RecordPastAdjustment

OPENING = "opening level assumed by the import"


class Origin(NamedTuple):
    """Whose past it is: the source that makes its numbers unique, and its money."""

    source: str
    currency: str


class Piece(NamedTuple):
    """One command's share of an invoice: an order, a return, or one adjustment. `kind` and `number` are its
    unique name."""

    kind: str
    number: str
    invoice: Invoice
    lines: list[Line]


def pieces(invoice: Invoice) -> Iterator[Piece]:
    """In the order in which they are sent; the opening levels rest on it. An adjustment is numbered within
    its invoice."""
    for kind, lines in (
        ("past-order", invoice.of("sale", "charge")),
        ("past-return", invoice.of("back", "back-charge")),
    ):
        if lines:
            yield Piece(kind, invoice.number, invoice, lines)
    for place, line in enumerate(invoice.of("adjustment"), start=1):
        yield Piece("past-adjustment", f"{invoice.number}:{place}", invoice, [line])


def command_of(piece: Piece, origin: Origin, book: Book) -> Command:
    """Raises pydantic's ValidationError for what no command can say. Of a return it settles in the book which
    purchases come back with it, so it must be asked once for each, in order, sent or not."""
    match piece.kind:
        case "past-order":
            return _order(piece, origin)
        case "past-return":
            return _return(piece, origin, book)
        case _:
            return _adjustment(piece, origin)


def _order(piece: Piece, origin: Origin) -> Command:
    invoice = piece.invoice
    return RecordPastOrder.model_validate(
        {
            "source": origin.source,
            "number": invoice.number,
            "placed_at": invoice.at,
            "reference": invoice.customer,
            "country": invoice.country,
            "currency": origin.currency,
            "lines": [
                {"sku": line.code, "quantity": line.quantity, "unit_price": decimal_text(line.price)}
                for line in piece.lines
                if line.kind == "sale"
            ],
            "charges": _charges(piece.lines, "charge"),
        }
    )


def _return(piece: Piece, origin: Origin, book: Book) -> Command:
    goods = [item for line in piece.lines if line.kind == "back" for item in _matched(piece.invoice, line, book)]
    return ReturnItems.model_validate(
        {
            "source": origin.source,
            "number": piece.number,
            "returned_at": piece.invoice.at,
            "reference": piece.invoice.customer,
            "currency": origin.currency,
            "lines": goods,
            "charges": _charges(piece.lines, "back-charge"),
        }
    )


def _matched(invoice: Invoice, line: Line, book: Book) -> Iterator[dict[str, object]]:
    """A line that came back, in as many pieces as it has purchases; what is left belongs to none."""
    left = line.quantity
    price = decimal_text(line.price)
    for purchase in book.give_back(invoice, line.code, line.quantity):
        left -= purchase.quantity
        yield {
            "sku": line.code,
            "quantity": purchase.quantity,
            "unit_price": price,
            "order": purchase.order,
            "line": purchase.place,
        }
    if left:
        yield {"sku": line.code, "quantity": left, "unit_price": price}


def _charges(lines: Sequence[Line], kind: str) -> list[dict[str, object]]:
    return [
        {
            "code": line.code,
            "name": line.description,
            "quantity": line.quantity,
            "unit_price": decimal_text(line.price),
        }
        for line in lines
        if line.kind == kind
    ]


def _adjustment(piece: Piece, origin: Origin) -> Command:
    (line,) = piece.lines
    return RecordPastAdjustment.model_validate(
        {
            "source": origin.source,
            "reference": piece.number,
            "sku": line.code,
            "by": line.quantity,
            "adjusted_at": line.at,
            "reason": line.description or "adjusted",
        }
    )


def creation(product: Product) -> Command:
    """Without stock: the opening level is recorded with its label, as business of the past."""
    return CreateProduct.model_validate(
        {"sku": product.code, "name": product.name, "price": decimal_text(product.price)}
    )


def opening_number(code: str) -> str:
    """Beside the numbers of invoices' adjustments, which end in a place."""
    return f"opening:{code}"


def opening(code: str, level: int, at: str, origin: Origin) -> Command:
    return RecordPastAdjustment.model_validate(
        {
            "source": origin.source,
            "reference": opening_number(code),
            "sku": code,
            "by": level,
            "adjusted_at": at,
            "reason": OPENING,
        }
    )


def customer(reference: str, country: str | None, origin: Origin) -> Command:
    return ImportCustomer.model_validate({"source": origin.source, "reference": reference, "country": country})
