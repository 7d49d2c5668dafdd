"""What the surfaces work with; `storefold/bootstrap.py` fills it in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.google import GoogleSettings
from api.recent import Recent
from api.storage import Storage
from api.throttling import Rates
from api.uploads.keeping import Uploads
from read_side.open import ReadSide
from write_side.account.reminders import Reminders
from write_side.bus import Bus
from write_side.event_store import PostgresLog
from write_side.observations.observed import Kind
from write_side.observations.observer import Observer
from write_side.secrets.refresh_tokens import RefreshTokens
from write_side.secrets.sign_in import SignIn


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The part of the settings that concerns HTTP. `trusted_proxies`: addresses and networks."""

    secret_key: str
    redis_url: str
    elasticsearch_url: str
    max_body_bytes: int = 1_048_576
    body_seconds: float = 30.0  # for a whole body to arrive
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: frozenset[str] = frozenset({"127.0.0.1", "::1"})
    rates: Rates | None = None  # how often a client may ask; None: as often as it likes
    see_own_writes: float = 2.0  # seconds that a surface waits for its read models after a write
    min_position_wait: float = 5.0  # seconds that a query waits for Storefold-Min-Position
    secure_cookies: bool = True  # over HTTPS alone
    own_hosts: frozenset[str] = frozenset()  # under which browsers know this server, beside what they send as Host
    google: GoogleSettings = field(default_factory=GoogleSettings)
    stripe_webhook_secret: str = ""
    carrier_webhook_secret: str = ""
    stripe_wait: float = 10.0  # seconds that a client waits for Stripe's answer to a worker


@dataclass(slots=True)
class Parts:
    """A process's core. `reads` is opened when the server starts: it lives on the event loop."""

    settings: ApiSettings
    bus: Bus
    log: PostgresLog
    sign_in: SignIn
    refresh_tokens: RefreshTokens
    reminders: Reminders
    observer: Observer
    # A payment intent as Stripe knows it now; None: it knows none. Raises Unavailable. Blocks: for a thread.
    find_intent: Callable[[str], dict[str, Any] | None]
    # Where pictures are; None: the shop has none. Blocks: for threads.
    storage: Storage | None = None
    # Whether each part that is no store is there, by name; for the readiness page. Block, and raise what they like.
    others: Mapping[str, Callable[[], bool]] = field(default_factory=dict)
    # All that clients wrote, for searches; and what they were answered before the read models had it.
    recent: Recent = field(default_factory=Recent)
    unseen: Recent = field(default_factory=Recent)
    uploads: Uploads = field(init=False)
    _reads: ReadSide | None = field(default=None)

    def __post_init__(self) -> None:
        self.uploads = Uploads(self.storage, self.settings.secret_key)

    @property
    def reads(self) -> ReadSide:
        assert self._reads is not None, "the application was not started"
        return self._reads

    def observe(self, kind: Kind, subject: int, person_id: int | None = None) -> None:
        """Counts that somebody looked at a product or a category; costs a microsecond and never fails."""
        self.observer.observe(kind, subject, person_id)

    async def open(self) -> None:
        self._reads = await ReadSide.open(self.settings.redis_url, self.settings.elasticsearch_url)

    async def close(self) -> None:
        await self.reads.close()
        self.observer.close()
        self.bus.close()
        self.log.close()
