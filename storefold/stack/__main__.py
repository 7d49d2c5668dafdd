"""The services alone, in the foreground: `python -m storefold.stack HOME`."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from storefold.stack import Stack, StackError


def main() -> int:
    """Run until a signal; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m storefold.stack", description=__doc__)
    parser.add_argument("home", type=Path)
    console = Console()
    try:
        with Stack(parser.parse_args().home, console) as stack:
            stack.supervisor.handle_signals()
            stack.start()
            for name, value in stack.endpoints.environ().items():
                console.print(f"export {name}={value}", highlight=False, soft_wrap=True)
            stack.supervisor.wait()
    except StackError as error:
        console.print(str(error), style="red", highlight=False, markup=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
