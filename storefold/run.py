"""`storefold run`: the real services and the product's own processes, in the foreground."""

import dataclasses
import os
import socket
import subprocess
import sys
import time

import psycopg
from pydantic import ValidationError
from rich.console import Console

from storefold.migrate import migrate_databases
from storefold.running import located, unfit
from storefold.settings import Settings, get_settings
from storefold.stack import Service, Stack, StackError
from storefold.stack.identity import launch_argv
from storefold.stack.probes import http_ok
from storefold.stack.service import Say
from storefold.welcome import welcome
from workers.presence import dispatcher_acts, worker_present

READY = 60.0  # seconds for the models to catch up once every process answers


def run_product() -> int:
    """Until Ctrl-C or SIGTERM; the exit status."""
    began = time.monotonic()
    console = Console()
    try:
        settings = get_settings()
        with Stack(settings.home, console) as stack:
            _port_is_free(settings)
            stack.supervisor.handle_signals()
            settings = located(settings, stack.endpoints.environ())
            stack.supervisor.start(*all_services(stack, settings))
            ready = f"{_address(settings)}/health/ready"
            stack.supervisor.wait_until(lambda: _answers(ready), READY)
            welcome(console, settings)
            took = time.monotonic() - began
            console.print(f"Storefold is ready at {settings.base_url} ({took:.1f} s)", highlight=False, soft_wrap=True)
            stack.supervisor.wait()
    except ValidationError as error:
        for text in unfit(error):
            console.print(text, style="red", highlight=False, markup=False, soft_wrap=True)
        return 1
    except StackError as error:
        console.print(str(error), style="red", highlight=False, markup=False, soft_wrap=True)
        return 1
    return 0


def all_services(stack: Stack, settings: Settings) -> list[Service]:
    """The whole product. `settings` name the stack's addresses."""
    environment = stack.endpoints.environ()
    furnished = [_furnished(service, settings, environment) for service in stack.services()]
    return [*furnished, *own_services(settings, environment)]


def own_services(settings: Settings, environment: dict[str, str]) -> list[Service]:
    """The product's processes. They wait for the schema, which Postgres has when it is ready, and stop
    before what they write to; Elasticsearch, the slowest, the projector can wait for by itself."""
    command = (sys.executable, "-m", "storefold")
    live = f"{_address(settings)}/health/live"

    def service(*name: str, **more: object) -> Service:
        made = Service(name="-".join(name), argv=(*command, *name), env=environment, after=("postgres", "redis"))
        return dataclasses.replace(made, **more)  # type: ignore[arg-type]

    return [
        service("projector", "redis"),
        service("projector", "elasticsearch"),
        service("dispatcher", ready=lambda: dispatcher_acts(settings.postgres_dsn)),
        service("worker", ready=lambda: worker_present(settings.postgres_dsn)),
        service("api", ready=lambda: http_ok(live)),
    ]


def _furnished(service: Service, settings: Settings, environment: dict[str, str]) -> Service:
    """Postgres is ready when it has the schema and, in development, the demo. That happens while
    Elasticsearch is still starting, and costs one look when it has happened before. The Stripe stand-in
    sends its news to the API, wherever that listens this time."""
    if service.name == "stripe":
        webhook = ("--webhook-url", f"{_address(settings)}/api/v1/payments/webhook/")
        secret = {"STRIPE_WEBHOOK_SECRET": settings.stripe_webhook_secret.get_secret_value()}
        return dataclasses.replace(service, argv=(*service.argv, *webhook), env={**service.env, **secret})
    if service.name != "postgres":
        return service

    def finish(say: Say) -> None:
        service.finish(say)
        try:
            say("bringing the schema up to date")
            migrate_databases(settings)
            if settings.profile == "development":
                _load_demo(settings, environment, say)
        except psycopg.Error as error:
            raise StackError(f"the databases could not be prepared: {error}") from error

    return dataclasses.replace(service, finish=finish)


def _load_demo(settings: Settings, environment: dict[str, str], say: Say) -> None:
    from storefold.seed import missing

    if not missing(settings.postgres_dsn):
        return
    say("loading the demo's accounts and products")
    # A process of its own: the write side takes 100 MB that the supervisor would keep to its end.
    done = subprocess.run(
        launch_argv((sys.executable, "-m", "storefold", "load-demo"), "self", 15),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StackError(f"the demo could not be loaded:\n{done.stdout}{done.stderr}")


def _port_is_free(settings: Settings) -> None:
    """Raises StackError. Found out first: the server would only say so after everything had started."""
    try:
        with socket.create_server((settings.host, settings.port), reuse_port=False):
            return
    except OSError as error:
        raise StackError(
            f"port {settings.port} of {settings.host} cannot be listened on ({os.strerror(error.errno or 0)}); "
            f"choose another: PORT={settings.port + 1} make run"
        ) from error


def _address(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    return f"http://{host}:{settings.port}"


def _answers(url: str) -> bool:
    try:
        return http_ok(url, timeout=5)
    except OSError:
        return False
