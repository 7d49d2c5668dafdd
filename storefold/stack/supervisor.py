"""Runs services: starts them in order, restarts what dies, stops everything in reverse order.

In: a home whose lock the caller holds, and `Service`s. Out: running processes, their pids, and a wait
that ends with a signal. One thread does all starting and reaping and must outlive the children,
because the kernel ends them (PR_SET_PDEATHSIG) with the thread that started them.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from rich.console import Console

from storefold.stack.console import StartDisplay
from storefold.stack.errors import Interrupted, StackError
from storefold.stack.keeper import Keeper, Phase
from storefold.stack.processes import clean_leftovers
from storefold.stack.service import Service

TICK = 0.02


class Supervisor:
    """The services of one home. `stop` must be called, and may be called twice."""

    def __init__(self, home: Path, console: Console | None = None) -> None:
        self._home = home
        self._console = console
        self._keepers: dict[str, Keeper] = {}
        self._lock = threading.RLock()
        self._stopping = False
        self._signal: int | None = None
        self._hurry = False
        self._crash: BaseException | None = None
        for name in clean_leftovers(home / "run", home):
            self._announce(f"{name} was left running by an earlier start; it is stopped")
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()

    def start(self, *services: Service) -> None:
        """Start these, too, and return when all of them are ready."""
        with self._lock:
            known = {*self._keepers, *(service.name for service in services)}
            for service in services:
                if service.name in self._keepers or not known.issuperset(service.after):
                    raise StackError(f"{service.name} is there twice, or one of {service.after} is not there")
            fresh = [Keeper(service, self._home, self._announce) for service in services]
            self._keepers.update({keeper.service.name: keeper for keeper in fresh})
        with StartDisplay(self._console, fresh) as display:
            self._wait_for(lambda: all(keeper.phase is Phase.READY for keeper in fresh), display.update)

    def wait(self) -> int:
        """Return the number of the signal that asks us to stop; needs `handle_signals`."""
        while self._signal is None:
            self._check_thread()
            time.sleep(0.1)
        return self._signal

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> None:
        """Return when the condition holds. Raises StackError when a service failed for good, when the time
        is over, or (`Interrupted`) when a signal asks us to stop."""
        self._wait_for(condition, timeout=timeout)

    def handle_signals(self) -> None:
        """SIGINT and SIGTERM ask for an orderly end, a second one for an immediate end. Main thread only."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def stop(self) -> None:
        """Stop all, dependents first, and wait for each."""
        if self.pids():
            self._announce("stopping ...")
        self._stopping = True
        self._thread.join()

    def pid(self, name: str) -> int:
        """The pid of a running service."""
        process = self._keepers[name].process
        if process is None:
            raise StackError(f"{name} is not running")
        return process.pid

    def pids(self) -> dict[str, int]:
        """The pids of all running services."""
        return {name: keeper.process.pid for name, keeper in self._keepers.items() if keeper.process is not None}

    def kill(self, name: str) -> int:
        """SIGKILL one service, as a crash would; the pid it had. It is started again."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    def await_restart(self, name: str, old_pid: int, timeout: float = 60.0) -> int:
        """Wait until a service is ready under another pid than `old_pid`; its new pid."""
        keeper = self._keepers[name]
        self._wait_for(
            lambda: keeper.phase is Phase.READY and keeper.process is not None and keeper.process.pid != old_pid,
            timeout=timeout,
        )
        return self.pid(name)

    def halt(self, name: str) -> None:
        """Stop one service and leave it stopped."""
        with self._lock:
            self._keepers[name].ask_to_stop()
        self._wait_for(lambda: self._keepers[name].phase is Phase.STOPPED)

    def resume(self, name: str) -> None:
        """Start a halted service again and wait until it is ready."""
        with self._lock:
            self._keepers[name].resume()
        self._wait_for(lambda: self._keepers[name].phase is Phase.READY)

    def took(self) -> dict[str, float]:
        """Seconds each ready service needed for its last start."""
        return {name: keeper.took for name, keeper in self._keepers.items() if keeper.phase is Phase.READY}

    def _run(self) -> None:
        try:
            while not (self._stopping and all(k.phase is Phase.STOPPED for k in self._keepers.values())):
                with self._lock:
                    for keeper in list(self._keepers.values()):
                        self._tick(keeper)
                time.sleep(TICK)
        except BaseException as error:
            self._crash = error

    def _tick(self, keeper: Keeper) -> None:
        if self._stopping:
            name = keeper.service.name
            dependents = [k for k in self._keepers.values() if name in k.service.after]
            if all(dependent.phase is Phase.STOPPED for dependent in dependents):
                keeper.ask_to_stop()
            if self._hurry:
                keeper.kill()
        keeper.tick(may_start=all(self._keepers[name].phase is Phase.READY for name in keeper.service.after))

    def _wait_for(
        self, condition: Callable[[], bool], every_tick: Callable[[], None] = lambda: None, timeout: float | None = None
    ) -> None:
        deadline = None if timeout is None else time.monotonic() + timeout
        while not condition():
            every_tick()
            self._check_thread()
            failed = [keeper.error for keeper in self._keepers.values() if keeper.error is not None]
            if failed:
                raise failed[0]
            if self._signal is not None:
                raise Interrupted(f"stopped by {signal.Signals(self._signal).name} during the start")
            if deadline is not None and time.monotonic() > deadline:
                phases = ", ".join(f"{name} {keeper.phase.value}" for name, keeper in self._keepers.items())
                raise StackError(f"waited {timeout:.0f} s in vain ({phases})")
            time.sleep(TICK)

    def _check_thread(self) -> None:
        if self._crash is not None:
            raise StackError("the supervisor itself failed") from self._crash

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._signal is not None:
            self._hurry = True
        self._signal = number

    def _announce(self, text: str) -> None:
        if self._console is not None and not self._stopping:
            self._console.print(text, highlight=False, markup=False)
