"""Puts the stand-in's resources in the place of localstripe's.

In: the store and the webhook outbox. Out: localstripe's `server` module, imported only
now, so that the routes it builds at import time lead to our classes.
"""

import importlib
from collections.abc import Callable
from typing import Any

from storefold.stack.stripe import lookup
from storefold.stack.stripe.charges import Charge
from storefold.stack.stripe.database import Database
from storefold.stack.stripe.events import Event
from storefold.stack.stripe.intents import PaymentIntent
from storefold.stack.stripe.payment_methods import PaymentMethod, Token
from storefold.stack.stripe.refunds import Refund
from storefold.stack.stripe.store import ObjectStore
from storefold.stack.stripe.upstream import resources

_OURS = (Charge, Event, PaymentIntent, PaymentMethod, Refund, Token)


def open_store(database: Database) -> ObjectStore:
    """Load what the home holds and make localstripe use it. Once per process."""
    base = resources.StripeObject
    replaced = [(getattr(resources, cls.__name__), cls) for cls in _OURS]
    for cls in _OURS:
        setattr(resources, cls.__name__, cls)
    base._api_retrieve = classmethod(lookup.retrieve)
    base._api_list_all = classmethod(lookup.page)
    resources.extra_apis[:] = [
        (method, url, _rebound(function, replaced)) for method, url, function in resources.extra_apis
    ]
    store = ObjectStore(database)
    resources.store = store

    def set_attribute(thing: Any, name: str, value: Any) -> None:
        object.__setattr__(thing, name, value)
        store.touch(thing)

    base.__setattr__ = set_attribute
    return store


def routes(announce: Callable[[Any], None]) -> Any:
    """Localstripe's `server` module; its events go to `announce`."""
    resources.schedule_webhook = announce
    return importlib.import_module("localstripe.server")


def _rebound(function: Any, replaced: list[tuple[Any, Any]]) -> Any:
    for theirs, ours in replaced:
        if getattr(function, "__self__", None) is theirs:
            return getattr(ours, function.__name__)
    return function
