"""`storefold create-admin`: the first account of a shop, which may make all others."""

import getpass
import sys

from eventsourcing.persistence import OperationalError
from pydantic import ValidationError
from rich.console import Console

from storefold.bootstrap import WriteSide, build_write_side
from storefold.names import owners
from storefold.running import running_settings
from storefold.stack import StackError
from write_side.account.commands import GrantRole, RegisterAccount, VerifyEmail
from write_side.account.decide import EmailTaken
from write_side.messages import Actor
from write_side.refusals import Refusal

ACTOR = Actor(service="create-admin")


def create_from_the_console(email: str) -> int:
    """The exit status: 2 for an address or a password that cannot stand."""
    console = Console(stderr=True)

    def say(text: str, style: str = "red") -> None:
        console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)

    try:
        settings = running_settings()
        wanted = RegisterAccount.model_validate({"email": email, "password": _password(), "roles": []})
        write = build_write_side(settings)
        try:
            made = create_admin(write, wanted)
        finally:
            write.close()
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False, include_context=False):
            say(f"{fault['loc'][0]}: {fault['msg']}")
        return 2
    except (StackError, Refusal, OperationalError, _Differ) as error:
        say(str(error))
        return 1
    say(f"{email} is a super-administrator" + ("" if made else " now; the password is as it was"), "")
    return 0


def create_admin(write: WriteSide, wanted: RegisterAccount) -> bool:
    """Registers the account, unless it exists (then False), and gives it every right. Run again it
    finishes what was interrupted. Raises the refusal."""
    try:
        write.bus.execute(wanted, ACTOR)
        made = True
    except EmailTaken:
        made = False
    digest = write.vault.lookup_hash(wanted.email)
    person_id = owners(write.log, "email", [digest])[digest]
    write.bus.execute(VerifyEmail(person_id=person_id), ACTOR)
    for role in ("admin", "superadmin"):
        write.bus.execute(GrantRole.model_validate({"person_id": person_id, "role": role}), ACTOR)
    return made


class _Differ(Exception):
    """The password was not typed the same twice."""


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise _Differ("The two passwords differ; nothing was done")
    return first
