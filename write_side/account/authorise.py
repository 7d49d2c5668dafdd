"""Whether the actor may send a command at all, by the account as it is now.

The token says which roles the person had when it was issued, the account which are left: what was
taken away since no longer counts, and a deactivated person is nobody, at once.
"""

import msgspec

from write_side.account.state import ACCOUNT
from write_side.messages import Access, Command
from write_side.refusals import Forbidden, Unauthenticated
from write_side.work import Work


def authorise(command: Command, work: Work) -> None:
    """Raises Unauthenticated or Forbidden; narrows the actor's roles to those still held."""
    actor = work.actor
    if command.access is Access.ANYONE or actor.service is not None:
        return
    if command.access is Access.SERVICE:
        raise Forbidden("this command is for the product's own parts")
    if actor.person_id is None:
        raise Unauthenticated
    account = work.state(ACCOUNT, actor.person_id)
    if not account.active:
        raise Unauthenticated("the account is not active")
    if not actor.roles <= account.roles:
        actor = work.actor = msgspec.structs.replace(actor, roles=actor.roles & account.roles)
    if command.access is Access.SELLER and not actor.is_seller:
        raise Forbidden("only sellers and administrators may do this")
    if command.access is Access.ADMIN and not actor.is_admin:
        raise Forbidden("only administrators may do this")
