"""`storefold run` as a person runs it, in a home of its own."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 150  # seconds for a start; alone it takes about ten


@dataclass
class Console:
    """A home, and what was said there. `start` may be called again after `stop`."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None
    outputs: list[Path] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "STOREFOLD_HOME": str(self.home), "PORT": str(self.port), "NO_COLOR": "1"}

    def said(self) -> list[str]:
        """The lines of the last start so far."""
        return self.outputs[-1].read_text().splitlines()

    def start(self) -> float:
        """Starts the product and waits for the line that says so; how many seconds it took."""
        self.outputs.append(self.home.with_name(f"start-{len(self.outputs)}.txt"))
        began = time.monotonic()
        with self.outputs[-1].open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "storefold", "run"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        while not any("Storefold is ready" in line for line in self.said()):
            assert self.process.poll() is None and time.monotonic() < began + PATIENCE, "\n".join(self.said())
            time.sleep(0.05)
        return time.monotonic() - began

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Asks for the end and waits for it; the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def tool(self, *arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Another command, run beside it: it knows the home and nothing else."""
        return subprocess.run(
            [sys.executable, "-m", "storefold", *map(str, arguments)],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
