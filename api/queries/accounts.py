"""The questions after accounts."""

from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import answer
from api.auth import Callers
from api.parts import Parts
from api.queries import account_answers as shapes
from api.queries.declaring import Declare
from api.queries.parameters import Paging, PathId, person_of
from read_side.documents.person import Account
from write_side.messages import Actor
from write_side.refusals import NotFound


class AskedAccounts(Paging):
    role: Annotated[str, Field(pattern="^(buyer|seller|admin|superadmin)$")] | None = None


def add_account_queries(query: Declare, parts: Parts, callers: Callers) -> None:
    """`query` declares a route and what it answers."""
    SignedIn = Annotated[Actor, Depends(callers.signed_in)]
    Admin = Annotated[Actor, Depends(callers.admin)]

    @query("/account", shapes.OwnAccountAnswer)
    async def account(request: Request, who: SignedIn) -> Response:
        """The caller's account."""
        me = person_of(who)
        points = await parts.reads.accounts.loyalty_points(me)
        return answer(request, shapes.own_account(await _account(parts, me), points))

    @query("/account/{person_id}", shapes.AccountAnswer)
    async def account_of(request: Request, person_id: PathId, who: Admin) -> Response:
        """Anybody's account, for administrators."""
        return answer(request, shapes.account(await _account(parts, person_id)))

    @query("/accounts", shapes.AccountPage)
    async def accounts(request: Request, asked: Annotated[AskedAccounts, Query()], who: Admin) -> Response:
        """All accounts, latest registration first, for administrators."""
        found = await parts.reads.accounts.all(asked.page, asked.size, asked.role)
        items = [shapes.account(a) for a in found.items]
        return answer(request, shapes.AccountPage(items, found.total, asked.page, asked.size))


async def _account(parts: Parts, person_id: int) -> Account:
    found = await parts.reads.accounts.by_id(person_id)
    if found is None:
        raise NotFound
    return found
