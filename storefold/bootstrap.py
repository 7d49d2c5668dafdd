"""The one place where parts are put together. Each process builds what it needs from the settings, and
imports no more than that: Elasticsearch's client, Celery and the Stripe SDK each take longer to import than
a process without them takes to start.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from storefold.names import owners
from storefold.outside import build_google, build_intent_finder, build_sms, build_storage, build_stripe
from storefold.settings import Settings
from workers.presence import dispatcher_acts, worker_present
from write_side.account.authorise import authorise
from write_side.account.erasure import ensure_nobody_erased
from write_side.account.reminders import Reminders
from write_side.bus import Bus
from write_side.database import Database, connect
from write_side.event_store import PostgresLog
from write_side.identifiers import IdAllocator
from write_side.media import StorageAway
from write_side.observations.log import ObservationLog
from write_side.observations.observer import Observer
from write_side.order.buyers import buyer_of
from write_side.personal_data import Vault
from write_side.registry import COMMANDS
from write_side.secrets.password_resets import PasswordResets, Reset
from write_side.secrets.passwords import Credentials, hash_password
from write_side.secrets.refresh_tokens import RefreshTokens
from write_side.secrets.sign_in import SignIn
from write_side.values import Sealed

if TYPE_CHECKING:
    from celery import Celery

    from api.parts import Parts
    from api.throttling import Rates
    from workers.dispatcher import Dispatcher
    from workers.open_effects import Connection


def utc_now() -> str:
    """The server's clock, as events carry it."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Services:
    """What the `prepare` steps of handlers are given: ids, sealing and hashing, and what never changes."""

    def __init__(self, new_id: IdAllocator, vault: Vault, log: PostgresLog, sign_in: SignIn) -> None:
        self.new_id = new_id
        self._vault = vault
        self._log = log
        self._credentials = Credentials(log)
        self._resets = PasswordResets(log)
        self._sign_in = sign_in

    def seal(self, person_id: int, text: str) -> Sealed:
        return self._vault.seal(person_id, text)

    def email_hash(self, email: str) -> str:
        return self._vault.lookup_hash(email.lower())

    def lookup_hash(self, kind: str, value: str) -> str:
        return self._vault.lookup_hash(f"{kind}:{value}")

    def hash_password(self, password: str) -> str:
        return hash_password(password)

    def buyer_of(self, order_id: int) -> int | None:
        """None: nobody's, or there is no such order."""
        return buyer_of(self._log, order_id)

    def find_reset(self, token: str) -> Reset | None:
        return self._resets.find(token)

    def email_of(self, person_id: int) -> str | None:
        identity = self._sign_in.identity(person_id)
        return identity.email if identity is not None else None

    def known(self, *names: tuple[str, str]) -> bool:
        return any(owners(self._log, kind, [value]) for kind, value in names)

    def check_password(self, person_id: int, password: str) -> bool:
        return self._credentials.check(person_id, password)

    def reach_keys(self) -> None:
        self._vault.reach()

    def destroy_key(self, person_id: int) -> None:
        self._vault.destroy(person_id)


@dataclass(frozen=True, slots=True)
class WriteSide:
    """A process's side of the log: the bus and what signs people in."""

    database: Database
    log: PostgresLog
    vault: Vault
    bus: Bus
    sign_in: SignIn
    refresh_tokens: RefreshTokens
    services: Services

    def close(self) -> None:
        self.bus.close()
        self.database.close()
        self.vault.close()


def build_vault(settings: Settings) -> Vault:
    return Vault(Database(settings.keys_dsn), master_key_bytes(settings))


def build_write_side(settings: Settings, *, cached: int = 100_000) -> WriteSide:
    """Connects to nothing yet: connections are made when first used. `cached`: aggregates that the bus
    keeps in memory."""
    assert COMMANDS, "importing the registry has registered every command"
    database = Database(settings.postgres_dsn)
    log = PostgresLog(database)
    vault = build_vault(settings)
    new_id = IdAllocator(lambda: _next_block(log))
    sign_in = SignIn(log, vault)
    services = Services(new_id, vault, log, sign_in)
    bus = Bus(
        log,
        authorise=authorise,
        vet=ensure_nobody_erased,
        fingerprint=lambda request: bytes.fromhex(vault.lookup_hash(request)),
        new_id=new_id,
        clock=utc_now,
        services=services,
        cache_size=cached,
    )
    return WriteSide(
        database=database,
        log=log,
        vault=vault,
        bus=bus,
        sign_in=sign_in,
        refresh_tokens=RefreshTokens(log),
        services=services,
    )


def build_parts(settings: Settings) -> "Parts":
    """What an API process works with."""
    from api.parts import ApiSettings, Parts

    write_side = build_write_side(settings)
    return Parts(
        settings=ApiSettings(
            secret_key=settings.secret_key.get_secret_value(),
            redis_url=settings.redis_url,
            elasticsearch_url=settings.elasticsearch_url,
            max_body_bytes=settings.max_body_bytes,
            body_seconds=settings.body_seconds,
            cors_origins=tuple(settings.cors_origins),
            trusted_proxies=frozenset(settings.trusted_proxies),
            rates=build_rates(settings),
            see_own_writes=settings.read_own_writes_seconds,
            secure_cookies=settings.secure_cookies,
            own_hosts=frozenset({urlsplit(settings.base_url).netloc}),
            google=build_google(settings),
            stripe_webhook_secret=settings.stripe_webhook_secret.get_secret_value(),
            carrier_webhook_secret=settings.carrier_webhook_secret.get_secret_value(),
        ),
        bus=write_side.bus,
        log=write_side.log,
        sign_in=write_side.sign_in,
        refresh_tokens=write_side.refresh_tokens,
        observer=Observer(ObservationLog(write_side.database), utc_now),
        find_intent=build_intent_finder(settings),
        reminders=Reminders(
            write_side.log,
            write_side.sign_in,
            lambda phone: write_side.services.lookup_hash("phone", phone),
            build_sms(settings),
        ),
        storage=build_storage(settings),
        others={
            "dispatcher": lambda: dispatcher_acts(settings.postgres_dsn),
            "worker": lambda: worker_present(settings.postgres_dsn),
        },
    )


def build_rates(settings: Settings) -> "Rates | None":
    """How often a client may ask; None where limits are off."""
    from api.throttling import Policy, Rate, Rates

    if settings.rate_limits == "off":
        return None
    guards = {"login", "register", "open_login", "open_register", "native_login"}
    return Rates(
        **{
            name: Policy(name.replace("_", "-"), Rate.parse(getattr(settings, f"rate_{name}")), name in guards)
            for name in Rates.__annotations__
        }
    )


def build_worker_app(settings: Settings) -> "Celery":
    """The Celery application with its tasks; a process's parts are built by its first task."""
    from workers.app import Hands, build_app
    from workers.erasure import Erasures
    from workers.mail import Mails, MailSettings
    from workers.mail_smtp import Smtp
    from workers.payments import Parts as WorkerParts
    from workers.payments import Payments
    from workers.pictures import Pictures

    def hands() -> Hands:
        write_side = build_write_side(settings)
        parts = WorkerParts(write_side.bus, write_side.log, write_side.vault, build_stripe(settings))
        senders = {"martaff": settings.martaff_mail_from}
        mail = MailSettings(settings.mail_from, settings.base_url, senders, settings.login_page)
        mails = Mails(write_side.log, write_side.vault, Smtp(settings.smtp_url), mail)
        storage = build_storage(settings)
        pictures = Pictures(write_side.log, storage)
        payments = Payments(parts)
        also = [payments.erase_person, *([pictures.erase_person] if storage is not None else [])]
        erasures = Erasures(write_side.log, write_side.vault, also)
        return Hands(parts, payments, mails, pictures, erasures)

    return build_app(settings.celery_broker, hands)


def build_dispatcher(settings: Settings) -> "Dispatcher":
    """What turns the log's effects into tasks."""
    from workers.app import build_app, sender
    from workers.dispatcher import Dispatcher
    from workers.pruning import prune_keys

    assert COMMANDS, "importing the registry has registered every event"

    def prune(conn: "Connection") -> int:
        from storefold.seed import step_keys

        # What the demo was made of is made once in a home's life, however long that is.
        return prune_keys(conn, settings.idempotency_days, step_keys() if settings.profile == "development" else [])

    return Dispatcher(settings.postgres_dsn, sender(build_app(settings.celery_broker)), prune)


def reconcile_now(settings: Settings, *, everything: bool = False) -> int:
    """Enqueues what is overdue, or all that is open; how many."""
    from workers.app import build_app, sender
    from workers.reconciler import reconcile

    with closing(connect(settings.postgres_dsn)) as conn:
        return reconcile(conn, sender(build_app(settings.celery_broker)), everything=everything)


def sweep_pictures(settings: Settings) -> int:
    """Deletes stored pictures that no command took within a day; how many. Raises StorageAway."""
    from workers.sweeping import sweep

    storage = build_storage(settings)
    if storage is None:
        raise StorageAway("the storage is switched off")
    log = PostgresLog(Database(settings.postgres_dsn))
    try:
        return sweep(log, storage)
    finally:
        log.close()


def master_key_bytes(settings: Settings) -> bytes:
    """The setting is any secret text; the key is derived from it."""
    return sha256(settings.master_key.get_secret_value().encode()).digest()


def _next_block(log: PostgresLog) -> int:
    with log.connection() as conn:
        row = conn.execute("SELECT nextval('ids')").fetchone()
    assert row is not None
    return int(row[0])
