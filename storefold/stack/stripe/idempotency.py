"""Idempotency keys, as Stripe documents them.

In: the key, the request's path and parameters. Out: the saved answer of the first request
with that key (500s too), a refusal when path or parameters differ (400) or when the first
is still running (409), or the word to go on. Saved in the same commit as the effect.
Source: https://docs.stripe.com/api/idempotent_requests.
"""

import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

from storefold.stack.stripe.database import Database
from storefold.stack.stripe.errors import StripeError

_KEPT_SECONDS = 7 * 24 * 3600  # Stripe promises 24 hours; forgotten only at a start
_SAVE = "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body as they were sent, and the id of the request that earned them."""

    status: int
    body: bytes
    request_id: str


@dataclass(frozen=True, slots=True)
class _Saved:
    fingerprint: str
    path: str
    answer: Answer


class IdempotencyKeys:
    """The keys seen, and those whose first request is still running.

    The latter live in memory: a crash ends the request, and without a saved answer
    nothing of it was committed, so the next one with that key may begin.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._running: set[str] = set()
        oldest = time.time() - _KEPT_SECONDS
        database.queue("DELETE FROM answers WHERE at < ?", oldest)
        database.commit()
        self._saved = {
            key: _Saved(fingerprint, path, Answer(status, body, request_id))
            for key, fingerprint, path, status, body, request_id, _ in database.rows("SELECT * FROM answers")
        }

    def begin(self, key: str, path: str, parameters: Any) -> Answer | None:
        """The saved answer, or None: then the request runs and `end` must follow."""
        if len(key) > 255:
            message = "Idempotency keys have at most 255 characters."
            raise StripeError(400, message, kind="idempotency_error", executed=False)
        saved = self._saved.get(key)
        if saved is not None:
            what = "parameters" if saved.path == path else f"endpoint ('{saved.path}')"
            if saved.path != path or saved.fingerprint != _fingerprint(parameters):
                message = (
                    f"Keys for idempotent requests can only be used with the same {what} "
                    f"they were first used with. Try using a key other than '{key}' if "
                    f"you meant to execute a different request."
                )
                raise StripeError(400, message, kind="idempotency_error")
            return saved.answer
        if key in self._running:
            message = (
                f"There is currently another in-progress request using this Idempotent "
                f"Key (that probably means you submitted twice, and the other request "
                f"is still going through): {key}. Please try again later."
            )
            raise StripeError(409, message, kind="idempotency_error", code="idempotency_key_in_use")
        self._running.add(key)
        return None

    def end(self, key: str, path: str, parameters: Any, answer: Answer | None) -> None:
        """Keep the answer with the next commit; None when the endpoint never began."""
        self._running.discard(key)
        if answer is None:
            return
        saved = _Saved(_fingerprint(parameters), path, answer)
        self._saved[key] = saved
        self._database.queue(
            _SAVE,
            key,
            saved.fingerprint,
            path,
            answer.status,
            answer.body,
            answer.request_id,
            time.time(),
        )

    def forget_all(self) -> None:
        """Start from scratch."""
        self._saved.clear()
        self._database.queue("DELETE FROM answers")


def _fingerprint(parameters: Any) -> str:
    canonical = json.dumps(parameters, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
