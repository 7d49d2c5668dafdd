"""What a command, an event and their envelope are.

Events are plain frozen structs: facts without stream, version or time. The envelope adds those
when the bus appends them, and is what the `eventsourcing` library sees as a domain event
(`originator_id`, `originator_version`).
"""

import re
from enum import StrEnum
from typing import Any, ClassVar

import msgspec
from eventsourcing.utils import register_topic
from pydantic import BaseModel, ConfigDict


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A stored fact. `TOPIC` is its name for ever (never a Python path); a changed shape raises
    `class_version` and brings `upcast_v{n}_v{n+1}(state: dict) -> None` for what is stored."""

    TOPIC: ClassVar[str]
    class_version: ClassVar[int] = 1
    erases: ClassVar[bool] = False
    """Whether it takes something out of every document for good: no document may miss it."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        topic = cls.__dict__.get("TOPIC")
        if topic is not None:
            register_topic(topic, cls)
            EVENT_TYPES[topic] = cls


EVENT_TYPES: dict[str, type[Event]] = {}
"""Every event class by its topic; filled as the `events` modules are imported."""


class Metadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Who, when and why, beside each event. `at` is the server's clock, for reading, never for order:
    order is the position alone."""

    at: str  # ISO 8601, UTC, microseconds, ends in Z
    actor: int | None = None  # person id; None: nobody signed in, or a service
    service: str | None = None  # the part of ours that acted: "worker", "import", ...
    surface: str | None = None  # the API surface that was spoken
    request: str | None = None  # id of the HTTP request or of the run
    correlation: str | None = None  # ties together all that one request set off
    causation: int | None = None  # position of the event that this one follows from
    command: str | None = None  # unique number of the command: its events share it


class Recorded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event in its stream: the library's domain event. `position` is 0 until it is appended."""

    originator_id: str
    originator_version: int
    event: Event
    meta: Metadata
    position: int = 0


class Access(StrEnum):
    """Who may send a command. Ownership of the object is a rule of `decide`, not of this list."""

    ANYONE = "anyone"
    SIGNED_IN = "signed-in"
    SELLER = "seller"  # sellers and administrators
    ADMIN = "admin"
    SERVICE = "service"  # parts of the product itself: workers, importers


class Command(BaseModel):
    """What a client may ask. Fields are validated here; rules that need state are in `decide`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    access: ClassVar[Access] = Access.SIGNED_IN

    at_once: ClassVar[bool] = False
    """Whether every surface answers only when queries see it, too: of what takes a right away."""

    @classmethod
    def command_name(cls) -> str:
        """`AddToCart` → `add-to-cart`: its name in paths and logs."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()


class Actor(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who sends a command, as the token said it. The bus holds it against the account as it is now:
    a role that was taken away no longer counts, a role that is not in the token does not yet."""

    person_id: int | None = None
    roles: frozenset[str] = frozenset()
    service: str | None = None
    surface: str | None = None
    request: str | None = None
    correlation: str | None = None
    causation: int | None = None

    @property
    def is_admin(self) -> bool:
        return "admin" in self.roles or "superadmin" in self.roles or self.service is not None

    @property
    def is_seller(self) -> bool:
        return "seller" in self.roles or self.is_admin


ANONYMOUS = Actor()
IMPORTER = Actor(service="import")
"""Who brings in catalogues and past business. What is brought in is no news: nobody is alerted by it."""
