"""A mail server in the test's own process: keeps what it takes, and refuses or dies when told to."""

import asyncio
import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Postbox:
    """`answers`: what the server says to the next recipients (`rcpt`) or contents (`data`), one after the
    other, instead of taking them; None takes it after all, "drop" hangs up, "drop-after" takes it and hangs up."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.rcpt: list[str | None] = []
        self.data: list[str | None] = []
        self.url = ""
        self.wait: threading.Event | None = None  # for contents, before they are answered

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _: Any) -> str:
        if self.rcpt and (answer := self.rcpt.pop(0)) is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.wait is not None:
            await asyncio.to_thread(self.wait.wait, 20)
        answer = self.data.pop(0) if self.data else None
        if answer is not None and not answer.startswith("drop"):
            return answer
        if answer != "drop":
            assert isinstance(envelope.content, bytes)
            self.mails.append(parsed(envelope.content))
            self.recipients += envelope.rcpt_tos
        if answer is not None:
            server.transport.abort()
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


@contextlib.contextmanager
def postbox() -> Iterator[Postbox]:
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    try:
        yield box
    finally:
        controller.stop()


def parsed(content: bytes) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(content, policy=default))


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def token_in(mail: EmailMessage) -> str:
    """The token of the mail's link."""
    found = re.search(r"/api/v1/auth/verify-email/\?token=([\w-]+)", text_of(mail))
    assert found is not None, text_of(mail)
    return found.group(1)


class Outbox:
    """The mails that the product's own catcher keeps, of a home."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "outbox"

    def to(self, address: str) -> list[EmailMessage]:
        """Oldest first."""
        head = f"X-RcptTo: {address}\r\n".encode()
        found = [path.read_bytes() for path in sorted(self._folder.glob("*.eml"))]
        return [parsed(content) for content in found if head in content]
