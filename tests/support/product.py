"""The whole product, as `storefold run` runs it, once per run of the tests and shared by all workers: what the suites
of the HTTP surfaces speak to. Tests in it live side by side, so each makes the people and products it needs.
"""

import itertools
import json
import os
import secrets
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from storefold.demo.accounts import ADMIN, BUYER, DEMO_PASSWORD, SELLER
from support.stack import RUN, TESTS, locked

START = 180  # seconds; alone it takes about ten
PASSWORD = "Storefold-test-1"
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of loopback: to load the authorities that they never ask takes longer than most tests."""
BODY_SECONDS = 3.0  # that this product gives a body to arrive
_numbers = itertools.count(1)


@dataclass
class Client:
    """Speaks to the product as one person (or nobody). `home` is the product's."""

    url: str
    home: Path
    token: str | None = None
    person_id: int | None = None
    email: str = ""
    position: int = 0
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        self.http = httpx.Client(base_url=self.url, timeout=30, headers=headers, verify=PLAIN)

    def signed_in(self, email: str, password: str = DEMO_PASSWORD) -> "Client":
        answer = self.http.post("/auth/token", data={"username": email, "password": password})
        assert answer.status_code == 200, answer.text
        return Client(self.url, self.home, answer.json()["access_token"], email=email)

    @property
    def admin(self) -> "Client":
        return self.signed_in(ADMIN.email)

    @property
    def seller(self) -> "Client":
        return self.signed_in(SELLER.email)

    @property
    def buyer(self) -> "Client":
        return self.signed_in(BUYER.email)

    def newcomer(self, *roles: str) -> "Client":
        """Somebody who has just registered."""
        email = f"{unique('person')}@people.test"
        body = {"email": email, "password": PASSWORD, "first_name": "New", "last_name": "Comer"}
        done = self.command("register-account", **body, roles=list(roles) or ["buyer"])
        client = self.signed_in(email, PASSWORD)
        client.person_id = done["result"]["person_id"]
        return client

    def send(self, command: str, headers: dict[str, str] | None = None, /, **fields: Any) -> httpx.Response:
        """A native command, whatever comes of it."""
        # json.dumps writes ASCII: a lone surrogate reaches the server as its escape.
        headers = {"Content-Type": "application/json", **(headers or {})}
        answer = self.http.post(f"/commands/{command}", content=json.dumps(fields), headers=headers)
        self.position = max(self.position, int(answer.headers.get("Storefold-Position", 0)))
        return answer

    def command(self, command: str, /, **fields: Any) -> dict[str, Any]:
        """A native command that must be accepted."""
        answer = self.send(command, **fields)
        assert answer.status_code == 200, answer.text
        self.query("brands")  # so that others see it, too
        body: dict[str, Any] = answer.json()
        return body

    def query(self, path: str, **params: Any) -> Any:
        """A native query that must be answered, and sees what this client did."""
        seen = {"Storefold-Min-Position": str(self.position)}
        answer = self.http.get(f"/queries/{path}", params=params, headers=seen)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def product(self, stock: int = 10, price: str = "19.99", **fields: Any) -> dict[str, Any]:
        """A product made by this client, who must be a seller or an administrator; its result."""
        named = {"name": unique("Thing"), "price": price, "stock": stock, **fields}
        result: dict[str, Any] = self.command("create-product", **named)["result"]
        return result

    def address(self, **fields: Any) -> int:
        """A shipping address in this client's book; its id."""
        whole = {
            "address_type": "shipping",
            "full_name": "Ada Lovelace",
            "street_address": "12 St James's Square",
            "city": "London",
            "country": "GB",
            "zip_code": "SW1Y 4JH",
            **fields,
        }
        return int(self.command("add-address", **whole)["result"]["address_id"])


def unique(word: str) -> str:
    """A name that no other test has."""
    return f"{word}-{os.getpid()}-{next(_numbers)}-{secrets.token_hex(3)}"


def shared_product() -> Client:
    """Nobody in particular, speaking to this run's product. Raises RuntimeError when it does not start."""
    folder = Path(os.environ[RUN])
    with locked(folder / "product.start"):
        if not (folder / "product.url").exists():
            _start(folder)
    return Client((folder / "product.url").read_text(), folder / "product")


def _start(folder: Path) -> None:
    log = folder / "product.log"
    if log.exists():
        raise RuntimeError(f"the product did not start:\n{log.read_text()}")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, str(TESTS / "support" / "product_process.py"), str(folder)],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            # One client asks more in a second than people do in an hour; limits have a server of their own.
            env={
                **os.environ,
                "PORT": str(port),
                "STOREFOLD_HOME": str(folder / "product"),
                "STOREFOLD_RATE_LIMITS": "off",
                "STOREFOLD_BODY_SECONDS": str(BODY_SECONDS),
            },
            start_new_session=True,
        )
    _started.append(process)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START
    while not ready(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the product did not start:\n{log.read_text()}")
        time.sleep(0.2)
    (folder / "product.url").write_text(url)


def ready(url: str) -> bool:
    """Ready and seeded: the accounts of the development profile are the last thing that is made."""
    try:
        if httpx.get(f"{url}/health/ready", timeout=5).status_code != 200:
            return False
        form = {"username": BUYER.email, "password": DEMO_PASSWORD}
        return httpx.post(f"{url}/auth/token", data=form, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


_started: list["subprocess.Popen[bytes]"] = []
