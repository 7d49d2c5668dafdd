"""Keeps one service alive: prepares it, starts it, sees it ready, starts it again when it dies.

In: a `Service` and the supervisor's ticks, all from one thread (the kernel ties a child's life to the
thread that started it). Out: `phase`, and the child process. Slow work runs in `Job` threads.

    WAITING ─▶ PREPARING ─▶ STARTING ─▶ READY
       ▲            └──────────┴─ fails ──┴─▶ BACKOFF (or FAILED, if it was never ready)
       └─────────────────────────────────────────┘
    any ─▶ STOPPING ─▶ STOPPED ─▶ WAITING when resumed
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from storefold.stack.errors import StackError, StartFailed
from storefold.stack.identity import launch_argv
from storefold.stack.job import Job
from storefold.stack.processes import HOME_MARK, Record
from storefold.stack.service import Service

FIRST_TRIES = 3
LONGEST_BACKOFF = 10.0
STEADY_AFTER = 60.0
LARGEST_LOG = 10 * 1024 * 1024


class Phase(Enum):
    """Where a service is in its life."""

    WAITING = "waiting"
    PREPARING = "preparing"
    STARTING = "starting"
    READY = "ready"
    BACKOFF = "restarting"
    FAILED = "failed"
    STOPPING = "stopping"
    STOPPED = "stopped"


class Keeper:
    """One service's life. Only the supervisor's thread calls `tick`."""

    def __init__(self, service: Service, home: Path, announce: Callable[[str], None]) -> None:
        self.service = service
        self.phase = Phase.WAITING
        self.note = ""
        self.error: StackError | None = None
        self.began = time.monotonic()
        self.took = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self._home = home
        self._announce = announce
        self._log = home / "log" / f"{service.name}.log"
        self._pid_file = home / "run" / f"{service.name}.pid"
        self._job: Job | None = None
        self._was_ready = False
        self._tries = 0
        self._due = 0.0
        self._steps = {
            Phase.WAITING: self._waiting,
            Phase.PREPARING: self._preparing,
            Phase.STARTING: self._starting,
            Phase.READY: self._ready,
            Phase.BACKOFF: self._backoff,
            Phase.STOPPING: self._stopping,
        }

    def tick(self, *, may_start: bool) -> None:
        """Take the next step, if it is due. `may_start`: all it depends on is ready."""
        step = self._steps.get(self.phase)
        if step is not None and (may_start or self.phase is not Phase.WAITING):
            step()

    def ask_to_stop(self) -> None:
        """Begin an orderly end."""
        if self.phase in {Phase.STOPPING, Phase.STOPPED}:
            return
        if self.process is None:
            self.phase = Phase.STOPPED
            return
        self.phase = Phase.STOPPING
        self._due = time.monotonic() + self.service.stop_timeout
        self.process.send_signal(self.service.stop_signal)

    def kill(self) -> None:
        """End it at once, its children too."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def resume(self) -> None:
        """Start again after `ask_to_stop`."""
        self.phase, self.error, self._tries = Phase.WAITING, None, 0

    def _waiting(self) -> None:
        self.phase, self.began = Phase.PREPARING, time.monotonic()
        self._job = Job(lambda: self.service.prepare(self._say))

    def _preparing(self) -> None:
        assert self._job is not None
        if not self._job.done():
            return
        if self._job.error is not None:
            self._fail(self._job.error)
            return
        self.note = ""
        process = self._spawn()
        self.phase, self._job = Phase.STARTING, Job(lambda: self._until_ready(process))

    def _starting(self) -> None:
        assert self._job is not None
        status = self._reap()
        if status is not None:
            self._fail(StartFailed(f"{self.service.name} {status} before it was ready{self._log_tail()}"), retry=True)
        elif self._job.done():
            if self._job.error is not None:
                self.kill()
                self._fail(self._job.error)
                return
            self.phase, self.note, self.took = Phase.READY, "", time.monotonic() - self.began
            if self._was_ready:
                self._announce(f"{self.service.name} is ready again after {self.took:.1f} s")
            self._was_ready = True

    def _ready(self) -> None:
        status = self._reap()
        if status is None:
            return
        if time.monotonic() - self.began > STEADY_AFTER:
            self._tries = 0
        self._fail(StartFailed(f"{self.service.name} {status}"))

    def _backoff(self) -> None:
        self._reap()
        if time.monotonic() >= self._due and self.process is None:
            self.phase = Phase.WAITING

    def _stopping(self) -> None:
        if self._reap() is not None or self.process is None:
            self.phase = Phase.STOPPED
        elif time.monotonic() > self._due:
            self.kill()

    def _fail(self, error: BaseException, *, retry: bool = False) -> None:
        """Try again later, unless it never worked and a further try would be no different."""
        self._tries += 1
        hopeless = isinstance(error, StackError) and not retry
        if not self._was_ready and (hopeless or self._tries >= FIRST_TRIES):
            known = error if isinstance(error, StackError) else StartFailed(f"{self.service.name}: {error!r}")
            self.error, self.phase = known, Phase.FAILED
            return
        pause = min(0.1 * 2 ** (self._tries - 1), LONGEST_BACKOFF)
        self._announce(f"{str(error).splitlines()[0]}; starting it again in {pause:.1f} s")
        self.phase, self._due = Phase.BACKOFF, time.monotonic() + pause

    def _spawn(self) -> subprocess.Popen[bytes]:
        if self._log.exists() and self._log.stat().st_size > LARGEST_LOG:
            self._log.replace(self._log.with_suffix(".log.1"))
        service = self.service
        environment = {
            **os.environ,
            "TMPDIR": str(self._home / "tmp"),
            **service.env,
            HOME_MARK: str(self._home),
        }
        with self._log.open("ab") as log:
            process = self.process = subprocess.Popen(
                launch_argv(service.argv, service.identity, service.stop_signal),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=service.cwd or self._home,
                env=environment,
                # Its own group: Ctrl-C reaches the supervisor alone, which ends services in order.
                start_new_session=True,
            )
        Record.of(process.pid, service.stop_signal).write(self._pid_file)
        return process

    def _until_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Look until it is ready or gone; runs on a job's thread."""
        deadline = time.monotonic() + self.service.timeout
        seen: Exception | None = None
        while process is self.process:
            try:
                if self.service.ready():
                    self.service.finish(self._say)
                    return
            except StackError:
                raise
            except Exception as error:
                seen = error
            if time.monotonic() > deadline:
                reason = f" (last: {seen!r})" if seen else ""
                raise StartFailed(
                    f"{self.service.name} did not answer within {self.service.timeout:.0f} s{reason}{self._log_tail()}"
                )
            time.sleep(0.03)

    def _reap(self) -> str | None:
        """How the child ended, once it has; whatever it forked is ended with it."""
        process = self.process
        if process is None or os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return None
        # While the dead child is not waited for, its number cannot be a stranger's.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        self.process = None
        self._pid_file.unlink(missing_ok=True)
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"

    def _say(self, note: str) -> None:
        self.note = note

    def _log_tail(self, lines: int = 15) -> str:
        text = self._log.read_text(errors="replace") if self._log.exists() else ""
        return f"\n{self._log}:\n" + "\n".join(text.splitlines()[-lines:])
