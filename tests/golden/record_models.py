"""Writes down how every read model stands in its store: `python tests/golden/record_models.py`.

`models.json` has for each model its version and a fingerprint of what is stored: the shape of its documents, the
code of its lists (`entries`), the index. Where a fingerprint is another one, what running installations have is out
of date, and their projectors make it anew only if the version is another one, too: without that nothing is written.
What a fold computes otherwise of the same events shows in none of these; whoever changes that raises the version.
"""

import ast
import hashlib
import inspect
import json
import sys
import textwrap
from pathlib import Path
from typing import Any

import msgspec

from projections.model import Model
from projections.models import observation_models, redis_models, search_models
from read_side.documents.search import MAPPINGS, SETTINGS, Find

RECORD = Path(__file__).parent / "models.json"
Shape = dict[str, Any]


def shapes() -> dict[str, Shape]:
    """What is to be written down, by `store/model`."""
    index = {"mappings": MAPPINGS, "analysis": SETTINGS["analysis"], "find": _schema(Find)}
    kept = {
        "redis": (redis_models(lambda _sealed: None), None),
        "observations": (observation_models(), None),
        "elasticsearch": (search_models(), index),
    }
    return {f"{store}/{model.name}": shape(model, more) for store, (models, more) in kept.items() for model in models}


def shape(model: Model[Any], index: Any = None) -> Shape:
    found: Shape = {"version": model.version, "document": _digest(_schema(model.document))}
    if model.entries is not None:
        found["entries"] = _digest(_code(model.entries))
    if index is not None:
        found["index"] = _digest(index)
    return found


def problems(now: dict[str, Shape], known: dict[str, Shape]) -> list[str]:
    """What was changed without a higher version. A model that is new, or gone, is no problem."""
    found = []
    for name, one in now.items():
        if (before := known.get(name)) is None or one == before or one["version"] > before["version"]:
            continue
        parts = sorted(part for part in one.keys() | before.keys() if one.get(part) != before.get(part))
        found.append(f"{name} has another {' and another '.join(parts)}: raise the version and record again")
    return found


def _schema(struct: type[Any]) -> Any:
    """Fields, types and defaults, in their order; without docstrings."""

    def plain(node: Any) -> Any:
        if isinstance(node, dict):
            words = {key: plain(value) for key, value in node.items()}
            if isinstance(words.get("description"), str):  # a field of that name has an object here
                del words["description"]
            return words
        return [plain(item) for item in node] if isinstance(node, list) else node

    return plain(msgspec.json.schema(struct))


def _code(function: Any) -> list[str]:
    """What the function says, without its comments, its layout and its docstring."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(tree, ast.FunctionDef)
    body = tree.body[1:] if ast.get_docstring(tree) is not None else tree.body
    words = []
    for node in (node for statement in body for node in ast.walk(statement)):
        said = (getattr(node, name, "") for name in ("id", "attr", "arg", "value"))
        words.append(" ".join([type(node).__name__, *(repr(word) for word in said if not isinstance(word, ast.AST))]))
    return words


def _digest(found: Any) -> str:
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()[:16]


def read() -> dict[str, Shape]:
    return json.loads(RECORD.read_bytes()) if RECORD.exists() else {}


def main() -> int:
    now = shapes()
    if found := problems(now, read()):
        print("\n".join(found))
        return 1
    RECORD.write_text(json.dumps(now, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
