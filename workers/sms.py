"""Sends SMS: through Twilio's API by one POST, or, in development, into a file of JSON lines.

Not an effect of an event: whoever asks for one is told at once whether it was sent.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx

from write_side.account.reminders import SmsNotSent

TIMEOUT: Final = 10.0  # seconds for the whole call


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """`sender`: a number in E.164 that belongs to the account."""

    sid: str
    token: str
    sender: str
    api_base: str = "https://api.twilio.com"


def twilio(account: TwilioAccount) -> Callable[[str, str], None]:
    """Raises SmsNotSent, which never says what the provider answered: that may name the recipient."""

    def send(to: str, body: str) -> None:
        if not (account.sid and account.token and account.sender):
            raise SmsNotSent("there are no credentials for the SMS provider")
        try:
            answer = httpx.post(
                f"{account.api_base}/2010-04-01/Accounts/{account.sid}/Messages.json",
                auth=(account.sid, account.token),
                data={"To": to, "From": account.sender, "Body": body},
                timeout=TIMEOUT,
            )
        except httpx.HTTPError as error:
            raise SmsNotSent(f"the SMS provider does not answer: {type(error).__name__}") from error
        if not answer.is_success:
            raise SmsNotSent(f"the SMS provider answered {answer.status_code}")

    return send


def file_outbox(path: Path) -> Callable[[str, str], None]:
    """Lines `{"to", "body", "at"}`; each is one write, so that processes may share the file."""

    def send(to: str, body: str) -> None:
        line = json.dumps({"to": to, "body": body, "at": datetime.now(UTC).isoformat()}, ensure_ascii=False) + "\n"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, line.encode())
            finally:
                os.close(file)
        except OSError as error:
            raise SmsNotSent(f"the outbox cannot be written: {error.strerror}") from error

    return send
