"""Finds the folder of an installed package that is here for the binaries it ships.

In: a package's name. Out: its folder, found without importing it: its own Python code is not used.
"""

import importlib.util
from pathlib import Path

from storefold.stack.errors import MissingTool


def package_folder(name: str) -> Path:
    """The folder, or a `MissingTool` that says how to get it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise MissingTool(f"The Python package {name} is missing. Install it: pip install 'storefold[local]'")
    return Path(spec.origin).parent
