"""Installs the node ahead of its first start, and makes that start fast.

`python -m storefold.stack.elasticsearch`, as `make install` runs it. A start without it installs too,
but leaves out the cache of classes that takes longer to make than one start gains by it.
"""

import sys

from rich.console import Console

from storefold.stack.elasticsearch import ensure_installed
from storefold.stack.errors import StackError


def main() -> int:
    """Install and show each step; the exit status."""
    console = Console()
    try:
        with console.status("Elasticsearch") as status:
            place = ensure_installed(lambda note: status.update(f"Elasticsearch: {note}"), trained=True)
    except StackError as error:
        console.print(str(error), style="red", highlight=False, markup=False)
        return 1
    console.print(f"Elasticsearch is in {place}", highlight=False, soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
