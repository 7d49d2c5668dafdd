"""The rules of accounts."""

from write_side.account.events import (
    AccountDeactivated,
    AccountErased,
    AccountReactivated,
    AddressAdded,
    AddressRemoved,
    DefaultAddressChanged,
    EmailChanged,
    EmailVerified,
    PasswordChanged,
    RoleGranted,
    RoleRevoked,
)
from write_side.account.state import Account
from write_side.messages import Actor, Event
from write_side.refusals import Conflict, Forbidden, Invalid, NotFound
from write_side.values import Sealed

MAX_ADDRESSES = 200


class EmailTaken(Conflict):
    type = "email-taken"
    title = "An account with this e-mail address exists already"


class NoSuchAccount(NotFound):
    type = "no-such-account"
    title = "No such account"


class NoSuchAddress(NotFound):
    type = "no-such-address"
    title = "No such address in your book"


class TooManyAddresses(Conflict):
    type = "too-many-addresses"
    title = f"A book holds at most {MAX_ADDRESSES} addresses"


class WrongPassword(Invalid):
    type = "wrong-password"
    title = "The old password is wrong"


class WeakPassword(Invalid):
    """`extra`: complaints, one text each."""

    type = "weak-password"
    title = "The password does not do"


class NoSuchResetLink(Invalid):
    """Unknown, used, or replaced by a newer one: which of them is nobody's affair."""

    type = "no-such-reset-link"
    title = "The link for a new password is none, was used, or was replaced by a newer one"


class ResetLinkExpired(Invalid):
    type = "reset-link-expired"
    title = "The link for a new password has expired"


class UnverifiedGoogleAddress(Invalid):
    """Anybody can give Google any address; one that it has not verified names nobody here."""

    type = "unverified-google-address"
    title = "Google has not verified the e-mail address"


class AccountIsGone(Conflict):
    type = "account-is-gone"
    title = "The account was there a moment ago; try again"


class SuperAdministratorOnly(Forbidden):
    type = "super-administrator-only"
    title = "Only a super-administrator may do this"


class OwnPower(Conflict):
    """So that a shop always has somebody who may do everything."""

    type = "own-power"
    title = "Nobody takes this from themselves; another super-administrator may"


def verify_email(account: Account) -> list[Event]:
    ensure_exists(account)
    return [] if account.verified else [EmailVerified(person_id=account.person_id)]


def change_email(account: Account, email: Sealed, email_hash: str, confirm: bool) -> list[Event]:
    """Whatever its letters' case, the same address is no change."""
    if email_hash == account.email_hash:
        return []
    return [EmailChanged(person_id=account.person_id, email=email, email_hash=email_hash, confirm=confirm)]


def reset_password(account: Account, number: int) -> list[Event]:
    """`number`: of the request that the link answers. The newest alone is good, until a password is set."""
    if not account.active or not account.reset_open or number != account.resets:
        raise NoSuchResetLink
    return [PasswordChanged(person_id=account.person_id)]


def add_address(account: Account, address_id: int, address_type: str, is_default: bool, address: Sealed) -> list[Event]:
    if len(account.addresses) >= MAX_ADDRESSES:
        raise TooManyAddresses
    cleared: list[Event] = [
        DefaultAddressChanged(person_id=account.person_id, address_id=other, is_default=False)
        for other, known in account.addresses.items()
        if is_default and known.is_default and known.address_type == address_type
    ]
    added = AddressAdded(
        person_id=account.person_id,
        address_id=address_id,
        address_type=address_type,
        is_default=is_default,
        address=address,
    )
    return [*cleared, added]


def remove_address(account: Account, address_id: int) -> list[Event]:
    find_address(account, address_id)
    return [AddressRemoved(person_id=account.person_id, address_id=address_id)]


def find_address(account: Account, address_id: int) -> Sealed:
    address = account.addresses.get(address_id)
    if address is None:
        raise NoSuchAddress(address_id=address_id)
    return address.address


def grant_role(account: Account, role: str, actor: Actor) -> list[Event]:
    ensure_exists(account)
    _ensure_may_hand_out(role, actor)
    if role in account.roles:
        return []
    return [RoleGranted(person_id=account.person_id, role=role)]


def revoke_role(account: Account, role: str, actor: Actor) -> list[Event]:
    ensure_exists(account)
    _ensure_may_hand_out(role, actor)
    if role not in account.roles:
        return []
    if role == "superadmin":
        _ensure_another(account, actor)
    return [RoleRevoked(person_id=account.person_id, role=role)]


def deactivate(account: Account, actor: Actor) -> list[Event]:
    _ensure_may_shut_out(account, actor)
    _ensure_another(account, actor)
    return [AccountDeactivated(person_id=account.person_id)] if account.active else []


def reactivate(account: Account, actor: Actor) -> list[Event]:
    _ensure_may_shut_out(account, actor)
    return [] if account.active else [AccountReactivated(person_id=account.person_id)]


def erase(account: Account, actor: Actor) -> list[Event]:
    """Everybody may take themselves away, but for a super-administrator, or the last one could. Others are taken
    away by those who may shut them out."""
    if account.person_id != actor.person_id or actor.service is not None:
        if not actor.is_admin:
            raise Forbidden("only administrators may delete another's account")
        if account.erased:
            return []
        _ensure_may_shut_out(account, actor)
    elif "superadmin" in account.roles:
        raise OwnPower
    return [AccountErased(person_id=account.person_id)]


def ensure_exists(account: Account) -> None:
    if not account.exists:
        raise NoSuchAccount


def _ensure_may_hand_out(role: str, actor: Actor) -> None:
    if role in ("admin", "superadmin"):
        _ensure_superadmin(actor)


def _ensure_may_shut_out(account: Account, actor: Actor) -> None:
    ensure_exists(account)
    if account.roles & {"admin", "superadmin"}:
        _ensure_superadmin(actor)


def _ensure_another(account: Account, actor: Actor) -> None:
    if account.person_id == actor.person_id:
        raise OwnPower


def _ensure_superadmin(actor: Actor) -> None:
    if actor.service is None and "superadmin" not in actor.roles:
        raise SuperAdministratorOnly
