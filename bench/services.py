"""The services, in a process of their own: what supervises them must not take turns with what is
measured. `python -m bench.services HOME` says `ready`, and stops them when its standard input ends."""

import signal
import sys
from pathlib import Path

from rich.console import Console

from storefold.stack import Stack, StackError


def main(home: Path) -> int:
    # Ctrl-C reaches the whole group: the one who started us tells us when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
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
