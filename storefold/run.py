"""`storefold run`: the real services and the product's own processes, in the foreground."""

import sys
from urllib.request import urlopen

from rich.console import Console

from storefold.migrate import migrate_databases
from storefold.settings import get_settings
from storefold.stack import Service, Stack, StackError


def run_product() -> int:
    """Until Ctrl-C or SIGTERM; the exit status."""
    settings = get_settings()
    console = Console()
    try:
        with Stack(settings.home, console) as stack:
            stack.supervisor.handle_signals()
            environment = stack.endpoints.environ()
            stack.start()
            migrate_databases(settings.model_copy(update=_fields(environment)))
            stack.supervisor.start(*_own_services(environment, settings.port))
            console.print(f"Storefold is ready at http://{settings.host}:{settings.port}")
            stack.supervisor.wait()
    except StackError as error:
        console.print(str(error), style="red", highlight=False, markup=False)
        return 1
    return 0


def _fields(environment: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("STOREFOLD_").lower(): value for name, value in environment.items()}


def _own_services(environment: dict[str, str], port: int) -> list[Service]:
    command = (sys.executable, "-m", "storefold")
    answers = f"http://127.0.0.1:{port}/health/live"
    return [
        Service(
            name="projector-redis",
            argv=(*command, "projector", "redis"),
            env=environment,
        ),
        Service(
            name="projector-elasticsearch",
            argv=(*command, "projector", "elasticsearch"),
            env=environment,
        ),
        Service(
            name="api",
            argv=(*command, "api"),
            env=environment,
            ready=lambda: bool(urlopen(answers, timeout=1).status == 200),
        ),
    ]
