"""The product as a tree of processes: started as a user starts it, and what each process takes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from bench.http import free_port
from bench.processes import answers

START = 180.0  # seconds


class Memory(msgspec.Struct, frozen=True):
    """In bytes, pages shared with other processes included; `peak`: the most so far."""

    resident: int
    peak: int


class Taken(msgspec.Struct, frozen=True):
    name: str
    memory: Memory


def memory(pid: int | str = "self") -> Memory:
    """Raises OSError for a process that has ended."""
    fields = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("Vm")
    )
    return Memory(*(int(fields[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM")))


def cpu_seconds(pid: int, name: str) -> float:
    """What the descendants of that name have used so far, in steps of some ten milliseconds. Raises LookupError when
    there is none."""
    used = []
    for child in _descendants(pid):
        with suppress(OSError):
            if _name(child) == name:
                fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                used.append((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
    if not used:
        raise LookupError(f"no process {name} below {pid}")
    return sum(used)


def tree(pid: int) -> list[Taken]:
    """What the descendants of a process take, by name. A Postgres has many, of which each counts the shared buffers it
    has touched: the largest speaks for all."""
    found: dict[str, Memory] = {}
    for child in _descendants(pid):
        try:
            name, taken = _name(child), memory(child)
        except (OSError, KeyError):
            continue  # it has ended, or is about to
        if name not in found or found[name].peak < taken.peak:
            found[name] = taken
    return [Taken(name, found[name]) for name in sorted(found)]


def _descendants(pid: int) -> Iterator[int]:
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    found = {pid}
    for _ in parents:  # as deep as there are processes, at most
        more = {child for child, parent in parents.items() if parent in found} - found
        if not more:
            break
        yield from more
        found |= more


def _name(pid: int) -> str:
    """The product's part where it is one of ours, else the program."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    if "storefold" in words:
        return " ".join(word for word in words[words.index("storefold") :] if word)
    for part in ("elasticsearch", "postgres", "redis-server", "smtp", "stripe"):
        if any(part in word for word in words):
            return part
    return Path(words[0]).name or "?"


class Product(msgspec.Struct, frozen=True):
    """A product that runs. `environment`: for commands beside it."""

    url: str
    port: int
    pid: int
    environment: dict[str, str]


@contextmanager
def product(home: Path) -> Iterator[Product]:
    """`storefold run` in this home, until the end. Raises RuntimeError with what it said when it does not start."""
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith(("STOREFOLD_", "STRIPE_"))}
    environment = own | {"STOREFOLD_HOME": str(home), "PORT": str(port), "STOREFOLD_RATE_LIMITS": "off"}
    said = home.with_suffix(".log")
    with (
        said.open("w") as log,
        subprocess.Popen((sys.executable, "-m", "storefold", "run"), env=environment, stdout=log, stderr=log) as popen,
    ):
        try:
            deadline = time.monotonic() + START
            while not answers(f"http://127.0.0.1:{port}/health/ready"):
                if popen.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the product did not start:\n{said.read_text()}")
                time.sleep(0.2)
            yield Product(f"http://127.0.0.1:{port}", port, popen.pid, environment)
        finally:
            popen.send_signal(signal.SIGTERM)
            popen.wait()
