"""`storefold log`: the event log as JSON Lines, for a pipe."""

import os
import sys

import msgspec
import typer

from history.log import entries
from storefold.running import running_settings
from storefold.stack import StackError
from write_side.database import Database
from write_side.event_store import PostgresLog
from write_side.registry import EVENTS


def print_log(*, after: int, upto: int | None, stream: str, events: list[str]) -> int:
    """The exit status; 0 also when the reader of the pipe has seen enough."""
    unknown = sorted(set(events) - set(EVENTS))
    if unknown:
        typer.echo(f"no event is called {', '.join(unknown)}; there are: {', '.join(sorted(EVENTS))}", err=True)
        return 2
    try:
        log = PostgresLog(Database(running_settings().postgres_dsn))
    except StackError as error:
        typer.echo(error, err=True)
        return 1
    encode = msgspec.json.Encoder().encode
    try:
        for entry in entries(log.read, after=after, upto=upto, stream=stream, events=events or None):
            sys.stdout.buffer.write(encode(entry) + b"\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains at exit
    finally:
        log.close()
    return 0
