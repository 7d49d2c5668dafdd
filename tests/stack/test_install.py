"""The one-time installation: what is missing is named with the command that brings it."""

from pathlib import Path

import pytest

from storefold.stack import MissingTool, StackError
from storefold.stack.elasticsearch import ensure_installed
from storefold.stack.packages import package_folder


def silent(_note: str) -> None:
    return


def test_without_maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREFOLD_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match="apt-get install maven"):
        ensure_installed(silent)


def test_with_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("STOREFOLD_CACHE", str(tmp_path / "file"))
    with pytest.raises(StackError, match="STOREFOLD_CACHE"):
        ensure_installed(silent)


def test_a_second_call_does_nothing() -> None:
    notes: list[str] = []
    place = ensure_installed(silent)
    assert ensure_installed(notes.append) == place
    assert notes == []
    # Without it every start would take three times as long.
    assert (place / "node.aot").exists()


def test_a_missing_package_is_named() -> None:
    with pytest.raises(MissingTool, match="pip install"):
        package_folder("storefold_no_such_package")
