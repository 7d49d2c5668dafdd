"""Signing in through the stand-in for Google, step by step as a browser does it."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from support.martaff import SECRET, Person, arrives, set_cookies, visitor
from support.postbox import Outbox, text_of
from support.product import Client, unique
from support.surfaces import Caller

PATH = "/accounts/google/"


def at_google(caller: Caller, **person: str) -> httpx.Response:
    """From the redirect to Google to the answer that comes back from there; where the browser is sent next."""
    begun = caller.get(f"{PATH}authorize")
    assert begun.status_code == 302, begun.text
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun.headers["location"]).query).items()}
    assert asked["code_challenge_method"] == "S256" and asked["response_type"] == "code"
    assert httpx.get(begun.headers["location"]).status_code == 200
    return httpx.post(begun.headers["location"].partition("?")[0], data={**asked, **person})


def back(caller: Caller, answer: httpx.Response) -> httpx.Response:
    """The callback."""
    parts = urlsplit(answer.headers["location"])
    assert parts.path == f"{PATH}callback"
    return caller.get(parts.path, params=dict(parse_qs(parts.query)))


def signed_in(anyone: Client, email: str, **person: str) -> tuple[Caller, httpx.Response]:
    """The caller, and what the last step answers."""
    caller = visitor(anyone)
    person = {"email": email, "email_verified": "true", "given_name": "Ada", **person}
    done = back(caller, at_google(caller, **person))
    assert (done.status_code, done.headers["location"]) == (302, f"{PATH}login"), done.text
    return caller, caller.get(f"{PATH}login")


def me(anyone: Client, answer: httpx.Response) -> dict[str, Any]:
    bearer = {"Authorization": f"Bearer {answer.json()['access']}"}
    found: dict[str, Any] = visitor(anyone).get("/accounts/UserDetails/", headers=bearer).json()
    return found


def test_somebody_new_gets_an_account_and_a_link_that_signs_in_once(anyone: Client) -> None:
    email = f"{unique('Person')}@People.test"
    caller, answer = signed_in(anyone, email)
    assert (answer.status_code, list(answer.json())) == (200, ["access"])
    cookies = set_cookies(answer)
    assert "HttpOnly" in cookies["refresh"] and "HttpOnly" in cookies["access"]
    assert answer.headers["X-CSRFToken"]
    shown = me(anyone, answer)
    assert (shown["email"], shown["profile"]) == (email.lower(), None)
    assert caller.post("/accounts/refresh/").status_code == 200
    mail = arrives(lambda: Outbox(anyone.home).to(email.lower()))[0]
    assert mail["Subject"] == "Welcome to MARTAF — One-Time Login Link"
    found = re.search(r"http://localhost:5173/one-time-login/\?uid=(\w+)&token=([\w-]+)", text_of(mail))
    assert found is not None and mail.get_body(("html",)) is not None
    wrong = {"uid": "1", "token": found[2]}
    assert visitor(anyone).post("/accounts/one-time-login/", wrong).status_code == 401
    link = {"uid": found[1], "token": found[2]}
    once = visitor(anyone).post("/accounts/one-time-login/", link)
    assert (once.status_code, list(once.json())) == (200, ["access"])
    assert me(anyone, once)["id"] == shown["id"] and "refresh" in set_cookies(once)
    assert visitor(anyone).post("/accounts/one-time-login/", link).status_code == 401
    _, again = signed_in(anyone, email)
    assert me(anyone, again)["id"] == shown["id"]
    assert len(Outbox(anyone.home).to(email.lower())) == 1


def test_a_known_address_is_linked_and_its_unproved_password_is_none_any_more(anyone: Client) -> None:
    person = Person.registered(anyone, is_customer=True).signed_in()
    _, answer = signed_in(anyone, person.email, subject=unique("subject"))
    assert me(anyone, answer)["id"] == person.person_id
    assert person.refresh().status_code == 401
    assert person.log_in(SECRET).status_code == 401
    assert Outbox(anyone.home).to(person.email) == []


def test_the_google_account_counts_once_it_is_linked(anyone: Client) -> None:
    subject, email = unique("subject"), f"{unique('person')}@people.test"
    _, first = signed_in(anyone, email, subject=subject)
    _, moved = signed_in(anyone, f"{unique('other')}@people.test", subject=subject)
    assert me(anyone, first)["id"] == me(anyone, moved)["id"]


def test_an_address_that_google_has_not_verified_is_nobody_s(anyone: Client) -> None:
    person = Person.registered(anyone, is_customer=True)
    for email in (person.email, f"{unique('person')}@people.test"):
        _, answer = signed_in(anyone, email, email_verified="", subject=unique("subject"))
        assert (answer.status_code, list(answer.json())) == (400, ["error"])
        assert "refresh" not in set_cookies(answer)
    assert person.log_in().status_code == 200


def test_without_an_address_without_a_sign_in_and_without_google(anyone: Client) -> None:
    _, answer = signed_in(anyone, "", subject=unique("subject"))
    assert (answer.status_code, answer.json()) == (400, {"error": "Email not found in social account"})
    answer = visitor(anyone).get(f"{PATH}login")
    assert (answer.status_code, answer.json()) == (401, {"error": "User not authenticated"})
    answer = visitor(anyone).get(f"{PATH}login", headers={"Authorization": "Bearer stale"})
    assert (answer.status_code, answer.json()) == (401, {"error": "User not authenticated"})
    person = Person.registered(anyone).signed_in()
    answer = person.caller.get(f"{PATH}login")
    assert (answer.status_code, answer.json()) == (404, {"error": "Social account not found"})


def test_who_is_shut_out_is_not_let_in_by_google(anyone: Client) -> None:
    person = Person.registered(anyone)
    anyone.admin.command("deactivate-account", person_id=person.person_id)
    _, answer = signed_in(anyone, person.email, subject=unique("subject"))
    assert (answer.status_code, answer.json()) == (401, {"error": "User not authenticated"})


def test_what_google_did_not_say(anyone: Client) -> None:
    for change in ({"state": "another"}, {"state": ""}, {"code": "none"}, {"code": ""}):
        caller = visitor(anyone)
        query = parse_qs(urlsplit(at_google(caller, email="a@people.test").headers["location"]).query)
        answer = caller.get(f"{PATH}callback", params={name: value[0] for name, value in query.items()} | change)
        assert (answer.status_code, list(answer.json())) == (400, ["error"])
        assert caller.get(f"{PATH}login").status_code == 401


def test_one_browser_s_answer_is_no_other_s_and_a_code_is_good_once(anyone: Client) -> None:
    caller, other = visitor(anyone), visitor(anyone)
    answer = at_google(caller, email=f"{unique('person')}@people.test", email_verified="true")
    assert back(other, answer).status_code == 400  # it has begun nothing
    at_google(other, email="b@people.test")
    assert back(other, answer).status_code == 400  # it has begun something else
    flow = caller.http.cookies["google_flow"]
    assert back(caller, answer).status_code == 302
    again = visitor(anyone)
    again.http.headers["Cookie"] = f"google_flow={flow}"
    assert back(again, answer).status_code == 400


def test_cookies_that_somebody_made_up(anyone: Client) -> None:
    person = Person.registered(anyone).signed_in()
    for kind, path in (("google_flow", "callback"), ("google_session", "login")):
        for value in ("x", person.access, person.token):
            caller = visitor(anyone)
            caller.http.headers["Cookie"] = f"{kind}={value}"
            answer = caller.get(f"{PATH}{path}", params={"state": "", "code": "x"})
            assert (answer.status_code, list(answer.json())) == (400 if path == "callback" else 401, ["error"])


def test_what_google_said_is_good_once_and_leaves_with_the_account(anyone: Client) -> None:
    caller = visitor(anyone)
    person = {"email": f"{unique('person')}@people.test", "email_verified": "true"}
    assert back(caller, at_google(caller, **person)).status_code == 302
    copy = f"google_session={caller.http.cookies['google_session']}"
    answer = caller.get(f"{PATH}login")
    assert (answer.status_code, "google_session" in caller.http.cookies) == (200, False)
    bearer = {"Authorization": f"Bearer {answer.json()['access']}"}
    gone = caller.delete("/accounts/delete/", headers=bearer)
    dropped = set_cookies(gone)["google_session"].lower()
    assert gone.status_code == 200 and "path=/accounts/google/" in dropped and "max-age=0" in dropped
    thief = visitor(anyone)
    thief.http.headers["Cookie"] = copy
    answer = thief.get(f"{PATH}login")
    assert (answer.status_code, answer.json()) == (401, {"error": "User not authenticated"})
