"""What a line of a file is, and why one is left out; and what follows from all lines together."""

import io
from collections.abc import Iterator
from typing import Any

import pytest

from storefold.importing.past.book import Book, Figures, Invoice, Product, Purchase
from storefold.importing.past.commands import pieces
from storefold.importing.past.lines import FRACTION, UNREADABLE, LeftOut, Line, MissingColumn, Reader, Reading
from storefold.importing.readers.csv_table import read_csv
from storefold.importing.rows import BrokenFile, Row, Unreadable

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
GOOD = ("536365", "85123A", "HEART HOLDER", "6.0", "2010-12-01 08:26:00", "2.55", "17850.0", "United Kingdom")


def read(reading: Reading | None = None, **changed: str) -> Line:
    fields = dict(zip(COLUMNS, GOOD, strict=True)) | changed
    return Reader(list(fields), reading or Reading({})).read(Row(2, fields))


def test_a_line_as_it_stands() -> None:
    at, country = "2010-12-01T08:26:00Z", "United Kingdom"
    assert read() == Line(2, "536365", "sale", "85123A", "HEART HOLDER", 6, 255, at, "17850", country)


@pytest.mark.parametrize(
    ("changed", "kind", "quantity", "price"),
    [
        ({"UnitPrice": "0.0"}, "sale", 6, 0),
        ({"Quantity": "-10", "UnitPrice": "0"}, "adjustment", -10, 0),
        ({"InvoiceNo": "C536379", "Quantity": "-1"}, "back", 1, 255),
        ({"InvoiceNo": "CUSTOM-1"}, "sale", 6, 255),
        ({"StockCode": "POST", "UnitPrice": "18"}, "charge", 6, 1800),
        ({"StockCode": "gift_0001_20"}, "charge", 6, 255),
        ({"StockCode": "DCGS0076"}, "sale", 6, 255),
        ({"StockCode": "M", "Quantity": "-1"}, "charge", 1, -255),
        ({"InvoiceNo": "A563186", "StockCode": "B", "Quantity": "1", "UnitPrice": "-11062.06"}, "charge", 1, -1106206),
        ({"InvoiceNo": "C1", "StockCode": "D", "Quantity": "-1", "UnitPrice": "27.50"}, "back-charge", 1, -2750),
    ],
)
def test_kinds_of_business(changed: dict[str, str], kind: str, quantity: int, price: int) -> None:
    line = read(**changed)
    assert (line.kind, line.quantity, line.price) == (kind, quantity, price)


@pytest.mark.parametrize(
    ("changed", "reason", "detail"),
    [
        ({"UnitPrice": "0.001"}, FRACTION, "0.001"),
        ({"UnitPrice": "free"}, UNREADABLE, "price: 'free' is no amount"),
        ({"UnitPrice": "NaN"}, UNREADABLE, "price"),
        ({"UnitPrice": "1e30"}, UNREADABLE, "price"),
        ({"UnitPrice": ""}, UNREADABLE, "price"),
        ({"UnitPrice": "-1"}, "its price is below zero", ""),
        ({"Quantity": "1.5"}, UNREADABLE, "quantity: '1.5' is no whole number"),
        ({"Quantity": "3000000000"}, UNREADABLE, "quantity"),
        ({"Quantity": "0"}, "its quantity is zero", ""),
        ({"InvoiceNo": "C1"}, "it is of a cancellation, and its quantity above zero", ""),
        ({"InvoiceDate": "soon"}, UNREADABLE, "date: 'soon' is no time"),
        ({"InvoiceNo": " "}, UNREADABLE, "invoice: it is missing"),
        ({"StockCode": ""}, UNREADABLE, "code: it is missing"),
        ({"StockCode": "x" * 101}, UNREADABLE, "code: it is longer than 100 characters"),
        ({"Description": "a\x00b"}, UNREADABLE, "description: must not contain NUL"),
    ],
)
def test_what_is_left_out_and_why(changed: dict[str, str], reason: str, detail: str) -> None:
    with pytest.raises(LeftOut) as left:
        read(**changed)
    assert left.value.reason == reason
    assert detail in left.value.detail


@pytest.mark.parametrize(("given", "kept"), [("17850.0", "17850"), ("17850", "17850"), ("J-1.0", "J-1.0"), ("", None)])
def test_customers_numbers_and_guests(given: str, kept: str | None) -> None:
    assert read(CustomerID=given).customer == kept


def test_columns_of_other_names_and_dates_of_another_form() -> None:
    reading = Reading({"When": "date", "Was": "price"}, dates="%m/%d/%Y %H:%M")
    fields = {"Invoice": "1", "SKU": "A", "Quantity": "1", "When": "12/1/2010 8:26", "Price": "9", "Was": "2.5"}
    line = Reader(list(fields), reading).read(Row(2, fields))
    assert (line.at, line.price, line.customer, line.country) == ("2010-12-01T08:26:00Z", 250, None, None)
    with pytest.raises(MissingColumn, match="no column for code, date"):
        Reader(["Invoice", "Quantity", "Price"], Reading({}))


def test_a_code_of_ones_own_is_a_charge() -> None:
    assert read(Reading({}, charges=("85*",))).kind == "charge"


def test_a_file_is_read_on_behind_a_line_that_cannot_be_read() -> None:
    text = b'a,b\n1,2\n3\n4,5,6\n"7"x,8\n\xe9,10\n"11\n12",13\n14,15\n'
    rows = [(row.line, row.fields) for row in read_csv(io.BytesIO(text), forgiving=True)]
    assert [(line, fields["b"]) for line, fields in rows if isinstance(fields, dict)] == [
        (2, "2"),
        (7, "13"),
        (9, "15"),
    ]
    bad = {line: fields.reason for line, fields in rows if isinstance(fields, Unreadable)}
    assert list(bad) == [3, 4, 5, 6]
    assert "1 cell" in bad[3] and "3 cells" in bad[4] and "expected after" in bad[5] and "UTF-8" in bad[6]
    with pytest.raises(LeftOut):
        Reader(COLUMNS, Reading({})).read(Row(3, Unreadable("no")))


@pytest.mark.parametrize("text", [b'a,b\n1,"2\n', b"\xe9,b\n1,2\n", b"a,a\n"])
def test_what_ends_the_file_all_the_same(text: bytes) -> None:
    with pytest.raises(BrokenFile):
        list(read_csv(io.BytesIO(text), forgiving=True))


# -- all lines together -------------------------------------------------------------------------------


def line(number: int, invoice: str, code: str = "A", quantity: int = 1, **more: Any) -> Line:
    kind = "back" if invoice[0] == "C" else "adjustment" if quantity < 0 else "sale"
    given = {
        "kind": kind,
        "description": "",
        "price": 100,
        "at": "2011-01-01T10:00:00Z",
        "customer": "7",
        "country": None,
    }
    return Line(line=number, invoice=invoice, code=code, quantity=quantity, **{**given, **more})


def book(*lines: Line) -> Book:
    made = Book()
    for one in lines:
        made.add(one)
    made.close_entry()
    return made


def all_invoices(made: Book) -> list[Invoice]:
    return [invoice for some in made.invoices(2) for invoice in some]


def test_invoices_are_in_order_of_time_and_of_their_first_line_s_time() -> None:
    made = book(
        line(2, "3", at="2011-01-03T00:00:00Z"),
        line(3, "1", at="2011-01-01T00:00:00Z", country="France"),
        line(4, "1", at="2011-01-09T00:00:00Z", customer=None),
        line(5, "2", at="2011-01-01T00:00:00Z", customer=None),
    )
    found = all_invoices(made)
    assert [(i.number, i.at[:10], i.customer, i.country, [one.line for one in i.lines]) for i in found] == [
        ("1", "2011-01-01", "7", "France", [3, 4]),
        ("2", "2011-01-01", None, None, [5]),
        ("3", "2011-01-03", "7", None, [2]),
    ]
    assert list(made.customers()) == [("7", "France")]
    assert (made.beginning(), made.sizes()) == ("2011-01-01T00:00:00Z", (1, 1, 4))


def test_an_invoice_has_one_customer() -> None:
    made = book(line(2, "1", customer=None), line(3, "1", customer="8"), line(4, "1", customer="9"))
    assert [(i.customer, len(i.lines)) for i in all_invoices(made)] == [("8", 2)]
    assert list(made.left_out()) == [(4, "its customer is not that of its invoice", "9")]
    assert made.counts() == (3, 2)


def test_the_opening_level_is_the_least_that_never_falls_below_zero() -> None:
    made = book(
        line(2, "1", quantity=5, at="2011-01-01T00:00:00Z"),
        line(3, "C2", quantity=4, at="2011-01-02T00:00:00Z"),
        line(4, "3", quantity=6, at="2011-01-03T00:00:00Z"),
        line(5, "4", quantity=-2, at="2011-01-04T00:00:00Z"),
        line(6, "5", "B", quantity=3, kind="adjustment"),
        line(7, "6", "B", quantity=3, at="2011-01-05T00:00:00Z"),
        line(8, "7", "M", quantity=3, kind="charge"),
    )
    assert dict(made.opening_levels()) == {"A": 9}


def test_within_an_invoice_goods_leave_before_they_are_adjusted() -> None:
    """The order in which an invoice's pieces are sent is the one that the levels rest on."""
    made = book(line(2, "1", quantity=-2), line(3, "1", quantity=5), line(4, "1", quantity=3, kind="adjustment"))
    assert dict(made.opening_levels()) == {"A": 7}
    (invoice,) = all_invoices(made)
    assert [(p.kind, p.number) for p in pieces(invoice)] == [
        ("past-order", "1"),
        ("past-adjustment", "1:1"),
        ("past-adjustment", "1:2"),
    ]


def test_a_product_is_called_what_it_mostly_was_when_it_was_sold() -> None:
    made = book(
        line(2, "1", "B", description="thrown away", quantity=-1, price=0),
        line(3, "2", "B", description="thrown away", quantity=-1, price=0),
        line(4, "3", "A", description="Mug", price=300, at="2011-01-05T00:00:00Z"),
        line(5, "4", "A", description="MUG", price=200),
        line(6, "5", "A", description="MUG", price=0, at="2011-01-06T00:00:00Z"),
        line(7, "6", "A", description=""),
        line(8, "7", "B", description="Bowl", price=0),
        line(9, "8", "C", description="found", quantity=-1),
        line(10, "9", "D"),
        line(11, "10", "POST", kind="charge"),
    )
    assert list(made.products()) == [
        Product("B", "Bowl", 0),
        Product("A", "MUG", 300),
        Product("C", "found", 0),
        Product("D", "D", 100),
    ]


def day(number: int) -> str:
    return f"2011-01-{number:02}T00:00:00Z"


@pytest.fixture
def bought() -> Iterator[Book]:
    """Customer 7 bought 2 and 3 of A in invoice 1, 4 in invoice 2, and 9 in invoice 4, after the returns."""
    with book(
        line(2, "1", "X", 1, at=day(1)),
        line(3, "1", "A", 2, at=day(1)),
        line(4, "1", "A", 3, at=day(1)),
        line(5, "2", "A", 4, at=day(2)),
        line(6, "G", "A", 50, at=day(2), customer=None),
        line(7, "8", "A", 50, at=day(2), customer="8"),
        line(8, "C3", "A", 5, at=day(3)),
        line(9, "C4", "A", 9, at=day(4)),
        line(10, "CG", "A", 1, at=day(4), customer=None),
        line(11, "4", "A", 9, at=day(5)),
    ) as made:
        yield made


def test_what_comes_back_belongs_to_the_latest_purchases_as_far_as_they_reach(bought: Book) -> None:
    by_number = {invoice.number: invoice for invoice in all_invoices(bought)}
    assert bought.give_back(by_number["C3"], "A", 5) == [Purchase("2", 1, 4), Purchase("1", 3, 1)]
    # Four of nine have no purchase left: later ones and other people's do not count.
    assert bought.give_back(by_number["C4"], "A", 9) == [Purchase("1", 3, 2), Purchase("1", 2, 2)]
    assert bought.give_back(by_number["C4"], "A", 1) == []
    assert bought.give_back(by_number["CG"], "A", 1) == []


def test_what_the_lines_add_up_to() -> None:
    made = book(
        line(2, "1", quantity=2, price=250, at="2011-01-31T23:59:59Z"),
        line(3, "1", quantity=1, price=1000, at="2011-02-01T00:00:00Z"),
        line(4, "1", "POST", 3, price=100, kind="charge"),
        line(5, "A2", "B", 1, price=-40, kind="charge"),
        line(6, "C3", quantity=4, price=20, at="2011-02-01T00:00:00Z"),
        line(7, "C3", "D", 1, price=-7, kind="back-charge"),
        line(8, "4", quantity=-9),
    )
    january = Figures(orders=2, units=3, revenue=1500, charges=260)
    february = Figures(returns=1, returned_units=4, returned_amount=80, returned_charges=7)
    assert made.figures() == {"2011-01": january, "2011-02": february}
    postage = [one for invoice in all_invoices(made) for one in invoice.lines if one.code == "POST"]
    made.refuse(postage, "refused", "why")
    assert made.figures()["2011-01"].charges == -40
    assert (made.reasons(), list(made.left_out())) == ({"refused": 1}, [(4, "refused", "why")])
