"""Pids that can be trusted: recorded in `<home>/run/NAME.pid`, recognised later, ended by pid.

In: a process we started. Out: its record, or whatever of it outlived an earlier supervisor, ended.
A bare pid proves nothing after a crash or a reboot, because the kernel hands numbers out again; pid,
start time in kernel ticks and boot id together name one process for ever.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

HOME_MARK = "STOREFOLD_STACK_HOME"
"""Environment variable that every child carries, so that its own children are recognised too."""


@dataclass(frozen=True)
class Record:
    """One line of a pid file: `pid ticks boot-id stop-signal`."""

    pid: int
    ticks: int
    boot: str
    stop_signal: int

    @classmethod
    def of(cls, pid: int, stop_signal: int) -> "Record":
        """The record of a living process."""
        return cls(pid, _ticks(pid), _boot_id(), stop_signal)

    @classmethod
    def read(cls, path: Path) -> "Record | None":
        """None for a file that a crash left half written: it then names no process."""
        try:
            pid, ticks, boot, stop_signal = path.read_text().split()
            return cls(int(pid), int(ticks), boot, int(stop_signal))
        except (OSError, ValueError):
            return None

    def write(self, path: Path) -> None:
        """Atomic, so that no reader sees half a record."""
        fresh = path.with_suffix(".pid.new")
        fresh.write_text(f"{self.pid} {self.ticks} {self.boot} {self.stop_signal}\n")
        fresh.replace(path)

    def alive(self) -> bool:
        """Whether this very process still runs (a zombie has ended)."""
        try:
            return (
                self.boot == _boot_id()
                and self.ticks == _ticks(self.pid)
                and psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE
            )
        except (OSError, psutil.Error):
            return False


def clean_leftovers(run_dir: Path, home: Path, grace: float = 20.0) -> list[str]:
    """End what an earlier supervisor of this home left behind; the names of what was found.

    The caller holds the home's lock, so whatever runs here belongs to nobody.
    """
    files = sorted(run_dir.glob("*.pid"))
    records = {path: Record.read(path) for path in files}
    living = {path: record for path, record in records.items() if record is not None and record.alive()}
    for record in living.values():
        send(record.pid, record.stop_signal)
    if not wait_until(lambda: not any(r.alive() for r in living.values()), grace):
        for record in living.values():
            if record.alive():
                send(record.pid, signal.SIGKILL)
    for pid in marked(home):
        send(pid, signal.SIGKILL)
    for path in files:
        path.unlink(missing_ok=True)
    return [path.stem for path in living]


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll a fact of the operating system that nothing announces."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def marked(home: Path) -> list[int]:
    """Living processes that carry this home's mark: services, and whatever they started."""
    mark = f"{HOME_MARK}={home}".encode()
    found = []
    for process in psutil.process_iter():
        try:
            ours = mark in Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0")
            if ours and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (OSError, psutil.Error):
            continue
    return found


def send(pid: int, number: int) -> None:
    """Signal a process that may have ended in the meantime."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _ticks(pid: int) -> int:
    """Start time in clock ticks since boot: immune to changes of the wall clock."""
    stat = Path(f"/proc/{pid}/stat").read_text()
    # The command name in parentheses may hold spaces; field 22 counts from after it.
    return int(stat.rpartition(")")[2].split()[19])


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
