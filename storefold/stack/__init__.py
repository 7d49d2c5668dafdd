"""The real services without a container engine, and the supervisor that runs them.

In: a home folder. Out: Postgres 18, Redis, Elasticsearch 9.5, a mail catcher and a Stripe stand-in on
loopback ports, started from installed packages, kept alive, and stopped without a trace outside the
home. `storefold run` and the tests call `Stack`; the product's own processes join as `Service`s.
"""

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
