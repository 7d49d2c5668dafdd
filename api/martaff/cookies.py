"""The surface's cookies: the refresh token, and what protects the requests that carry it."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api import csrf
from api.martaff.answers.people import Access
from api.parts import ApiSettings
from api.rows.django_rest import Detail
from api.rows.errors import Refused
from api.rows.row import reply
from api.sessions import Session

REFRESH: Final = "refresh"
ACCESS: Final = "access"
CSRF: Final = csrf.HEADER
GOOGLE_PATH: Final = "/accounts/google/"
GOOGLE_SESSION: Final = "google_session"
"""Who somebody is at Google, below that path."""
COOKIES: Final = {REFRESH: {"type": "string"}, csrf.COOKIE: {"type": "string"}}
"""What rows that take the refresh token say of themselves."""
GIVES: Final = {CSRF: {"type": "string"}}


class Cookies:
    def __init__(self, settings: ApiSettings) -> None:
        self._secure = settings.secure_cookies
        self._hosts = settings.own_hosts

    def signed_in(self, request: Request, session: Session, secret: str, *, access: bool = False) -> Response:
        """The tokens: one in the body (`access`: and in a cookie), one in a cookie that no script reads. `secret`:
        the client's for CSRF."""
        response = reply(Access(session.access))
        seconds = session.refresh_seconds if session.remember else None  # None: for as long as the browser is open
        token = csrf.masked(secret)
        self._set(response, REFRESH, session.refresh, seconds, hidden=True)
        self._set(response, csrf.COOKIE, secret, seconds)
        self._set(response, CSRF, token, seconds)
        if access:
            self._set(response, ACCESS, session.access, None, hidden=True)
        response.headers[CSRF] = token
        response.headers["cache-control"] = "no-store"
        return response

    def take_back(self, response: Response) -> Response:
        for name, hidden in ((ACCESS, True), (REFRESH, True), (csrf.COOKIE, False), (CSRF, False)):
            response.delete_cookie(name, secure=self._secure, httponly=hidden, samesite="lax")
        return self.drop(response, GOOGLE_SESSION, GOOGLE_PATH)

    def refuse_foreign(self, request: Request) -> None:
        """Of a request that carries cookies. Raises Refused."""
        if csrf.is_foreign(request, self._hosts):
            raise Refused(403, Detail("CSRF Failed: CSRF token missing or incorrect."))

    def keep(self, response: Response, name: str, value: str, seconds: int, path: str) -> None:
        """One that only the server reads, below `path`; it comes along when another site sends the browser here."""
        response.set_cookie(name, value, max_age=seconds, path=path, secure=self._secure, httponly=True, samesite="lax")

    def drop(self, response: Response, name: str, path: str) -> Response:
        """Takes back what `keep` gave."""
        response.delete_cookie(name, path=path, secure=self._secure, httponly=True, samesite="lax")
        return response

    def _set(self, response: Response, name: str, value: str, seconds: int | None, *, hidden: bool = False) -> None:
        # Every documented path gets them: those below /accounts/, and whatever a frontend puts before it.
        response.set_cookie(name, value, max_age=seconds, secure=self._secure, httponly=hidden, samesite="lax")
