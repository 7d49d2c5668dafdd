"""Turns itself into a service: run as a script by the supervisor, it never returns.

In: `launch.py PARENT SIGNAL IDENTITY PROGRAM ARG…`. Out: the same process, now running PROGRAM.
PARENT is the supervisor's pid, SIGNAL what the kernel sends us when the supervisor dies,
IDENTITY who we are to be: `self`, `userns:UID:GID` or `user:UID:GID`.

A script of its own rather than `preexec_fn`, because the supervisor has threads and Python between
fork and exec may deadlock there. It imports nothing but the standard library, so that it starts
under `-I -S` in about 20 ms.
"""

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
LINUX_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *args: object) -> None:
    if getattr(_libc, name)(*args) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")


def enter_user_namespace(uid: int, gid: int) -> None:
    """Appear as uid:gid from inside while every file stays owned by who we really are.

    Nothing is chowned, and directories that only we may enter (mode 0700) stay open to us.
    """
    real_uid, real_gid = os.geteuid(), os.getegid()
    _call("unshare", CLONE_NEWUSER)
    # Without "deny" the kernel lets nobody but a privileged parent write gid_map.
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {real_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {real_gid} 1")


class _CapHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapData(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def become_user(uid: int, gid: int) -> None:
    """Really become uid:gid, keeping only the right to pass directories that root closed (0700)."""
    _call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    only = 1 << CAP_DAC_OVERRIDE
    header = _CapHeader(LINUX_CAPABILITY_VERSION_3, 0)
    data = (_CapData * 2)(_CapData(only, only, only), _CapData(0, 0, 0))
    _call("capset", ctypes.byref(header), ctypes.byref(data))
    _call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def main(argv: list[str]) -> None:
    """Take the identity, tie our life to the parent's, then become the program."""
    parent, death_signal = int(argv[1]), int(argv[2])
    kind, *ids = argv[3].split(":")
    if kind == "userns":
        enter_user_namespace(int(ids[0]), int(ids[1]))
    elif kind == "user":
        become_user(int(ids[0]), int(ids[1]))
    # After the identity: the kernel forgets this request when credentials change.
    _call("prctl", PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    # The parent may have died before the request stood; then nobody would ever signal us.
    if os.getppid() != parent:
        sys.exit("the supervisor is gone")
    os.execv(argv[4], argv[4:])


if __name__ == "__main__":
    main(sys.argv)
