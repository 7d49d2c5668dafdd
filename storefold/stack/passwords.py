"""Generated passwords of a home, one file each, readable by its owner only.

In: a home and a file name. Out: the same random text at every call.
"""

import contextlib
import os
import secrets
from pathlib import Path


def password(home: Path, name: str) -> str:
    """Read the password, or make it on first use: 128 random bits in hexadecimal."""
    path = home / name
    if not path.exists():
        fresh = path.with_name(f".{name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(16) + "\n")
        # A link, not a rename: of two first users at once, both must get the winner's.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()
