"""The services of one home, together: what `storefold run` and the tests start.

In: a home. Out: `Endpoints`, where each service is, and a `Supervisor` that runs them.

    with Stack(home) as stack:
        stack.start()
        connect(stack.endpoints.postgres_dsn)
"""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console

from storefold.stack import elasticsearch, postgres, redis, standins
from storefold.stack.errors import StackError
from storefold.stack.home import HomeLock
from storefold.stack.ports import Ports, read_ports
from storefold.stack.service import Service
from storefold.stack.supervisor import Supervisor

PORT_NAMES = ("postgres", "redis", "elasticsearch", "elasticsearch-transport", "smtp", "stripe", "storage", "google")


@dataclass(frozen=True)
class Endpoints:
    """Where the services of a home answer. All of it is loopback.

    The names are those of `storefold.settings`: `postgres_dsn` and `keys_dsn` are the application's
    role, which may do what the migrations grant it; the `owner` ones may do everything.
    """

    postgres_dsn: str
    postgres_owner_dsn: str
    keys_dsn: str
    keys_owner_dsn: str
    redis_url: str
    elasticsearch_url: str
    smtp_host: str
    smtp_port: int
    stripe_url: str
    storage_url: str
    google_url: str
    outbox: Path

    @classmethod
    def of(cls, home: Path) -> "Endpoints":
        """The endpoints of a home that was started before, by this process or another."""
        home = home.resolve()
        ports = read_ports(home)
        if missing := [name for name in PORT_NAMES if name not in ports]:
            raise StackError(f"{home} has no {', '.join(missing)} yet: it was never started")
        port = ports["postgres"]
        return cls(
            postgres_dsn=postgres.dsn(home, port, "storefold", postgres.APPLICATION),
            postgres_owner_dsn=postgres.dsn(home, port, "storefold"),
            keys_dsn=postgres.dsn(home, port, "storefold_keys", postgres.APPLICATION),
            keys_owner_dsn=postgres.dsn(home, port, "storefold_keys"),
            redis_url=redis.url(home, ports["redis"]),
            elasticsearch_url=f"http://127.0.0.1:{ports['elasticsearch']}",
            smtp_host="127.0.0.1",
            smtp_port=ports["smtp"],
            stripe_url=f"http://127.0.0.1:{ports['stripe']}",
            storage_url=f"http://127.0.0.1:{ports['storage']}",
            google_url=f"http://127.0.0.1:{ports['google']}",
            outbox=home / "outbox",
        )

    def environ(self) -> dict[str, str]:
        """The same as environment variables, for processes that read their settings there."""
        return {
            "STOREFOLD_POSTGRES_DSN": self.postgres_dsn,
            "STOREFOLD_POSTGRES_OWNER_DSN": self.postgres_owner_dsn,
            "STOREFOLD_KEYS_DSN": self.keys_dsn,
            "STOREFOLD_KEYS_OWNER_DSN": self.keys_owner_dsn,
            "STOREFOLD_REDIS_URL": self.redis_url,
            "STOREFOLD_ELASTICSEARCH_URL": self.elasticsearch_url,
            "STOREFOLD_SMTP_URL": f"smtp://{self.smtp_host}:{self.smtp_port}",
            "STOREFOLD_STRIPE_API_BASE": self.stripe_url,
            "STOREFOLD_STORAGE_ENDPOINT": self.storage_url,
            "STOREFOLD_GOOGLE_ISSUER": self.google_url,
        }


class Stack:
    """The lock, the ports and the supervisor of one home.

    Raises `HomeInUse` where another process has the home, other `StackError`s where something is
    missing; their messages are for the person at the console.
    """

    def __init__(self, home: Path | str, console: Console | None = None) -> None:
        self.home = Path(home).absolute()
        self._lock = HomeLock(self.home)
        # Postgres compares its folder with what the kernel calls it, so the home has one spelling.
        self.home = self.home.resolve()
        self.supervisor = Supervisor(self.home, console)
        self._ports = Ports(self.home)
        try:
            for name in PORT_NAMES:
                self._ports.get(name)
        except BaseException:
            self.close()
            raise

    @property
    def endpoints(self) -> Endpoints:
        """Known before anything is started."""
        return Endpoints.of(self.home)

    def services(self) -> list[Service]:
        """The real services, none of which depends on another."""
        port = self._ports.get
        return [
            postgres.service(self.home, port("postgres")),
            redis.service(self.home, port("redis")),
            elasticsearch.service(self.home, port("elasticsearch"), port("elasticsearch-transport")),
            standins.mail(self.home, port("smtp")),
            standins.stripe(self.home, port("stripe")),
            standins.storage(self.home, port("storage")),
            standins.google(port("google")),
        ]

    def start(self, *more: Service) -> None:
        """Start the real services and `more` (the product's own processes); return when all are ready."""
        self.supervisor.start(*self.services(), *more)

    def close(self) -> None:
        """Stop everything and give the home back."""
        self.supervisor.stop()
        self._ports.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
