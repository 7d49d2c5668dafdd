"""What the readers make of good files, and at which place they refuse broken ones."""

import bz2
import gzip
import io
import lzma
from decimal import Decimal
from pathlib import Path

import pytest

from storefold.importing.files import Format, opened
from storefold.importing.readers import json_list
from storefold.importing.readers.csv_table import read_csv
from storefold.importing.readers.json_lines import read_json_lines
from storefold.importing.readers.json_list import read_json
from storefold.importing.rows import BrokenFile, Row, Rows

READERS = {"json": read_json, "jsonl": read_json_lines, "csv": read_csv}


def rows_of(kind: str, text: str | bytes) -> Rows:
    return READERS[kind](io.BytesIO(text.encode() if isinstance(text, str) else text))


def read_until_broken(rows: Rows) -> tuple[list[int], BrokenFile]:
    """The lines of the good rows, and the fault behind them."""
    good: list[int] = []
    with pytest.raises(BrokenFile) as caught:
        good.extend(row.line for row in rows)
    return good, caught.value


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("json", '[{"a": 1.10},\n{"a": "é\\u00e9"}]\n', [Row(1, {"a": Decimal("1.10")}), Row(2, {"a": "éé"})]),
        ("json", "\ufeff[\n\n {\n\"a\": 1}\n]", [Row(3, {"a": 1})]),
        ("json", "[]", []),
        ("json", '{"a": 1}\n{"a":\n2}\n', [Row(1, {"a": 1}), Row(2, {"a": 2})]),
        ("json", '[1, "x", null]', [Row(1, 1), Row(1, "x"), Row(1, None)]),
        ("jsonl", '{"a": 1}\r\n\n  {"a": 2}', [Row(1, {"a": 1}), Row(3, {"a": 2})]),
        ("jsonl", "", []),
        ("csv", 'name,price\nA,1\n\n"B\nb",2\nC,3\n', [(2, "A", "1"), (4, "B\nb", "2"), (6, "C", "3")]),
        ("csv", "\ufeffname;price\r\n\"A;\"\"\";1,50\r\n", [(2, 'A;"', "1,50")]),
        ("csv", "name\tprice\nA\t\n", [(2, "A", "")]),
        ("csv", "name,price\n", []),
    ],
)  # fmt: skip
def test_good_files(kind: str, text: str, expected: list[Row | tuple[int, str, str]]) -> None:
    wanted = [row if isinstance(row, Row) else Row(row[0], {"name": row[1], "price": row[2]}) for row in expected]
    assert list(rows_of(kind, text)) == wanted


@pytest.mark.parametrize(
    ("kind", "text", "good", "line", "column", "reason"),
    [
        ("json", '[{"a": 1},\n {"a": }]', [1], 2, 8, "Expecting value"),
        ("json", '[{"a": 1}\n {"a": 2}]', [1], 2, 2, "comma"),
        ("json", '[{"a": 1},', [1], 1, 11, "it ends here"),
        ("json", '[\n{"a": 1', [], 2, 8, "it ends here"),
        ("json", '[{"a": 1}]\n\nrest', [1], 3, 1, "after the end"),
        ("json", "name,price", [], 1, 1, "a list of products"),
        ("json", "", [], 1, 1, "a list of products"),
        ("json", '[{"a": NaN}]', [], 1, 2, "NaN"),
        ("json", b'[{"a": 1},\n{"a": "\xff"}]', [1], 2, 8, "UTF-8"),
        ("json", "[" * 200_000, [], 1, 2, "nested"),
        ("jsonl", '{"a": 1}\n{"a": "cut\n{"a": 3}\n', [1], 2, 7, "string"),
        ("jsonl", '{"a": 1}\n{"a": 1,\n{"a": 3}\n', [1], 2, 9, "Expecting"),
        ("jsonl", '{"a": 1}\n  {"a": 2} x', [1], 2, 11, "after the end"),
        ("jsonl", b'{"a": 1}\n{"a": "\xc3\x28"}', [1], 2, 8, "UTF-8"),
        ("csv", "name,price\nA,1\nB\nC,3\n", [2], 3, None, "1 cell, the header 2"),
        ("csv", "name,price\nA,1\nB,2,3\n", [2], 3, None, "3 cells, the header 2"),
        ("csv", 'name,price\nA,1\n"B,2\nC,3\n', [2], 3, None, "never ends"),
        ("csv", 'name,price\nA,1\n"B"x,2\n', [2], 3, None, "expected after"),
        ("csv", b"name,price\nA,1\nB\xe9,2\n", [2], 3, 2, "UTF-8"),
        ("csv", "name,price,name\n", [], 1, None, "'name'"),
        ("csv", "", [], 1, None, "names of the columns"),
    ],
)
def test_broken_files(
    kind: str, text: str | bytes, good: list[int], line: int, column: int | None, reason: str
) -> None:
    lines, fault = read_until_broken(rows_of(kind, text))
    assert (lines, fault.line, fault.column) == (good, line, column)
    assert reason in fault.reason


@pytest.mark.parametrize("chunk", [1, 2, 7, 64])
def test_any_chunk_gives_the_same_rows(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '[ {"a": "€uro", "b": [1, 2.50]},\n  12345 , {"c": "\\n", "d": "😀"} ]\n'
    expected = list(rows_of("json", text))
    monkeypatch.setattr(json_list, "CHUNK", chunk)
    assert list(rows_of("json", text)) == expected
    good, fault = read_until_broken(rows_of("json", text.replace("😀", '"')))
    assert (len(good), fault.line) == (2, 2)


def test_the_rows_before_a_bad_byte_are_good() -> None:
    good, fault = read_until_broken(rows_of("json", b'[{"a": 1}, {"a": 2},\n{"a": 3}, {"a": "\xff'))
    assert (good, fault.line, fault.column) == ([1, 1, 2], 2, 18)


@pytest.mark.parametrize("kind", ["json", "jsonl", "csv"])
def test_a_row_without_end_is_refused_before_it_fills_the_memory(kind: str) -> None:
    class Endless(io.RawIOBase):
        read_bytes = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            start = {"json": b'[{"a": "', "jsonl": b'{"a": "', "csv": b"name\n"}[kind] if not self.read_bytes else b""
            buffer[:] = start + b"x" * (len(buffer) - len(start))
            self.read_bytes += len(buffer)
            return len(buffer)

    endless = Endless()
    read_until_broken(READERS[kind](io.BufferedReader(endless)))
    assert endless.read_bytes < 20_000_000


@pytest.mark.parametrize(
    ("name", "form", "text"),
    [
        ("shop.json", Format.json, '[{"name": "A"}]'),
        ("shop.ndjson", Format.jsonl, '{"name": "A"}'),
        ("shop.tsv", Format.csv, "name\tprice\nA\t1"),
        ("shop.dat", Format.json, '\n [{"name": "A"}]'),
        ("shop", Format.jsonl, '\ufeff{"name": "A"}'),
        ("shop.txt", Format.csv, "name,price\nA,1"),
    ],
)
def test_the_format_is_found(tmp_path: Path, name: str, form: Format, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    for suffix, pack in {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress, ".bz2": bz2.compress}.items():
        packed = tmp_path / f"{name}{suffix}"
        packed.write_bytes(pack(path.read_bytes()))
        with opened(packed) as source:
            assert source.format is form
            assert [row.fields["name"] for row in source.rows] == ["A"]
            assert source.done() == source.size


def test_the_format_can_be_told(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text('{"name": "A"}\n')
    with opened(path, Format.jsonl) as source:
        assert [row.fields for row in source.rows] == [{"name": "A"}]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress), (".bz2", bz2.compress)])
def test_a_damaged_archive_is_a_broken_file(tmp_path: Path, suffix: str, pack: "type[bytes]") -> None:
    path = tmp_path / f"shop.csv{suffix}"
    path.write_bytes(pack(b"name,price\n" + b"".join(b"%d,1\n" % n for n in range(100_000)))[:-20])
    with opened(path) as source:
        _, fault = read_until_broken(source.rows)
    assert "damaged" in fault.reason
