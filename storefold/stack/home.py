"""The folder that holds everything of one running system, and the lock that keeps it to one supervisor.

In: a path. Out: the folder with `log/ run/ tmp/`, ours until `release`.
"""

import fcntl
import os
from pathlib import Path
from typing import IO

from storefold.stack.errors import HomeInUse, StackError


class HomeLock:
    """Held by the kernel for us: a killed supervisor's lock is free at once, no stale file decides."""

    def __init__(self, home: Path) -> None:
        try:
            for folder in (home, home / "log", home / "run", home / "tmp"):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file: IO[str] = (home / "run" / "supervisor.lock").open("a+")
        except OSError as error:
            raise StackError(f"cannot write the home {home}: {error}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.seek(0)
            owner = self._file.read().strip() or "unknown"
            self._file.close()
            raise HomeInUse(f"{home} is in use by process {owner}; stop it or choose another STOREFOLD_HOME") from error
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        """Let another supervisor have the home."""
        self._file.close()
