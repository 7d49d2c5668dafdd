"""The services of one run of the tests; the argument is the run's folder. See `stack.py`."""

import fcntl
import sys
from pathlib import Path

from storefold.stack import Stack

folder = Path(sys.argv[1])
with (folder / "stack.lock").open("a+") as running, (folder / "alive.lock").open("a+") as alive:
    # Shared with the product, where the run has one: the folder is removed when both have stopped.
    fcntl.flock(running, fcntl.LOCK_SH)
    with Stack(folder / "home") as stack:
        stack.start()
        (folder / "ready").touch()
        # Ours as soon as the run's owner has let go of it or has died.
        fcntl.flock(alive, fcntl.LOCK_SH)
