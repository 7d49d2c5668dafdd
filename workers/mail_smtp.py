"""Hands a mail to a mail server. What leaves: nothing, or one of two exceptions, for all that a caller
can do is to try again or to record the refusal."""

import contextlib
import logging
import smtplib
import ssl
from email.message import EmailMessage
from typing import Final
from urllib.parse import unquote, urlsplit

log = logging.getLogger(__name__)

TIMEOUT: Final = 10.0  # seconds for each step of the conversation


class MailServerAway(Exception):
    """Nobody took the mail, or nobody said so. Try again later: the Message-ID makes a repeat recognisable."""


class MailRefused(Exception):
    """The server will never take this mail. The text is its reply code alone: what else it says may name
    the recipient."""


class Smtp:
    """`url`: smtp://[user:password@]host[:port], encrypted as soon as the server offers it, or smtps://.
    Each mail has a connection of its own, so one that broke is nobody else's. Thread-safe."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        self._encrypted = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or (465 if self._encrypted else 25)
        self._login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._timeout = timeout

    def send(self, mail: EmailMessage) -> None:
        """Returns once the server has taken the mail. Raises MailServerAway or MailRefused."""
        if not self._host:
            raise MailServerAway("no mail server is configured (STOREFOLD_SMTP_URL)")
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            # A wrong password is ours to mend, not the mail's fault: it waits.
            raise MailServerAway(_what(error)) from error
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            [(code, _)] = error.recipients.values()
            raise _verdict(code) from error
        except smtplib.SMTPSenderRefused as error:
            log.error("the mail server refuses our own address, %s: %s", error.sender, error.smtp_code)
            raise MailServerAway(_what(error)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused("no SMTPUTF8") from error
        except smtplib.SMTPResponseException as error:
            raise _verdict(error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerAway(_what(error)) from error
        else:
            # It has the mail; how it says goodbye changes nothing.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
        finally:
            server.close()

    def _connect(self) -> smtplib.SMTP:
        if self._encrypted:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        try:
            server.ehlo_or_helo_if_needed()
            if not self._encrypted and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if self._login is not None:
                server.login(*self._login)
        except BaseException:
            server.close()
            raise
        return server


def _verdict(code: int) -> Exception:
    """RFC 5321 4.2.1: 5yz is final, all else is for now. 421 comes when a server shuts down."""
    return MailRefused(str(code)) if 500 <= code < 600 else MailServerAway(str(code))


def _what(error: Exception) -> str:
    """The error without what the server said: that may name the recipient."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code is not None else f"{type(error).__name__}: {error}"
