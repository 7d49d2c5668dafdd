"""`storefold run` for one run of the tests; the argument is the run's folder. See `product.py`."""

import fcntl
import signal
import subprocess
import sys
from pathlib import Path

folder = Path(sys.argv[1])
with (folder / "stack.lock").open("a+") as running, (folder / "alive.lock").open("a+") as alive:
    # Shared: the run's folder is removed when everything that lives in it has stopped.
    fcntl.flock(running, fcntl.LOCK_SH)
    process = subprocess.Popen([sys.executable, "-m", "storefold", "run"])
    # Ours as soon as the run's owner has let go of it or has died.
    fcntl.flock(alive, fcntl.LOCK_SH)
    process.send_signal(signal.SIGTERM)
    process.wait()
