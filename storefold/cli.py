"""The command line: `storefold --help` leads to everything.

Each process of the product is one command (`api`, `projector`, ...); `run` starts them all, with the
real services, in the foreground.
"""

import logging
import sys
from enum import StrEnum
from typing import Annotated

import typer

from storefold.cli_tools import add_tools

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Storefold, an event-sourced commerce backend.\n\nEvery command's own --help says more.",
    pretty_exceptions_show_locals=False,  # a traceback must not print secrets
)


LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Store(StrEnum):
    redis = "redis"
    elasticsearch = "elasticsearch"


@app.command()
def run() -> None:
    """Run the whole product in the foreground: services, projectors, workers, API.

    The last line says when it is ready; Ctrl-C stops everything. A home that was used before is found
    again as it was left.

    Settings are environment variables:

    PORT: where the API listens on loopback (8000).

    STOREFOLD_HOME: the folder that keeps all state, logs and mail (var/). Several homes, each with a
    PORT of its own, run side by side.

    STOREFOLD_PROFILE: development (with demo accounts and products) or production (needs secrets of its
    own and starts empty: see create-admin).

    STOREFOLD_RATE_LIMITS: on or off. STRIPE_WEBHOOK_SECRET and CARRIER_WEBHOOK_SECRET: what webhooks are
    signed with.
    """
    from storefold.run import run_product

    sys.exit(run_product())


@app.command("load-demo")
def load_demo_products() -> None:
    """Give a development shop its accounts and products (`run` does it by itself)."""
    from storefold.seed import load_demo
    from storefold.settings import get_settings

    settings = get_settings()
    if settings.profile != "development":
        raise typer.BadParameter("the demo's passwords are public: it is for the development profile alone")
    typer.echo(f"{load_demo(settings)} commands carried out")


@app.command()
def migrate() -> None:
    """Bring the databases to the current schema (needs the owner's connection strings)."""
    from storefold.migrate import migrate_databases
    from storefold.settings import get_settings

    for name in migrate_databases(get_settings()):
        typer.echo(f"applied {name}")


@app.command()
def api() -> None:
    """Serve the HTTP API."""
    from storefold.serve import serve

    serve()


@app.command()
def projector(store: Annotated[Store, typer.Argument(help="which store to keep up to date")]) -> None:
    """Follow the log into one store of read models."""
    from projections.main import Places
    from projections.main import run as follow
    from storefold.bootstrap import build_vault
    from storefold.settings import get_settings

    settings = get_settings()
    places = Places(settings.postgres_dsn, settings.redis_url, settings.elasticsearch_url)
    follow(store.value, places, build_vault(settings).open)


@app.command()
def dispatcher() -> None:
    """Follow the log and hand what it asks of the world outside to the workers."""
    from storefold.bootstrap import build_dispatcher
    from storefold.settings import get_settings
    from workers.dispatcher import run_until_signalled

    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    run_until_signalled(build_dispatcher(get_settings()))


@app.command()
def worker(concurrency: Annotated[int, typer.Option(min=1, help="tasks at once")] = 8) -> None:
    """Carry out side effects (Stripe) until stopped."""
    from storefold.bootstrap import build_worker_app
    from storefold.settings import get_settings
    from workers.app import run_worker

    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    logging.getLogger("stripe").setLevel(logging.WARNING)  # three lines a call
    settings = get_settings()
    run_worker(build_worker_app(settings), settings.postgres_dsn, concurrency)


@app.command()
def reconcile(
    everything: Annotated[bool, typer.Option("--all", help="what is not overdue yet, too")] = False,
) -> None:
    """Have the workers try again what has no result (the dispatcher does so by itself)."""
    from storefold.bootstrap import reconcile_now
    from storefold.running import NotRunning, running_settings

    try:
        typer.echo(f"{reconcile_now(running_settings(), everything=everything)} to be tried again")
    except NotRunning as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@app.command()
def destroy_keys() -> None:
    """Destroy again the keys of deleted people (after a backup of the key database was restored)."""
    import psycopg
    from eventsourcing.persistence import OperationalError

    from storefold.keys_command import destroy_again
    from storefold.running import NotRunning, running_settings

    try:
        typer.echo(f"{destroy_again(running_settings())} destroyed")
    except (NotRunning, OperationalError, psycopg.Error) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@app.command()
def sweep_pictures() -> None:
    """Delete stored pictures that were uploaded a day ago and never used (to be run daily)."""
    from storefold import bootstrap
    from storefold.running import NotRunning, running_settings
    from write_side.media import StorageAway

    try:
        typer.echo(f"{bootstrap.sweep_pictures(running_settings())} deleted")
    except (NotRunning, StorageAway) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


add_tools(app)
