"""Who has to do with an order, and what each of them may do to it."""

from collections.abc import Set

from write_side.messages import Actor
from write_side.order.decide import MoveNotAllowed, NoSuchOrder
from write_side.order.state import Order
from write_side.policies import StatusTable
from write_side.refusals import Forbidden, Invalid

ADMIN, BUYER, SELLER = "admin", "buyer", "seller"

Roles = Set[str]
"""What somebody is to an order: its buyer, a seller of a line, an administrator, or several of these."""


class SellsNoLine(Forbidden):
    type = "sells-no-line"
    title = "This is for those who sell a line of the order"


class MoveNotYours(Forbidden):
    """`extra`: old and new, in the table's words."""

    type = "move-not-yours"
    title = "This move is for others to make"


class ReasonMissing(Invalid):
    type = "reason-missing"
    title = "Whoever cancels what another bought says why"


def roles_of(order: Order, actor: Actor) -> Roles:
    """Raises NoSuchOrder for whoever has nothing to do with it. A hidden order is there for the product's own
    parts alone: what was paid can still be reported."""
    if not order.order_id or (order.hidden and actor.service is None):
        raise NoSuchOrder
    roles = {ADMIN} if actor.is_admin else set()
    if actor.person_id is not None and order.person_id == actor.person_id:
        roles.add(BUYER)
    if sells(order, actor):
        roles.add(SELLER)
    if not roles:
        raise NoSuchOrder
    return roles


def sells(order: Order, actor: Actor) -> bool:
    return actor.is_seller and actor.person_id is not None and actor.person_id in order.sellers


def on_side(roles: Roles, side: str) -> Roles:
    """The roles that count: on the sellers' side it does not that one is the buyer. Raises SellsNoLine."""
    if side != SELLER:
        return roles
    if roles == {BUYER}:
        raise SellsNoLine
    return roles - {BUYER}


def ensure_table(table: StatusTable, actor: Actor) -> None:
    """A table that names no movers is the administrators'."""
    if not table.movers and not actor.is_admin:
        raise Forbidden("only administrators may do this")


def ensure_move(order: Order, wanted: str, table: StatusTable, roles: Roles) -> None:
    """`wanted` in the table's words."""
    if wanted not in table.moves:
        raise Invalid(f"must be one of {', '.join(table.moves)}", field="status")
    now = table.words[order.status]
    if wanted not in table.moves[now]:
        raise MoveNotAllowed(f"Cannot change from {now} to {wanted}", old=now, new=wanted)
    if ADMIN not in roles and not any(wanted in table.movers.get(role, {}).get(now, ()) for role in roles):
        raise MoveNotYours(old=now, new=wanted)


def ensure_may_cancel(roles: Roles, reason: str) -> None:
    """Buyers need no reason, and administrators answer for themselves."""
    if roles == {SELLER} and not reason.strip():
        raise ReasonMissing(field="reason")


def ensure_sells(order: Order, actor: Actor) -> int:
    """The seller whose part it is about."""
    if not sells(order, actor) or actor.person_id is None:
        raise SellsNoLine
    return actor.person_id


def parts_of(order: Order, actor: Actor) -> list[int | None]:
    """Whose parts somebody speaks for: a seller for their own, an administrator who sells nothing of it for
    everybody's. Raises SellsNoLine."""
    if not actor.is_admin or sells(order, actor):
        return [ensure_sells(order, actor)]
    return sorted(order.sellers, key=lambda seller: seller or 0)
