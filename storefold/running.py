"""Settings for a command that is run by hand beside a running product."""

from collections.abc import Mapping

import psycopg
from pydantic import ValidationError

from storefold.settings import Settings, get_settings
from storefold.stack import Endpoints, StackError
from write_side.database import connect


class NotRunning(StackError):
    """There is no product to work on."""


def located(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """The settings with the addresses that a stack has put into an environment."""
    found = {name.removeprefix("STOREFOLD_").lower(): value for name, value in environment.items()}
    return settings.model_copy(update=found)


def unfit(error: ValidationError) -> list[str]:
    """What is wrong with the settings, a line each, by the names of the variables."""
    said = []
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        place = ".".join(str(part) for part in fault["loc"])
        why = fault["msg"].removeprefix("Value error, ")
        said.append(f"A setting cannot stand: {place + ': ' if place else ''}{why}")
    return said


def running_settings() -> Settings:
    """The settings of the environment where it names the stores, else those of the product that runs
    in STOREFOLD_HOME. Raises NotRunning, or StackError for settings that cannot stand; the text says what to do."""
    try:
        settings = get_settings()
    except ValidationError as error:
        raise StackError("\n".join(unfit(error))) from error
    named = bool(settings.postgres_dsn)
    if not named:
        try:
            settings = located(settings, Endpoints.of(settings.home).environ())
        except StackError as error:
            raise NotRunning(_advice(settings, "was never started")) from error
    try:
        connect(settings.postgres_dsn).close()
    except psycopg.OperationalError as error:
        if named:
            raise NotRunning(f"Postgres does not answer at STOREFOLD_POSTGRES_DSN: {error}") from error
        raise NotRunning(_advice(settings, "does not run")) from error
    return settings


def _advice(settings: Settings, state: str) -> str:
    return (
        f"The product in {settings.home.resolve()} {state}. Start it with `make run` in another terminal, "
        "or name the home of the one that runs: STOREFOLD_HOME=/path/to/home"
    )
