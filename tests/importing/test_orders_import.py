"""A shop's past through the command line into the whole product: every rule of the file, once and again."""

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.past import HEADER, Recorded, finished, import_orders, write_past
from support.product import Client, shared_product, unique

RULES = """1001,{p}A,MUG,2.0,2011-01-03 09:00:00,2.55,71.0,France
1001,{p}B,JUG,1.0,2011-01-03 09:00:00,4.0,71.0,France
1001,{p}A,Mug,1.0,2011-01-03 09:01:00,2.1,71.0,France
1001,POST,POSTAGE,1.0,2011-01-03 09:00:00,3.5,71.0,France
1002,{p}A,MUG,3.0,2011-01-03 10:00:00,2.55,,Germany
C1003,{p}A,MUG,-2.0,2011-01-20 09:00:00,2.55,71.0,France
C1003,D,Discount,-1.0,2011-01-20 09:00:00,27.5,71.0,France
C1004,{p}A,MUG,-5.0,2011-02-01 09:00:00,2.55,71.0,France
C1005,{p}B,JUG,-1.0,2011-02-01 09:00:00,4.0,,France
1006,{p}B,thrown away,-1.0,2011-02-02 09:00:00,0.0,,France
1007,{p}C,BOWL,1.0,2011-02-03 09:00:00,0.001,72.0,France
1007,{p}C,BOWL,many,2011-02-03 09:00:00,1.0,72.0,France
1007,{p}C,BOWL,1.0,2011-02-03 09:00:00,0.0,72.0,France
1007,{p}C,BOWL,1.0
A1008,B,Adjust bad debt,1.0,2011-02-04 09:00:00,-11.06,,France
"""
SKIPPED = [
    (12, "its price is no whole number of pence", "0.001"),
    (13, "it cannot be read", "quantity: 'many' is no whole number that can be counted"),
    (15, "it cannot be read", "it has 4 cells, the header 8"),
]


@pytest.fixture(scope="session")
def product() -> Client:
    return shared_product()


@pytest.fixture
def recorded(product: Client) -> Iterator[Recorded]:
    found = Recorded(product.home)
    yield found
    found.close()


def code(text: str) -> str:
    return unique(text).upper() + "-"


def events(streams: dict[str, list[Any]], stream: str) -> list[tuple[str, dict[str, Any]]]:
    return [(topic, data) for topic, data in map(json.loads, streams[stream])]


def moves(streams: dict[str, list[Any]], sku: str) -> list[tuple[str, int]]:
    found = []
    for topic, data in events(streams, f"stock {sku}"):
        quantity = data.get("quantity", data.get("by", data.get("on_hand")))
        found.append((topic.removeprefix("stock."), quantity))
    return found


def test_every_rule_of_the_file(product: Client, recorded: Recorded, tmp_path: Path) -> None:
    prefix, source = code("P"), unique("rules")
    path = tmp_path / f"{source}.csv"
    path.write_text(HEADER + RULES.format(p=prefix))
    report = tmp_path / "report.json"
    status, output = finished(import_orders(product.home, path, "--report", report))
    assert status == 0, output
    said = json.loads(report.read_text())
    assert (said["reconciled"], said["lines"], said["imported"]) == (True, 15, 12)
    assert [(one["line"], one["reason"], one["detail"]) for one in said["skipped_lines"]] == SKIPPED
    for line, reason, detail in SKIPPED:
        assert f"skipped line {line}: {reason} ({detail})" in output
    assert said["recorded"] == {
        "products": 3, "opening_levels": 3, "customers": 2, "orders": 4, "returns": 3, "stock_adjustments": 1,
    }  # fmt: skip
    january, february = said["months"]
    assert january["file"] == january["read_models"] == {
        "orders": 2, "units": 7, "revenue": "18.85", "charges": "3.50",
        "returns": 1, "returned_units": 2, "returned_amount": "5.10", "returned_charges": "27.50",
    }  # fmt: skip
    assert february["read_models"] == {
        "orders": 2, "units": 1, "revenue": "0.00", "charges": "-11.06",
        "returns": 2, "returned_units": 6, "returned_amount": "16.75", "returned_charges": "0.00",
    }  # fmt: skip
    assert "2011-01 GBP" in output and "The read models equal the file, to the penny." in output

    streams = recorded.streams(source, prefix)
    # Lines as they stand, repeated codes apart; the postage is a charge; the business time is the first line's.
    (_, order), *returned = events(streams, "order 1001")
    assert [(one["sku"], one["quantity"], one["unit_price"]) for one in order["lines"]] == [
        ("A", 2, 255), ("B", 1, 400), ("A", 1, 210),
    ]  # fmt: skip
    assert (order["placed_at"], order["person_id"], order["money"]["total"]) == ("2011-01-03T09:00:00Z", "71", 1470)
    # C1003 is matched in full, the latest line first; of C1004 one has a purchase left, four have none.
    assert [(topic, data["return_id"], [one["quantity"] for one in data["lines"]]) for topic, data in returned] == [
        ("order.items-returned", "C1003", [1, 1]), ("order.items-returned", "C1004", [1]),
    ]  # fmt: skip
    partly, guests = (events(streams, f"return {number}")[0][1] for number in ("C1004", "C1005"))
    assert [(one["quantity"], one["order_id"]) for one in partly["lines"]] == [(1, "1001"), (4, None)]
    assert [(one["quantity"], one["order_id"]) for one in guests["lines"]] == [(1, None)]
    assert guests["person_id"] is None
    assert events(streams, "return C1003")[0][1]["charges"][0]["unit_price"] == -2750
    assert events(streams, "order 1002")[0][1]["person_id"] is None
    assert events(streams, "order A1008")[0][1]["money"]["total"] == -1106
    # Each code opens with the least that never falls below zero.
    assert moves(streams, "A") == [
        ("opened", 0), ("adjusted-before", 6), ("sold-before", 3), ("sold-before", 3),
        ("returned-before", 2), ("returned-before", 5),
    ]  # fmt: skip
    assert moves(streams, "B") == [
        ("opened", 0), ("adjusted-before", 1), ("sold-before", 1), ("returned-before", 1), ("adjusted-before", -1),
    ]  # fmt: skip
    assert events(streams, "stock B")[1][1]["reason"] == "opening level assumed by the import"
    assert events(streams, "stock B")[-1][1]["reason"] == "thrown away"
    assert events(streams, "product A")[0][1]["name"] == "MUG"

    status, output = finished(import_orders(product.home, path, "--report", report))
    again = json.loads(report.read_text())
    assert (status, again["events"], set(again["recorded"].values())) == (0, 0, {0}), output
    assert again["there_already"] == said["recorded"]
    assert recorded.streams(source, prefix) == streams


def test_columns_and_codes_of_ones_own(product: Client, recorded: Recorded, tmp_path: Path) -> None:
    prefix, source = code("O"), unique("own")
    path = tmp_path / "shop.csv"
    path.write_text(f"Nr;Artikel;Menge;Am;Preis\n1;{prefix}A;2;31/12/2010 10:00;5\n1;PORTO;1;31/12/2010 10:00;3.90\n")
    pairs = ("Nr=invoice", "Artikel=code", "Menge=quantity", "Am=date", "Preis=price")
    mapped = [part for pair in pairs for part in ("--map", pair)]
    options = ("--source", source, "--currency", "EUR", "--charge", "PORTO", "--dates", "%d/%m/%Y %H:%M")
    status, output = finished(import_orders(product.home, path, *options, *mapped))
    assert status == 0, output
    ((_, order),) = events(recorded.streams(source, prefix), "order 1")
    assert (order["placed_at"], order["money"]["currency"], order["money"]["total"]) == (
        "2010-12-31T10:00:00Z", "EUR", 1390,
    )  # fmt: skip


def test_lines_whose_command_is_refused_are_skipped_by_name(product: Client, tmp_path: Path) -> None:
    """A date of the future is what no past order can have; the rest of the file comes in and is reconciled."""
    prefix, source = code("R"), unique("refused")
    path = tmp_path / f"{source}.csv"
    tomorrow = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 86_400))
    path.write_text(HEADER + f"1,{prefix}A,MUG,1,2011-01-01 10:00:00,1,,\n2,{prefix}A,MUG,1,{tomorrow},1,,\n")
    report = tmp_path / "report.json"
    status, output = finished(import_orders(product.home, path, "--report", report))
    said = json.loads(report.read_text())
    assert (status, said["imported"], said["reconciled"]) == (0, 1, True), output
    assert said["skipped"] == {"its command was refused: Past business cannot be of the future": 1}
    assert "skipped line 3: its command was refused" in output


def test_models_that_show_something_else_are_told_and_fail(product: Client, tmp_path: Path) -> None:
    """Somebody recorded an order of the same source that the file does not have."""
    prefix, source = code("X"), unique("other")
    path = tmp_path / f"{source}.csv"
    path.write_text(HEADER + f"1,{prefix}A,MUG,1,2011-01-01 10:00:00,1,,\n")
    charge = [{"code": "M", "unit_price": "0.01"}]
    product.admin.command(
        "record-past-order", source=source, number="2", placed_at="2011-01-02T00:00:00Z", currency="GBP", charges=charge
    )
    report = tmp_path / "report.json"
    status, output = finished(import_orders(product.home, path, "--report", report))
    said = json.loads(report.read_text())
    assert (status, said["reconciled"], said["imported"]) == (1, False, 1)
    assert (said["months"][0]["file"]["charges"], said["months"][0]["read_models"]["charges"]) == ("0.00", "0.01")
    assert "differs" in output and "The read models do not equal the file." in output


@pytest.mark.parametrize(
    ("text", "options", "status", "said"),
    [
        ("InvoiceNo,StockCode\n1,A\n", (), 1, "it has no column for quantity, date, price"),
        (HEADER + '1,"A,MUG,1,2011-01-01,1,,\n', (), 1, "line 2: a quoted cell begins here and never ends"),
        (HEADER, ("--map", "a=b"), 2, "OURS is one of invoice, code"),
        (HEADER, ("--source", "a:b"), 2, "--source a:b"),
        (HEADER, ("--currency", "pounds"), 2, "--currency pounds"),
        (HEADER, ("--report", "/no/such/folder.json"), 1, "No such file"),
        (None, (), 1, "No such file"),
    ],
)
def test_what_cannot_be_read_is_told_before_anything_is_sent(
    product: Client, tmp_path: Path, text: str | None, options: tuple[str, ...], status: int, said: str
) -> None:
    path = tmp_path / "shop.csv"
    if text is not None:
        path.write_text(text)
    done, output = finished(import_orders(product.home, path, *options))
    assert (done, said in output, "Traceback" in output) == (status, True, False), output


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_import_that_is_ended_in_the_middle_is_finished_by_the_next(
    product: Client, recorded: Recorded, tmp_path: Path, number: signal.Signals
) -> None:
    whole, ended = (unique("whole"), code("W")), (unique("ended"), code("E"))
    paths = [write_past(tmp_path / f"{source}.csv", prefix, 1500) for source, prefix in (whole, ended)]
    status, output = finished(import_orders(product.home, paths[0]))
    assert status == 0, output

    process = import_orders(product.home, paths[1])
    deadline = time.monotonic() + 120
    while recorded.count(ended[0]) < 200 and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(number)
    status, output = finished(process)
    assert status == (-number if number is signal.SIGKILL else 130), output
    part = recorded.count(ended[0])
    assert 200 <= part < recorded.count(whole[0])
    status, output = finished(import_orders(product.home, paths[1]))
    assert status == 0, output
    assert recorded.streams(*ended) == recorded.streams(*whole)
