"""SMS: Twilio's API as it is spoken to, and the file that stands in for it."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from storefold.settings import Settings
from workers.sms import TwilioAccount, file_outbox, twilio
from write_side.account.reminders import SmsNotSent


class Provider:
    def __init__(self) -> None:
        self.status = 201
        self.seen: list[tuple[str, str, dict[str, list[str]]]] = []
        self.url = ""


@pytest.fixture
def provider() -> Iterator[Provider]:
    told = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told.seen.append((self.path, self.headers["Authorization"], parse_qs(body)))
            self.send_response(told.status)
            self.end_headers()
            self.wfile.write(b'{"message": "about +15551234567"}')

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def test_one_post_per_message(provider: Provider) -> None:
    twilio(TwilioAccount("AC1", "secret", "+15550000000", provider.url))("+15551234567", "Grüße")
    [(path, authorization, form)] = provider.seen
    assert path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert authorization == f"Basic {b64encode(b'AC1:secret').decode()}"
    assert form == {"To": ["+15551234567"], "From": ["+15550000000"], "Body": ["Grüße"]}


@pytest.mark.parametrize("status", [400, 401, 500, 302])
def test_a_provider_that_refuses(provider: Provider, status: int) -> None:
    provider.status = status
    with pytest.raises(SmsNotSent) as refused:
        twilio(TwilioAccount("AC1", "secret", "+15550000000", provider.url))("+15551234567", "x")
    assert "+1555" not in str(refused.value)


@pytest.mark.parametrize(
    "account",
    [
        TwilioAccount("", "secret", "+1"),
        TwilioAccount("AC1", "", "+1"),
        TwilioAccount("AC1", "secret", ""),
        TwilioAccount("AC1", "secret", "+1", "http://127.0.0.1:9"),  # nobody there
    ],
)
def test_without_credentials_or_a_provider_nothing_is_sent(account: TwilioAccount) -> None:
    with pytest.raises(SmsNotSent):
        twilio(account)("+15551234567", "x")


def test_the_outbox_is_lines_of_json(tmp_path: Path) -> None:
    send = file_outbox(tmp_path / "outbox" / "sms.jsonl")
    send("+15551234567", "first\nline")
    send("+15551234568", "zweite – Zeile")
    lines = [json.loads(line) for line in (tmp_path / "outbox" / "sms.jsonl").read_text().splitlines()]
    assert [(line["to"], line["body"]) for line in lines] == [
        ("+15551234567", "first\nline"),
        ("+15551234568", "zweite – Zeile"),
    ]
    assert all(line.keys() == {"to", "body", "at"} for line in lines)
    (tmp_path / "file").write_text("")
    with pytest.raises(SmsNotSent):
        file_outbox(tmp_path / "file" / "sms.jsonl")("+15551234567", "x")


def test_development_writes_to_the_file_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().sends_sms_to_file
    assert not Settings(sms="twilio").sends_sms_to_file
    secrets = {"secret_key": "a", "master_key": "b", "stripe_webhook_secret": "c", "carrier_webhook_secret": "d"}
    monkeypatch.setenv("STRIPE_API_KEY", "sk")
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "c")
    monkeypatch.setenv("CARRIER_WEBHOOK_SECRET", "d")
    monkeypatch.setenv("STOREFOLD_STORAGE", "off")
    assert not Settings(profile="production", **secrets).sends_sms_to_file  # type: ignore[arg-type]
