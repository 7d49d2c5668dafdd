"""How often a client may ask: the contract's numbers, for whom they count, and what is said."""

import re
import secrets
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from support.product import DEMO_PASSWORD, Client, unique
from support.shopper import PASSWORD, document_of

from storefold.demo.accounts import BUYER

LOGIN = "/api/v1/auth/login/"
PRODUCTS = "/api/v1/products/"


def throttled(answer: httpx.Response, longest: int) -> int:
    """Held against the contract; how long to wait."""
    assert answer.status_code == 429, answer.text
    body = answer.json()
    wait = body["retry_after"]
    assert body == {
        "error": f"Request throttled. Retry after {wait} seconds.",
        "code": "throttled",
        "retry_after": wait,
    }
    assert type(wait) is int and 0 < wait <= longest
    assert answer.headers["retry-after"] == str(wait)
    document_of(str(answer.request.url.copy_with(path="", query=None)).rstrip("/")).check(answer)
    return int(wait)


def left(answer: httpx.Response) -> tuple[str, int]:
    """The policy's name, and how often one may still ask."""
    found = re.fullmatch(r'"([\w-]+)";r=(\d+);t=\d+', answer.headers["ratelimit"])
    assert found is not None
    return found[1], int(found[2])


def log_in(client: httpx.Client, email: str, password: str) -> httpx.Response:
    return client.post(LOGIN, json={"email": email, "password": password})


def bearer(client: httpx.Client, person: Client) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}


def test_the_sixth_login_in_a_quarter_of_an_hour(client: httpx.Client) -> None:
    assert [log_in(client, BUYER.email, "wrong").status_code for _ in range(4)] == [401] * 4
    last = log_in(client, BUYER.email, DEMO_PASSWORD)
    assert (last.status_code, left(last)) == (200, ("login", 0))
    assert last.headers["ratelimit-policy"] == '"login";q=5;w=900'
    for password in (DEMO_PASSWORD, "wrong"):
        throttled(log_in(client, BUYER.email, password), 900)


def test_stuffing_locks_nobody_out_but_who_does_it(client: httpx.Client, limited: str, anyone: Client) -> None:
    victim = anyone.newcomer().email
    for _ in range(20):
        log_in(client, victim, "guess")
    throttled(log_in(client, victim, "guess"), 900)
    elsewhere = {"X-Forwarded-For": "10.250.0." + str(secrets.randbelow(250))}
    with httpx.Client(base_url=limited, headers=elsewhere) as home:
        assert log_in(home, victim, "Storefold-test-1").status_code == 200


def test_the_fourth_registration_in_an_hour(client: httpx.Client) -> None:
    def register(password: str) -> httpx.Response:
        email = f"{unique('limited')}@people.test"
        body = {"email": email, "password": password, "password_confirm": password}
        return client.post("/api/v1/auth/register/", json=body)

    statuses = [register(password).status_code for password in (PASSWORD, "weak", PASSWORD)]
    assert statuses == [201, 400, 201]
    throttled(register(PASSWORD), 3600)


def test_anonymous_callers_share_their_address_s_twenty_a_minute(client: httpx.Client) -> None:
    paths = [PRODUCTS, "/api/v1/products/categories/", "/api/v1/products/no-such-thing/"]
    answers = [client.get(paths[n % 3]) for n in range(20)]
    assert {answer.status_code for answer in answers} == {200, 404}
    assert [left(answer) for answer in answers] == [("anonymous", n) for n in range(19, -1, -1)]
    throttled(client.get(PRODUCTS), 60)
    assert client.get(PRODUCTS, headers={"X-Forwarded-For": "10.251.0.1"}).status_code == 200


def test_a_person_has_a_hundred_a_minute_wherever_they_are(client: httpx.Client, anyone: Client) -> None:
    person, other = anyone.newcomer(), anyone.newcomer()

    def ask(number: int, who: Client = person) -> int:
        headers = bearer(client, who) | {"X-Forwarded-For": f"10.252.0.{number % 200}"}
        return client.get("/api/v1/cart/", headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(ask, range(130)))
    assert (statuses.count(200), statuses.count(429)) == (100, 30)
    throttled(client.get(PRODUCTS, headers=bearer(client, person)), 60)
    throttled(client.get(f"{PRODUCTS}categories/", headers=bearer(client, person)), 60)
    assert ask(1, other) == 200
    assert client.get(PRODUCTS).status_code == 200, "the address is another client"


def test_a_bad_token_is_told_so_and_is_nobody(client: httpx.Client) -> None:
    headers = {"Authorization": "Bearer nonsense"}
    assert {client.get("/api/v1/cart/", headers=headers).status_code for _ in range(30)} == {401}
    assert left(client.get(PRODUCTS)) == ("anonymous", 19)


def test_stripe_is_never_told_to_wait(client: httpx.Client) -> None:
    statuses = {client.post("/api/v1/payments/webhook/", content=b"{}").status_code for _ in range(30)}
    assert statuses == {400}


@pytest.mark.parametrize(
    "hidden", ["10.9.9.9, {0}", "nonsense, {0}", "{0}, 127.0.0.1", "{0}:4711", "{0},127.0.0.1,::1"]
)
def test_what_a_client_writes_before_the_proxy_s_word_counts_for_nothing(
    limited: str, address: str, hidden: str
) -> None:
    with httpx.Client(base_url=limited) as client:
        client.get(PRODUCTS, headers={"X-Forwarded-For": address})
        answer = client.get(PRODUCTS, headers={"X-Forwarded-For": hidden.format(address)})
    assert left(answer) == ("anonymous", 18)


# -- surfaces whose contracts name no limits ------------------------------------------------------


def test_a_password_sent_with_a_request_counts_as_a_login(client: httpx.Client, anyone: Client) -> None:
    path, person = "/products/review-list/1/reviews/", anyone.newcomer()
    assert [client.post(path, auth=(person.email, "guess")).status_code for _ in range(5)] == [401] * 5
    answer = client.post(path, auth=(person.email, "Storefold-test-1"), json={"rating": 5})
    assert (answer.status_code, list(answer.json())) == (429, ["detail"])
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert answer.headers["ratelimit-policy"] == '"open-login";q=5;w=60'
    assert client.post(path, json={"rating": 5}, headers=bearer(client, person)).status_code == 404


@pytest.mark.parametrize("path", ["/products/list", "/api/marketplace/products/"])
def test_who_only_looks_is_hardly_limited(client: httpx.Client, path: str) -> None:
    assert {client.get(path).status_code for _ in range(30)} == {200}
    assert left(client.get(path)) == ("open-anonymous", 5969)


# -- the native surface ---------------------------------------------------------------------------


def test_the_native_surface_says_it_in_its_own_shape(client: httpx.Client) -> None:
    answers = [client.get("/queries/brands") for _ in range(7)]
    assert {answer.status_code for answer in answers} == {200}
    assert left(answers[-1]) == ("native-anonymous", 0)
    answer = client.get("/queries/brands")
    assert (answer.status_code, answer.headers["content-type"]) == (429, "application/problem+json")
    assert answer.json()["type"] == "/problems/throttled"
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert client.get("/problems/throttled").status_code == 200
    assert client.get("/health/live").status_code == 200


def test_the_native_surface_is_generous_to_people(client: httpx.Client, anyone: Client) -> None:
    person = anyone.newcomer()
    answers = [client.get("/queries/brands", headers=bearer(client, person)) for _ in range(120)]
    assert {answer.status_code for answer in answers} == {200}
    assert left(answers[-1]) == ("native-user", 5880)


def test_the_shared_product_has_no_limits(anyone: Client) -> None:
    with httpx.Client(base_url=anyone.url) as client:
        answers = [client.get(PRODUCTS) for _ in range(25)]
    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[-1].headers
