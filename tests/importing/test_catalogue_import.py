"""Catalogues through the real bus into a real log: once, again, changed, broken and killed."""

import io
import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from support.databases import Databases
from support.shop import Goods, Shop

from storefold.bootstrap import WriteSide
from storefold.importing.catalogue import CatalogueImport, Tally, Wishes
from storefold.importing.ledger import Ledger, Skipped
from storefold.importing.readers.json_list import read_json
from storefold.importing.rows import BrokenFile, Row
from storefold.importing.stock import Opening
from storefold.importing.waiting import StoreAway
from storefold.names import owners
from write_side.catalog.product.commands import CreateProduct, DeleteProduct
from write_side.catalog.product.state import PRODUCT, Product
from write_side.codecs import decode
from write_side.messages import Actor, Command
from write_side.refusals import Unavailable
from write_side.stock.state import STOCK, Stock

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "catalog.json"
IMPORTER = Actor(service="import")
Import = Callable[..., tuple[Tally, list[Skipped]]]


@pytest.fixture
def run(write_side: WriteSide) -> Import:
    def run(rows: Any, wishes: Wishes | None = None, bus: Any = None) -> tuple[Tally, list[Skipped]]:
        skipped: list[Skipped] = []
        numbered = (Row(line, fields) for line, fields in enumerate(rows, start=1)) if isinstance(rows, list) else rows
        with Ledger() as ledger:
            job = CatalogueImport(
                bus or write_side.bus, write_side.log, ledger, wishes or Wishes(), IMPORTER, skipped.append
            )
            job.run(numbered)
            assert list(ledger.skipped()) == skipped
        return job.tally, skipped

    return run


def counts(tally: Tally) -> tuple[int, int, int, int]:
    return tally.created, tally.updated, tally.unchanged, tally.skipped


def product(write_side: WriteSide, sku: str) -> Product:
    return state(write_side, PRODUCT, owners(write_side.log, "sku", [sku])[sku])


def stock(write_side: WriteSide, sku: str) -> Stock:
    return state(write_side, STOCK, owners(write_side.log, "sku", [sku])[sku])


def state(write_side: WriteSide, aggregate: Any, key: int) -> Any:
    found = aggregate.initial
    for stored in write_side.log.select_events(aggregate.stream(key)):
        found = aggregate.evolve(found, decode(stored.topic, stored.state)[0])
    return found


def shelf(count: int) -> list[dict[str, Any]]:
    """Products of the kinds that real catalogues have: some without SKU, names that repeat."""
    return [
        {
            "name": f"Lamp {number % 40}",
            "price": f"{1 + number % 90}.99",
            "brand": f"Brand {number % 7}",
            "categories": ["Home", f"Room {number % 5}", f"Shelf {number % 11}"],
            "image": f"{number}.png",
            **({"sku": f"S-{number}"} if number % 2 else {}),
        }
        for number in range(count)
    ]


def topics(write_side: WriteSide) -> Counter[str]:
    rows, _ = write_side.log.read(0, 1_000_000)
    return Counter(row[3] for row in rows)


def test_all_come_in_once_and_a_second_run_changes_nothing(run: Import, write_side: WriteSide) -> None:
    tally, _ = run(shelf(1200), Wishes(opening=Opening(5, 9)))
    assert (counts(tally), tally.read, tally.without_stock) == ((1200, 0, 0, 0), 1200, 1200)
    head = write_side.log.head()
    assert tally.position == head
    by_topic = topics(write_side)
    assert (by_topic["product.created"], by_topic["brand.created"], by_topic["category.created"]) == (1200, 7, 61)
    assert 5 <= stock(write_side, "S-1").available <= 9

    again, _ = run(shelf(1200), Wishes(opening=Opening(5, 9)))
    assert counts(again) == (0, 0, 1200, 0)
    assert write_side.log.head() == head


def test_what_has_changed_is_updated_and_nothing_else(run: Import, write_side: WriteSide) -> None:
    rows = [
        {"sku": "A", "name": "Lamp", "price": "10", "stock": 5, "brand": "Lumo", "attributes": {"color": "red"}},
        {"sku": "B", "name": "Desk", "price": "20", "category": "Home"},
        {"sku": "C", "name": "Cup", "price": "3"},
    ]
    assert counts(run(rows)[0]) == (3, 0, 0, 0)
    head = write_side.log.head()
    rows[0] |= {"price": "12.50", "brand": "lumo"}
    rows[1] |= {"category": ["Home", "Office"], "description": "Wide"}
    assert counts(run(rows)[0]) == (0, 2, 1, 0)
    lamp, desk = product(write_side, "A"), product(write_side, "B")
    assert (lamp.selling_price, lamp.attributes, desk.description) == (1250, {"color": "red"}, "Wide")
    # One price, one category made, one product changed: 12.50 was not taken for 1,250.00.
    assert write_side.log.head() == head + 3


def test_stock_is_an_opening_and_is_set_only_when_asked(run: Import, write_side: WriteSide, shop: Shop) -> None:
    rows = [{"sku": "A", "name": "Lamp", "price": "10", "stock": 5}, {"sku": "B", "name": "Desk", "price": "20"}]
    run(rows, Wishes(opening=Opening(7, 7)))
    assert (stock(write_side, "A").available, stock(write_side, "B").available) == (5, 7)
    sold = product(write_side, "A")
    buyer = shop.person()
    shop.order(buyer, shop_goods(sold), 2)
    assert counts(run(rows, Wishes(opening=Opening(7, 7)))[0]) == (0, 0, 2, 0)
    assert stock(write_side, "A").available == 3
    assert counts(run(rows, Wishes(opening=Opening(7, 7), set_stock=True))[0]) == (0, 1, 1, 0)
    assert (stock(write_side, "A").available, stock(write_side, "A").reserved) == (5, 2)


def shop_goods(made: Product) -> Goods:
    return Goods(made.product_id, made.sku, made.slug)


def test_variants_are_added_and_changed(run: Import, write_side: WriteSide) -> None:
    row = {"sku": "T", "name": "Shirt", "price": "10", "variants": [{"name": "S", "stock": 3}, {"name": "M"}]}
    assert counts(run([row])[0]) == (1, 0, 0, 0)
    assert counts(run([row])[0]) == (0, 0, 1, 0)
    row["variants"] = [{"name": "S", "stock": 9, "price": "11"}, {"name": "M"}, {"name": "L", "stock": 2}]
    assert counts(run([row])[0]) == (0, 1, 0, 0)
    shirt = product(write_side, "T")
    assert {v.sku: v.price for v in shirt.variants.values()} == {"T-s": 1100, "T-m": None, "T-l": None}
    assert [stock(write_side, sku).available for sku in ("T-s", "T-m", "T-l")] == [3, 0, 2]
    assert counts(run([row], Wishes(set_stock=True))[0]) == (0, 1, 0, 0)
    assert stock(write_side, "T-s").available == 9
    assert counts(run([row], Wishes(set_stock=True))[0]) == (0, 0, 1, 0)


def test_what_is_left_out_is_named_and_the_rest_comes_in(run: Import, write_side: WriteSide) -> None:
    run([{"sku": "taken", "name": "Other", "price": "1", "variants": [{"name": "x", "sku": "V"}]}])
    rows = [
        {"sku": "A", "name": "Lamp", "price": "10", "popularity": 4},
        {"sku": "B", "name": "Free?", "price": "-1"},
        {"name": "Desk"},
        17,
        {"sku": "A", "name": "Lamp again", "price": "11"},
        {"sku": "V", "name": "Takes a variant's SKU", "price": "1"},
        {"sku": "W", "name": "Its variant does", "price": "1", "variants": [{"name": "y", "sku": "taken"}]},
        {"sku": "S", "slug": "other", "name": "Takes a slug", "price": "1"},
        {"sku": "Z", "name": "Last", "price": "0"},
    ]
    tally, skipped = run(rows)
    assert (counts(tally), tally.read) == ((2, 0, 0, 7), 9)
    assert tally.fields == {"popularity": 1}
    by_line = {one.line: (one.product, one.reason) for one in skipped}
    assert sorted(by_line) == [2, 3, 4, 5, 6, 7, 8]
    assert by_line[2] == ("B, Free?", "price: must not be negative")
    assert by_line[3] == ("Desk", "price: Field required")
    assert by_line[4] == ("", "it is not an object")
    assert by_line[5] == ("A, Lamp again", "it repeats the product of line 1 (SKU A)")
    assert "No such product" in by_line[6][1]
    assert "SKU" in by_line[7][1] and "taken" in by_line[7][1]
    assert "slug" in by_line[8][1]
    assert product(write_side, "A").name == "Lamp"


def test_a_broken_file_is_refused_at_its_place_and_what_was_before_is_kept(run: Import, write_side: WriteSide) -> None:
    lines = ",\n".join(json.dumps(row) for row in shelf(700))
    broken = lines.replace('"name": "Lamp 39", "price": "60.99"', '"name": "Lamp 39", "price" "60.99"')
    assert broken != lines
    good = next(number for number, line in enumerate(broken.splitlines()) if '"price" ' in line)
    with pytest.raises(BrokenFile) as caught:
        run(read_json(io.BytesIO(f"[{broken}]".encode())))
    assert (caught.value.line, caught.value.column) == (
        good + 1,
        broken.splitlines()[good].index('"60.99"') + 1 + (good == 0),
    )
    assert topics(write_side)["product.created"] == good
    mended, _ = run(read_json(io.BytesIO(f"[{lines}]".encode())))
    assert counts(mended) == (700 - good, 0, good, 0)


class Rival:
    """A bus before which somebody else acts, or that is away for a while."""

    def __init__(self, bus: Any, before: Callable[[Command], None]) -> None:
        self._bus = bus
        self._before = before

    def submit(self, command: Command, actor: Actor) -> Any:
        self._before(command)
        return self._bus.submit(command, actor)


def test_a_product_that_somebody_makes_in_the_same_moment(run: Import, write_side: WriteSide) -> None:
    done: list[Command] = []

    def rival(command: Command) -> None:
        if isinstance(command, CreateProduct) and not done:
            done.append(command)
            write_side.bus.execute(command.model_copy(update={"name": "Rival's", "price": 1}), IMPORTER)

    tally, skipped = run([{"sku": "A", "name": "Lamp", "price": "10"}], bus=Rival(write_side.bus, rival))
    assert (counts(tally), skipped) == ((0, 1, 0, 0), [])
    assert (product(write_side, "A").name, product(write_side, "A").selling_price) == ("Lamp", 1000)


def test_a_product_that_somebody_deletes_in_the_same_moment(run: Import, write_side: WriteSide) -> None:
    row = {"sku": "A", "name": "Lamp", "price": "10"}
    run([row])
    gone = product(write_side, "A").product_id
    rival = Rival(write_side.bus, lambda _: write_side.bus.execute(DeleteProduct(product_id=gone), IMPORTER))
    tally, skipped = run([row], bus=rival)
    assert counts(tally) == (0, 0, 0, 1)
    assert "No such product" in skipped[0].reason
    assert counts(run([row])[0]) == (1, 0, 0, 0)


class Away:
    """A bus whose store is away for some commands; those that fail may or may not have happened."""

    def __init__(self, bus: Any, failures: int, happened: bool) -> None:
        self._bus = bus
        self._left = failures
        self._happened = happened

    def submit(self, command: Command, actor: Actor) -> Any:
        self._left -= 1
        if self._left < 0:
            return self._bus.submit(command, actor)
        if self._happened:
            self._bus.execute(command, actor)
        answer: Future[Any] = Future()
        answer.set_exception(Unavailable())
        return answer


@pytest.mark.parametrize("happened", [False, True])
def test_a_store_that_is_away_for_a_moment_loses_and_repeats_nothing(
    run: Import, write_side: WriteSide, happened: bool
) -> None:
    tally, skipped = run(shelf(3), bus=Away(write_side.bus, 3, happened))
    assert (tally.created + tally.unchanged, skipped) == (3, [])
    assert topics(write_side)["product.created"] == 3


def test_a_store_that_stays_away_ends_the_import(
    run: Import, write_side: WriteSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storefold.importing.waiting.PATIENCE", 0.2)
    with pytest.raises(StoreAway):
        run(shelf(3), bus=Away(write_side.bus, 1000, False))
    assert write_side.log.head() == 0


# -- the command --------------------------------------------------------------------------------------


@pytest.fixture
def command(databases: Databases, tmp_path: Path) -> Callable[..., "subprocess.Popen[str]"]:
    environment = {
        **os.environ,
        "STOREFOLD_POSTGRES_DSN": databases.dsn,
        "STOREFOLD_KEYS_DSN": databases.keys_dsn,
        "NO_COLOR": "1",
    }

    def start(*arguments: str | Path, **options: Any) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "storefold", "import-catalog", *map(str, arguments)],
            env=environment,
            text=True,
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=tmp_path,
        )

    return start


def said(process: "subprocess.Popen[str]") -> tuple[int, str]:
    output, _ = process.communicate(timeout=120)
    return process.returncode, output


def as_csv(path: Path, count: int) -> Path:
    rows = [f"S-{number},Lamp {number},{number % 50 + 1}.50,Home > Light,Lumo" for number in range(count)]
    path.write_text("\n".join(["sku,name,price,category,brand", *rows]) + "\n")
    return path


def test_the_command_and_its_report(command: Any, tmp_path: Path, write_side: WriteSide) -> None:
    path = as_csv(tmp_path / "shop.csv", 40)
    with path.open("a") as file:
        file.write("X,,1.00,,\n")
    status, output = said(command(path, "--stock", "100", "--report", "report.json"))
    assert status == 0, output
    assert "line 42 (X): name: Field required" in output
    assert "created 40, updated 0, unchanged 0, skipped 1" in output
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["complete"], report["created"], report["position"]) == (True, 40, write_side.log.head())
    assert report["skipped_rows"] == [{"line": 42, "product": "X", "reason": "name: Field required"}]
    status, output = said(command(path))
    assert "created 0, updated 0, unchanged 40, skipped 1" in output
    assert stock(write_side, "S-3").available == 100


def test_a_broken_file_on_the_command_line(command: Any, tmp_path: Path) -> None:
    path = as_csv(tmp_path / "shop.csv", 10)
    path.write_text(path.read_text().replace("S-7,Lamp 7,", 'S-7,"Lamp 7,'))
    status, output = said(command(path, "--report", "report.json"))
    assert status == 1
    assert "broken at line 9: a quoted cell begins here and never ends" in output
    assert "created 7" in output
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["complete"], report["broken"]["line"], report["created"]) == (False, 9, 7)


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (("nowhere.json",), 1, "nowhere.json: No such file"),
        (("shop.csv", "--stock", "many"), 2, "neither a number nor a range"),
        (("shop.csv", "--map", "a=b"), 2, "'b' is no field of a product"),
        (("shop.csv", "--map", "price"), 2, "should be THEIRS=OURS"),
        (("shop.csv", "--seller", "nobody@shop.test"), 1, "no account has the e-mail address nobody@shop.test"),
        (("shop.csv", "--report", "no/such/folder.json"), 1, "No such file"),
    ],
)
def test_what_the_command_refuses(
    command: Any, tmp_path: Path, arguments: tuple[str, ...], status: int, text: str, write_side: WriteSide
) -> None:
    as_csv(tmp_path / "shop.csv", 1)
    done, output = said(command(*arguments))
    assert (done, text in output, "Traceback" in output) == (status, True, False), output
    assert write_side.log.head() == 0


def test_the_seller_and_a_pipe(command: Any, shop: Shop, write_side: WriteSide) -> None:
    seller = shop.person("seller", email="seller@shop.test")
    process = command("-", "--seller", "Seller@shop.test", "--map", "Was=price", stdin=subprocess.PIPE)
    output, _ = process.communicate('{"sku": "A", "name": "Lamp", "Was": 3}\n', timeout=60)
    assert process.returncode == 0, output
    assert (product(write_side, "A").seller_id, product(write_side, "A").selling_price) == (seller.person_id, 300)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_an_import_that_is_ended_in_the_middle_is_finished_by_the_next(
    command: Any, tmp_path: Path, write_side: WriteSide, number: signal.Signals
) -> None:
    count = 8_000
    path = as_csv(tmp_path / "shop.csv", count)
    process = command(path)
    deadline = time.monotonic() + 60
    while write_side.log.head() < 1000 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(number)
    status, output = said(process)
    assert status == (-number if number is signal.SIGKILL else 130), output
    kept = topics(write_side)["product.created"]
    assert 0 < kept < count
    if number is not signal.SIGKILL:
        assert f"created {kept:,}," in output, "what was answered is what is there"
    status, output = said(command(path))
    assert f"created {count - kept:,}, updated 0, unchanged {kept:,}, skipped 0" in output
    by_topic = topics(write_side)
    assert (by_topic["product.created"], by_topic["stock.opened"]) == (count, count)


def test_memory_does_not_grow_with_the_file(run: Import) -> None:
    def rows(count: int) -> Iterator[Row]:
        for line in range(1, count + 1):
            yield Row(line, {"sku": f"S-{line}"})  # all skipped: the bus's own cache is not in question

    peaks = []
    for count in (2_000, 20_000):
        tracemalloc.start()
        with Ledger() as ledger:
            CatalogueImport(None, None, ledger, Wishes(), IMPORTER).run(rows(count))  # type: ignore[arg-type]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 500_000


@pytest.mark.skipif(not REAL.exists(), reason="the real catalogue does not belong to the repository")
def test_the_real_catalogue(command: Any, write_side: WriteSide, tmp_path: Path) -> None:
    status, output = said(command(REAL, "--stock", "20-80", "--report", "report.json"))
    assert status == 0, output
    report = json.loads((tmp_path / "report.json").read_text())
    print(f"{report['read']} products in {report['seconds']} s")
    assert (report["read"], report["created"], report["skipped"]) == (3291, 3291, 0), output
    assert report["fields_not_taken"] == {"popularity": 3291}
    head = write_side.log.head()
    status, output = said(command(REAL, "--stock", "20-80", "--report", "report.json"))
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["created"], report["updated"], report["unchanged"], report["skipped"]) == (0, 0, 3291, 0), output
    assert write_side.log.head() == head
