"""People at martaff: registered and signed in over its own rows, with the cookies that a browser would keep."""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from support.product import Client, unique
from support.surfaces import MARTAFF, Caller

SECRET = "Zx8-kettle"


def visitor(anyone: Client) -> Caller:
    """Somebody new, with cookies of their own."""
    return Caller(MARTAFF, anyone.url, anyone.home)


@dataclass
class Person:
    """Somebody with a browser: `http` keeps cookies and sends the access token; `csrf`: the last that was told."""

    caller: Caller
    email: str
    person_id: int
    access: str = ""
    csrf: str = ""

    @classmethod
    def registered(cls, anyone: Client, **flags: Any) -> "Person":
        caller, email = visitor(anyone), f"{unique('person')}@people.test"
        answer = caller.post("/accounts/register", {"email": email, "password": SECRET, **flags})
        assert answer.status_code == 200, answer.text
        return cls(caller, email, int(answer.json()["id"]))

    def log_in(self, password: str = SECRET, **more: Any) -> httpx.Response:
        answer = self.caller.post("/accounts/login", {"email": self.email, "password": password, **more})
        if answer.status_code == 200:
            self._take(answer)
            self.caller.http.headers["Authorization"] = f"Bearer {self.access}"
        return answer

    def signed_in(self) -> "Person":
        assert self.log_in().status_code == 200
        return self

    def refresh(self, body: Any = None, **options: Any) -> httpx.Response:
        headers = {"X-CSRFToken": self.csrf}
        answer = self.caller.post("/accounts/refresh/", body, headers=headers, **options)
        if answer.status_code == 200:
            self._take(answer)
        return answer

    @property
    def token(self) -> str:
        """The refresh token."""
        return str(self.caller.http.cookies["refresh"])

    def _take(self, answer: httpx.Response) -> None:
        self.access, self.csrf = answer.json()["access"], answer.headers["X-CSRFToken"]


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def lifetime(token: str) -> int:
    """Seconds from its issue to its end."""
    return int(claims(token)["exp"] - claims(token)["iat"])


def set_cookies(answer: httpx.Response) -> dict[str, str]:
    """The Set-Cookie lines, by name."""
    return {line.partition("=")[0]: line for line in answer.headers.get_list("set-cookie")}


def arrives(look: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 20
    while not (found := look()):
        assert time.monotonic() < deadline, "nothing arrived"
        time.sleep(0.05)
    return found
