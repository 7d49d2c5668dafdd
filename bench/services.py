"""The services, in a process of their own: what supervises them must not take turns with what is
measured. `python -m bench.services HOME` says `ready`, and stops them when its standard input ends."""

import signal
import sys
from pathlib import Path

from rich.console import Console

from storefold.stack import Stack, StackError


def main(home: Path) -> int:
    # They reach the whole group, and the one who started us still needs the services to tidy up. A
    # handler, for the services would inherit that a signal is ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    try:
        with Stack(home, Console(stderr=True)) as stack:
            stack.start()
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            sys.stdin.read()
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
