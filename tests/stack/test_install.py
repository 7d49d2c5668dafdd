"""The one-time installation: what is missing is named with the command that brings it."""

from pathlib import Path

import pytest

from storefold.stack import MissingTool, StackError
from storefold.stack.elasticsearch import ensure_installed
from storefold.stack.elasticsearch.jvm import class_cache, write_node_files
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


def test_the_class_cache_is_used_where_it_was_made(tmp_path: Path) -> None:
    install = tmp_path / "install with a space"
    install.mkdir()
    before = write_node_files(tmp_path / "node", install, 1, 2).read_text()
    class_cache(install).touch()
    after = write_node_files(tmp_path / "node", install, 1, 2).read_text()
    assert set(after.splitlines()) - set(before.splitlines()) == {f'"-XX:AOTCache={class_cache(install)}"'}


def test_a_missing_package_is_named() -> None:
    with pytest.raises(MissingTool, match="pip install"):
        package_folder("storefold_no_such_package")
