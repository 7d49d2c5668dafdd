"""Whoever changes what a read model stores raises its version: running installations then make it anew."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import record_models
from record_models import problems, read, shape, shapes

from projections.model import Entry, Ranked
from projections.models.review import REVIEWS
from read_side.documents.review import Review


def test_what_is_stored_is_as_it_was_recorded() -> None:
    assert problems(shapes(), read()) == []
    assert shapes() == read(), "a model is new, gone or has another version: run python tests/golden/record_models.py"


class Longer(Review, omit_defaults=True, kw_only=True):
    """With one field more."""

    language: str = ""


class Described(Review, omit_defaults=True, kw_only=True):
    """As a review, in other words."""


def more_lists(review: Review) -> Iterator[Entry]:
    yield Ranked("all", review.created)


def more_lists_later(review: Review) -> Iterator[Entry]:
    """The same one, only of what is shown."""
    if review.shown:
        yield Ranked("all", review.created)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"document": Longer}, "document"),
        ({"entries": more_lists}, "entries"),
        ({"entries": None}, "entries"),
    ],
)
def test_a_change_without_a_version_is_found(change: dict[str, Any], part: str) -> None:
    known = {"redis/reviews": shape(REVIEWS)}
    changed = replace(REVIEWS, **change)
    (problem,) = problems({"redis/reviews": shape(changed)}, known)
    assert problem == f"redis/reviews has another {part}: raise the version and record again"
    raised = replace(changed, version=REVIEWS.version + 1)
    assert problems({"redis/reviews": shape(raised)}, known) == []
    lowered = replace(REVIEWS, version=REVIEWS.version - 1)
    assert problems({"redis/reviews": shape(lowered)}, known) != []


def test_a_list_of_other_documents_and_an_index_of_other_fields_are_found() -> None:
    one, other = replace(REVIEWS, entries=more_lists), replace(REVIEWS, entries=more_lists_later)
    assert shape(one)["entries"] != shape(other)["entries"]
    assert shape(REVIEWS, {"tags": "keyword"})["index"] != shape(REVIEWS, {"tags": "text"})["index"]


def test_words_and_models_that_come_and_go_are_no_change() -> None:
    class Review(Described, omit_defaults=True, kw_only=True):
        """Nothing but another docstring."""

    known = shape(REVIEWS)
    assert shape(replace(REVIEWS, document=Review)) == known
    assert problems({"redis/reviews": known}, {"redis/gone": known}) == []


def test_the_recorder_writes_nothing_while_a_version_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "models.json"
    monkeypatch.setattr(record_models, "RECORD", path)
    assert record_models.main() == 0
    before = path.read_text()
    assert read() == shapes()
    changed = shapes()
    changed["redis/orders"]["document"] = "another one"
    monkeypatch.setattr(record_models, "shapes", lambda: changed)
    assert record_models.main() == 1
    assert path.read_text() == before
    assert "redis/orders has another document: raise the version" in capsys.readouterr().out
    changed["redis/orders"]["version"] += 1
    assert record_models.main() == 0
    assert read() == changed
