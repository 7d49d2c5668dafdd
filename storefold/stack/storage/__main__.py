"""`python -m storefold.stack.storage --port P --home DIR [--host ADDRESS] [--bucket NAME]`.

In: a port and a home folder; the secret that presigned addresses are signed with stands in
STOREFOLD_STORAGE_SECRET_KEY. Out: the stand-in on loopback (or `--host`) until SIGTERM or Ctrl-C.
"""

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from werkzeug.serving import make_server

from storefold.settings import DEVELOPMENT_STORAGE_SECRET
from storefold.stack.storage.server import Storage
from storefold.stack.storage.shelf import HomeInUse, Shelf


def main() -> int:
    """Run until stopped; 1 when the home or the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m storefold.stack.storage")
    parser.add_argument("--host", default="127.0.0.1", help="wider only inside a container's own network")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True, metavar="DIR")
    parser.add_argument("--bucket", default=os.environ.get("STOREFOLD_STORAGE_BUCKET", "storefold"))
    options = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # not a line for each request
    home: Path = options.home
    home.mkdir(parents=True, exist_ok=True)
    try:
        shelf = Shelf(home / "objects.sqlite3")
        secret = os.environ.get("STOREFOLD_STORAGE_SECRET_KEY", DEVELOPMENT_STORAGE_SECRET)
        server = make_server(options.host, options.port, Storage(shelf, options.bucket, secret), threaded=True)
    except (HomeInUse, OSError) as error:
        print(f"Storage stand-in: {error}", file=sys.stderr)
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        # `shutdown` waits for the loop that this very thread is in.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    server.server_close()
    shelf.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
