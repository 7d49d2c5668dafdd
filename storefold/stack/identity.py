"""Whom a program that refuses to be root may be instead.

In: nothing but the rights of this process. Out: the identity for `launch.py`, and the folder's owner
it implies. A user namespace is preferred: files stay ours and closed parent folders stay open. Where
the kernel or a container forbids it, a system user of our own does the work.
"""

import os
import pwd
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from storefold.stack.errors import MissingTool

LAUNCH = Path(__file__).parent / "launch.py"
SYSTEM_USER = "storefold"


def launch_argv(argv: tuple[str, ...], identity: str, death_signal: int) -> list[str]:
    """The command line that runs `argv` under `identity`, its life tied to ours."""
    python = [sys.executable, "-I", "-S", str(LAUNCH)]
    return [*python, str(os.getpid()), str(int(death_signal)), identity, *argv]


@cache
def not_root() -> str:
    """An identity other than root; `self` for an ordinary user."""
    if os.geteuid() != 0:
        return "self"
    # Inside the namespace the number must have a name: initdb looks it up.
    someone = next(user for user in pwd.getpwall() if user.pw_uid != 0)
    namespace = f"userns:{someone.pw_uid}:{someone.pw_gid}"
    probe = subprocess.run(
        launch_argv((sys.executable, "-I", "-S", "-c", "pass"), namespace, 9), capture_output=True, check=False
    )
    if probe.returncode == 0:
        return namespace
    user = _system_user()
    return f"user:{user.pw_uid}:{user.pw_gid}"


def hand_over(folder: Path, identity: str) -> None:
    """Give a folder and all in it to the identity, where that is a user of its own."""
    kind, *ids = identity.split(":")
    if kind == "user":
        for path in (folder, *folder.rglob("*")):
            os.chown(path, int(ids[0]), int(ids[1]), follow_symlinks=False)


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise MissingTool(
            "Postgres refuses to run as root, user namespaces are not permitted here, and useradd is missing. "
            "Run as an ordinary user, or install it: apt-get install passwd"
        )
    subprocess.run(
        [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        check=True,
    )
    return pwd.getpwnam(SYSTEM_USER)
