"""What a surface is called, where it lies and how it speaks: data, so that shared code asks no surface who it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.rows.errors import Errors
from api.throttling import Policies, Rates


@dataclass(frozen=True, slots=True)
class Options:
    """How a path describes itself to `OPTIONS`: what it answers with, and what it takes where no row says."""

    renders: tuple[str, ...]
    parses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """`name`: the surface's, in events' metadata and of the refresh tokens that it issues. `prefix` stands before its
    rows' paths; `owns`: what the paths begin with that nobody else answers. `schema`, `docs`: where its OpenAPI
    document and the page about it lie. `rates`: its limits among all that there are. `options`: none, where its
    contract knows no `OPTIONS`. `examples`: the document's values, by field."""

    name: str
    prefix: str
    owns: tuple[str, ...]
    errors: Errors
    rates: Callable[[Rates], Policies]
    title: str
    about: str
    schema: str
    docs: str
    options: Options | None = None
    examples: Mapping[str, Any] = field(default_factory=dict)
