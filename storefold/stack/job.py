"""Slow work beside the supervisor's thread.

In: a call. Out: whether it is done, and what it raised.
"""

import threading
from collections.abc import Callable


class Job:
    """A call on a daemon thread: a hanging one never keeps the process from ending."""

    def __init__(self, call: Callable[[], None]) -> None:
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(call,), daemon=True)
        self._thread.start()

    def done(self) -> bool:
        """Whether the call returned or raised."""
        return not self._thread.is_alive()

    def _run(self, call: Callable[[], None]) -> None:
        try:
            call()
        except BaseException as error:
            self.error = error
