"""Ports are remembered, given up to strangers, and never given twice."""

import socket
import subprocess
import sys
from pathlib import Path

from storefold.stack.ports import Ports, read_ports

NAMES = ("postgres", "redis", "smtp")


def take(home: Path) -> dict[str, int]:
    ports = Ports(home)
    try:
        return {name: ports.get(name) for name in NAMES}
    finally:
        ports.close()


def test_remembered(tmp_path: Path) -> None:
    assert read_ports(tmp_path) == {}
    first = take(tmp_path)
    assert len(set(first.values())) == len(NAMES)
    assert take(tmp_path) == first == read_ports(tmp_path)


def test_a_stranger_keeps_the_port_it_took(tmp_path: Path) -> None:
    first = take(tmp_path)
    with socket.create_server(("127.0.0.1", first["redis"])):
        second = take(tmp_path)
    assert second["redis"] != first["redis"]
    assert second["postgres"] == first["postgres"]
    assert take(tmp_path) == second


def test_homes_that_remember_the_same_port_get_different_ones(tmp_path: Path) -> None:
    """As after copying a home; nothing listens yet when both choose."""
    homes = [tmp_path / "a", tmp_path / "b"]
    for home in homes:
        home.mkdir()
    take(homes[0])
    (homes[1] / "stack.json").write_bytes((homes[0] / "stack.json").read_bytes())
    both = [Ports(home) for home in homes]
    try:
        assert both[0].get("redis") != both[1].get("redis")
    finally:
        for ports in both:
            ports.close()


def test_a_dead_process_holds_nothing(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys; from storefold.stack.ports import Ports\n"
        "print(Ports(pathlib.Path(sys.argv[1])).get('redis'), flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run((sys.executable, "-c", code, str(tmp_path)), stdout=subprocess.PIPE, text=True, check=False)
    assert take(tmp_path)["redis"] == int(done.stdout)
