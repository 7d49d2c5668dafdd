"""The real services without a container engine, and the supervisor that runs them.

In: a home folder. Out: Postgres 18, Redis, Elasticsearch 9.5, a mail catcher, stand-ins for Stripe and Google and an
object storage on loopback ports, started from installed packages, kept alive, and stopped without a trace outside the
home. `storefold run` and the tests call `Stack`; the product's own processes join as `Service`s.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storefold.stack.errors import HomeInUse, Interrupted, MissingTool, StackError, StartFailed
    from storefold.stack.service import Service
    from storefold.stack.stack import Endpoints, Stack
    from storefold.stack.supervisor import Supervisor

__all__ = [
    "Endpoints",
    "HomeInUse",
    "Interrupted",
    "MissingTool",
    "Service",
    "Stack",
    "StackError",
    "StartFailed",
    "Supervisor",
]

_MODULES = {"Endpoints": "stack", "Stack": "stack", "Service": "service", "Supervisor": "supervisor"}


def __getattr__(name: str) -> object:
    """Load on first use: the stand-ins run as modules of this package, and half a second of imports
    that they do not need would be added to every start."""
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'errors')}"), name)
