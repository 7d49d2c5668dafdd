"""A mail server that delivers into a folder: `python -m storefold.stack.smtp --port P --outbox DIR`.

In: SMTP on loopback. Out: each accepted mail as one `.eml` file, complete from the moment it can be
seen, sorted by arrival. The envelope stands in `X-MailFrom` and `X-RcptTo` headers at its top,
because blind copies appear nowhere else.
"""

import argparse
import asyncio
import os
import secrets
import signal
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MAIL = 32 * 1024 * 1024


class Outbox:
    """aiosmtpd's handler: keeps what arrives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Answer 250 only when the mail is on the disk."""
        await asyncio.to_thread(self.keep, envelope)
        return "250 2.0.0 OK"

    def keep(self, envelope: Envelope) -> Path:
        """Write beside, then rename: whoever watches the folder never reads half a mail."""
        head = f"X-MailFrom: {envelope.mail_from}\r\nX-RcptTo: {', '.join(envelope.rcpt_tos)}\r\n"
        content = envelope.content
        body = content if isinstance(content, bytes) else (content or "").encode()
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        fresh = self._folder / f".{name}.part"
        with fresh.open("wb") as file:
            file.write(head.encode() + body)
            file.flush()
            os.fsync(file.fileno())
        return fresh.rename(self._folder / f"{name}.eml")


async def serve(host: str, port: int, outbox: Path) -> None:
    """Serve until SIGTERM or SIGINT."""
    handler = Outbox(outbox)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(
        lambda: SMTP(handler, data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, hostname="localhost"),
        host=host,
        port=port,
    )
    async with server:
        await stopped.wait()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m storefold.stack.smtp")
    parser.add_argument("--host", default="127.0.0.1", help="wider only inside a container's own network")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--outbox", type=Path, required=True)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.host, arguments.port, arguments.outbox))


if __name__ == "__main__":
    main()
