"""What goes with a person, beside the events: secrets in the append's own transaction, the unique names, and
whatever somebody else was about to record for them.

The key itself is destroyed after the commit, by whoever carried the command out and by a worker
(`processes/effects.py`): it lies in another database, so no transaction has both.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final, get_args, get_type_hints

import msgspec

from write_side.account.state import ACCOUNT, Account
from write_side.media import let_go
from write_side.personal_data import KeyDestroyed, person_of
from write_side.values import Sealed
from write_side.work import Work

FORGET: Final = (
    "DELETE FROM credentials WHERE person_id = %s",
    "DELETE FROM refresh_tokens WHERE person_id = %s",
    "DELETE FROM one_time_tokens WHERE person_id = %s",
    "DELETE FROM sessions WHERE person_id = %s",
    "DELETE FROM password_resets WHERE person_id = %s",
    "DELETE FROM phones WHERE person_id = %s",
)
"""A statement for every table that knows a person by number."""


def forget(work: Work, account: Account) -> None:
    """Takes away what the person could act with, and frees the names that led to them; `account` as it was."""
    if account.email_hash:
        work.release("email", account.email_hash)
    for subject in sorted(account.google_subjects):
        work.release("google", subject)
    if account.picture is not None:
        let_go(work, account.picture)
    for statement in FORGET:
        work.also(statement, account.person_id)


def ensure_nobody_erased(work: Work) -> None:
    """Refuses events with values of somebody who was erased since they were sealed. The account is read for it,
    so the append checks that it still stands: no live document shows what a rebuilt one cannot.

    Raises KeyDestroyed.
    """
    for _stream, _version, event in work.events:
        for name in _sealed_fields(type(event)):
            for person_id in _persons(getattr(event, name)):
                if work.state(ACCOUNT, person_id).erased:
                    raise KeyDestroyed


@cache
def _sealed_fields(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a struct that may hold something sealed, at any depth."""
    return tuple(name for name, hint in get_type_hints(kind).items() if _may_seal(hint))


def _may_seal(hint: Any) -> bool:
    if hint is Sealed:
        return True
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return bool(_sealed_fields(hint))
    return any(_may_seal(part) for part in get_args(hint))


def _persons(value: Any) -> Iterator[int]:
    """Whose values these are."""
    if isinstance(value, str):
        person_id = person_of(Sealed(value))
        if person_id is not None:
            yield person_id
    elif isinstance(value, msgspec.Struct):
        for name in _sealed_fields(type(value)):
            yield from _persons(getattr(value, name))
    elif isinstance(value, dict):
        yield from _persons(tuple(value.values()))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _persons(one)
