"""From a row of a file to a line of an invoice: what kind of business it is, and whether it can be taken."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Final, NamedTuple

from storefold.importing.rows import Row, Unreadable
from write_side.fields import MAX_MINOR, business_time, clean_text

FIELDS: Final = ("invoice", "code", "description", "quantity", "date", "price", "customer", "country")
REQUIRED: Final = ("invoice", "code", "quantity", "date", "price")
OTHER_NAMES: Final = {
    "invoiceno": "invoice",
    "invoice_no": "invoice",
    "invoice_number": "invoice",
    "order": "invoice",
    "order_id": "invoice",
    "order_number": "invoice",
    "stockcode": "code",
    "stock_code": "code",
    "product_code": "code",
    "sku": "code",
    "name": "description",
    "product_name": "description",
    "invoicedate": "date",
    "invoice_date": "date",
    "order_date": "date",
    "placed_at": "date",
    "unitprice": "price",
    "unit_price": "price",
    "customerid": "customer",
    "customer_id": "customer",
}
CHARGES: Final = (
    *("POST", "DOT", "C2", "M", "m", "D", "S", "B"),
    *("BANK CHARGES", "AMAZONFEE", "CRUK", "PADS", "gift_*"),
)
"""Codes (`*` stands for anything) of fees, postage, vouchers and adjustments: charges, no products."""

UNREADABLE: Final = "it cannot be read"
FRACTION: Final = "its price is no whole number of pence"
_CANCELLATION: Final = re.compile(r"C[0-9]")
_WHOLE: Final = re.compile(r"(-?[0-9]{1,10})(?:\.0*)?")
_MOST: Final = 2**31 - 1


class LeftOut(Exception):
    """A line that is skipped; `reason` is the same for all of its kind, `detail` says more."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class MissingColumn(Exception):
    """The file does not say what every line must."""


class Line(NamedTuple):
    """`kind`: sale and charge belong to an order, back and back-charge to a return, adjustment to the stock.
    Quantities are above zero, but an adjustment's; a charge's price is below zero when it was given back.
    `price` is in minor units, `at` is business time."""

    line: int
    invoice: str
    kind: str
    code: str
    description: str
    quantity: int
    price: int
    at: str
    customer: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read. `renamed`: columns of `--map`, theirs → ours. `charges`: see `CHARGES`.
    `dates`: their form as `strptime` has it; None: ISO 8601. A time without an offset is taken for UTC."""

    renamed: Mapping[str, str]
    charges: Sequence[str] = CHARGES
    dates: str | None = None


class Reader:
    """Reads the rows of one file, whose columns are those of its first row. `read` raises LeftOut."""

    def __init__(self, columns: Sequence[str], reading: Reading) -> None:
        """Raises MissingColumn."""
        self._columns = _ours(columns, reading.renamed)
        missing = [name for name in REQUIRED if name not in self._columns]
        if missing:
            raise MissingColumn(f"it has no column for {', '.join(missing)}: say which with --map THEIRS=OURS")
        # Few different values stand in many lines.
        self._time: Callable[[str], str] = lru_cache(10_000)(lambda text: _time(text, reading.dates))
        self._is_charge: Callable[[str], bool] = lru_cache(10_000)(
            lambda code: any(fnmatchcase(code, pattern) for pattern in reading.charges)
        )

    def read(self, row: Row) -> Line:
        fields = row.fields
        if isinstance(fields, Unreadable):
            raise LeftOut(UNREADABLE, fields.reason)
        get = self._columns.get
        invoice = _text("invoice", fields[self._columns["invoice"]], 100)
        code = _text("code", fields[self._columns["code"]], 100)
        if not invoice or not code:
            raise LeftOut(UNREADABLE, f"{'code' if invoice else 'invoice'}: it is missing")
        quantity = _quantity(fields[self._columns["quantity"]])
        price = _price(fields[self._columns["price"]])
        at = self._time(fields[self._columns["date"]])
        kind, quantity, price = _kind(invoice, self._is_charge(code), quantity, price)
        return Line(
            row.line,
            invoice,
            kind,
            code,
            _text("description", fields.get(get("description"), ""), 500),
            quantity,
            price,
            at,
            _customer(fields.get(get("customer"), "")),
            _text("country", fields.get(get("country"), ""), 500) or None,
        )


def _ours(columns: Sequence[str], renamed: Mapping[str, str]) -> dict[str, str]:
    """Our names to theirs; what `--map` says before our own name, and that before another's."""
    found: dict[str, tuple[int, str]] = {}
    for theirs in columns:
        plain = re.sub(r"[\s-]+", "_", theirs.strip()).lower()
        if theirs in renamed:
            rank, ours = 0, renamed[theirs]
        elif plain in FIELDS:
            rank, ours = 1, plain
        else:
            rank, ours = 2, OTHER_NAMES.get(plain, "")
        if ours and (ours not in found or rank < found[ours][0]):
            found[ours] = (rank, theirs)
    return {ours: theirs for ours, (_, theirs) in found.items()}


def _kind(invoice: str, is_charge: bool, quantity: int, price: int) -> tuple[str, int, int]:
    if quantity == 0:
        raise LeftOut("its quantity is zero")
    if not is_charge and price < 0:
        raise LeftOut("its price is below zero")
    if _CANCELLATION.match(invoice):
        if quantity > 0:
            raise LeftOut("it is of a cancellation, and its quantity above zero")
        return ("back-charge", -quantity, -price) if is_charge else ("back", -quantity, price)
    if is_charge:
        return "charge", abs(quantity), price if quantity > 0 else -price
    return ("sale" if quantity > 0 else "adjustment"), quantity, price


@lru_cache(10_000)
def _quantity(text: str) -> int:
    found = _WHOLE.fullmatch(text.strip())
    if found is None or abs(int(found[1])) > _MOST:
        raise LeftOut(UNREADABLE, f"quantity: {text!r} is no whole number that can be counted")
    return int(found[1])


@lru_cache(10_000)
def _price(text: str) -> int:
    """Minor units."""
    try:
        amount = Decimal(text.strip()) if len(text) <= 32 else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) > MAX_MINOR // 100:
        raise LeftOut(UNREADABLE, f"price: {text!r} is no amount")
    minor = amount * 100
    if minor != int(minor):
        raise LeftOut(FRACTION, text)
    return int(minor)


def _time(text: str, form: str | None) -> str:
    try:
        plain = text.strip()
        moment = datetime.strptime(plain, form) if form else datetime.fromisoformat(plain)  # noqa: DTZ007  see below
        return business_time(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except ValueError:
        raise LeftOut(UNREADABLE, f"date: {text!r} is no time") from None


def _text(name: str, value: str, longest: int) -> str:
    if value.isascii() and value.isprintable() and len(value) <= longest:
        return value.strip()
    try:
        cleaned = clean_text(value).strip()
    except ValueError as error:
        raise LeftOut(UNREADABLE, f"{name}: {error}") from None
    if len(cleaned) > longest:
        raise LeftOut(UNREADABLE, f"{name}: it is longer than {longest} characters")
    return cleaned


def _customer(value: Any) -> str | None:
    """A number that was once in a column with gaps has become 17850.0 in many files."""
    text = _text("customer", value, 100)
    whole = _WHOLE.fullmatch(text)
    return (whole[1] if whole else text) or None
