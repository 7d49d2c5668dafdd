"""Accounts, for their owners and for administrators."""

import msgspec

from read_side.documents.person import Account, Loyalty
from read_side.queries.page import Page, offset_of
from read_side.redis import Documents

_account = msgspec.json.Decoder(Account)
_loyalty = msgspec.json.Decoder(Loyalty)


class Accounts:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def by_id(self, person_id: int) -> Account | None:
        return await self._documents.one("accounts", str(person_id), _account)

    async def loyalty_points(self, person_id: int) -> int:
        found = await self._documents.one("loyalty", str(person_id), _loyalty)
        return found.points if found is not None else 0

    async def all(self, page: int, size: int, role: str | None = None) -> Page[Account]:
        """Latest registration first; with `role` those who have it."""
        index = "all" if role is None else f"role:{role}"
        return Page(*await self._documents.page("accounts", index, offset_of(page, size), size, _account))
