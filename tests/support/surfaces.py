"""Somebody at one of the surfaces that keep a contract of their own: every answer is held against the surface's OpenAPI
document."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from support.product import PASSWORD, PLAIN, Client
from support.shopper import Document


class Where(NamedTuple):
    """`prefix` stands before the paths that a test names; `schema` is where the document lies."""

    prefix: str
    schema: str


MARTAFF = Where("", "/martaff/schema/")
MARKETPLACE = Where("/api/marketplace", "/api/marketplace/schema/")


@lru_cache
def document_at(url: str, where: Where) -> Document:
    return Document(httpx.get(url + where.schema).json())


@dataclass
class Caller:
    """Speaks to one surface. `home` is the product's; `native` is the same person at the native surface, to make
    things with (the surface may not have rows for them) and to look behind what it says. Cookies are kept as a
    browser does."""

    where: Where
    url: str
    home: Path
    native: Client | None = None
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {} if self.native is None else {"Authorization": f"Bearer {self.native.token}"}
        hooks = {"response": [document_at(self.url, self.where).check]}
        base = self.url + self.where.prefix
        self.http = httpx.Client(base_url=base, timeout=30, headers=headers, event_hooks=hooks, verify=PLAIN)

    @property
    def core(self) -> Client:
        """Of people who are signed in."""
        assert self.native is not None
        return self.native

    @property
    def person_id(self) -> int:
        person_id = self.core.person_id
        assert person_id is not None
        return person_id

    def newcomer(self, *roles: str) -> "Caller":
        """Registers somebody and signs them in."""
        return Caller(self.where, self.url, self.home, self._nobody().newcomer(*roles))

    def signed_in(self, email: str, password: str = PASSWORD) -> "Caller":
        return Caller(self.where, self.url, self.home, self._nobody().signed_in(email, password))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.http.get(path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.send("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.send("PUT", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.send("PATCH", path, body, **options)

    def delete(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.send("DELETE", path, body, **options)

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """`body` as JSON; `data` and `files` among the options make forms."""
        if body is not None:
            options["json"] = body
        return self.http.request(method, path, **options)

    def _nobody(self) -> Client:
        return Client(self.url, self.home)
