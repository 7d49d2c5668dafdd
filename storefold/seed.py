"""What a development installation starts with: the demo's people and products, sent as commands.

Each command carries an Idempotency-Key of its own, so each is done once in a home's life: what was
sold, changed or deleted since is left alone, and a start that was killed here goes on where it was.
`missing` is what every start asks, in one query; `load_demo` is for the one that has something to do.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storefold.demo.accounts import DEMO_ACCOUNTS, SELLER, DemoAccount
from storefold.demo.catalogue import demo_products
from storefold.names import owners
from storefold.settings import Settings
from write_side.account.commands import GrantRole, RegisterAccount, VerifyEmail
from write_side.batch import Accepted
from write_side.bus import IdempotencyKey
from write_side.catalog.product.commands import CreateProduct
from write_side.database import connect
from write_side.messages import Actor, Command
from write_side.refusals import Conflict, IdempotencyKeyReused

if TYPE_CHECKING:
    from storefold.bootstrap import WriteSide

ACTOR = Actor(service="demo")
SCOPE = "demo"
Progress = Callable[[int, int], None]
"""Commands answered, commands sent."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A command to be done once, under the name that tells."""

    name: str
    command: Command

    @property
    def key(self) -> IdempotencyKey:
        return IdempotencyKey(SCOPE, self.name)


def step_keys() -> dict[bytes, str]:
    """The names of all steps by what their Idempotency-Keys are stored as."""
    names = [name for account in DEMO_ACCOUNTS for name in _names(account)]
    names += [_product(product["sku"]) for product in demo_products()]
    return {IdempotencyKey(SCOPE, name).digest(): name for name in names}


def missing(dsn: str) -> set[str]:
    """The names of the steps that were not done yet. Raises psycopg's errors."""
    by_key = step_keys()
    with connect(dsn) as conn:
        query = "SELECT key FROM idempotency WHERE key = ANY (%s)"
        for (key,) in conn.execute(query, (list(by_key),), binary=True):
            del by_key[bytes(key)]
    return set(by_key.values())


def load_demo(settings: Settings, progress: Progress = lambda _done, _all: None) -> int:
    """Makes what was not made yet; how many commands that took. Raises what the bus refuses."""
    # Here, because `storefold run` asks `missing` and should not carry the write side around for it.
    from storefold.bootstrap import build_write_side

    wanted = missing(settings.postgres_dsn)
    if not wanted:
        return 0
    write = build_write_side(settings)
    try:
        made = _send(write, [_register(account) for account in DEMO_ACCOUNTS], wanted)
        ids = _ids(write)
        there = [account for account in DEMO_ACCOUNTS if account.email in ids]
        made += _send(write, [step for account in there for step in _raise_up(account, ids[account.email])], wanted)
        seller = {"seller_id": ids.get(SELLER.email)}
        goods = [
            _Step(_product(fields["sku"]), CreateProduct.model_validate({**fields, **seller}))
            for fields in demo_products()
        ]
        return made + _send(write, goods, wanted, progress)
    finally:
        write.close()


def _product(sku: str) -> str:
    return f"product {sku}"


def _names(account: DemoAccount) -> list[str]:
    """The steps that make an account."""
    return [_register(account).name, *(step.name for step in _raise_up(account, 1))]


def _register(account: DemoAccount) -> _Step:
    fields = {
        "email": account.email,
        "password": account.password,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "roles": [role for role in account.roles if role in ("buyer", "seller")],
    }
    return _Step(f"account {account.email}", RegisterAccount.model_validate(fields))


def _raise_up(account: DemoAccount, person_id: int) -> list[_Step]:
    """What follows the registration: the address is taken for verified, and further roles are given."""
    roles = [role for role in account.roles if role not in ("buyer", "seller")]
    roles += ["superadmin"] if account.is_super_admin else []
    grants = [(role, GrantRole.model_validate({"person_id": person_id, "role": role})) for role in roles]
    return [
        _Step(f"verified {account.email}", VerifyEmail(person_id=person_id)),
        *(_Step(f"role {role} of {account.email}", grant) for role, grant in grants),
    ]


def _ids(write: "WriteSide") -> dict[str, int]:
    """Those that are there: an account may have been deleted since, or have another address."""
    hashes = {account.email: write.vault.lookup_hash(account.email) for account in DEMO_ACCOUNTS}
    found = owners(write.log, "email", hashes.values())
    return {email: found[digest] for email, digest in hashes.items() if digest in found}


def _send(
    write: "WriteSide", steps: list[_Step], wanted: set[str], progress: Progress = lambda _done, _all: None
) -> int:
    """Sends all at once, so that the bus batches them, and waits for the answers."""
    answers = [write.bus.submit(step.command, ACTOR, step.key) for step in steps if step.name in wanted]
    made = 0
    for number, answer in enumerate(answers, start=1):
        made += _done(answer)
        progress(number, len(answers))
    return made


def _done(answer: "Future[Accepted]") -> bool:
    try:
        answer.result()
    except (Conflict, IdempotencyKeyReused):
        return False  # somebody made it by other means: it is theirs, then
    return True
