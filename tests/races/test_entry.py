"""Two processes, and rivals in the way: a refresh token has one successor, a link sets one password, a Google account
is one person's."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from support.databases import Databases
from support.rival_process import Crew
from support.rivals import await_appends_waiting, await_lock, log_held
from support.shop import PASSWORD, SERVICE, Person, Shop

from storefold.bootstrap import WriteSide
from write_side.account.commands import ChangePassword
from write_side.account.entry_commands import RequestPasswordReset, ResetPassword, SignInWithGoogle
from write_side.messages import ANONYMOUS, Actor
from write_side.secrets.password_resets import PasswordResets
from write_side.secrets.refresh_tokens import Successor, digest, new_token_id
from write_side.session.commands import BeginSession, EndSession


def begun(shop: Shop, person: Person) -> tuple[int, str]:
    token = new_token_id()
    begin = BeginSession(
        person_id=person.person_id, surface="martaff", method="password", token_hash=digest(token).hex()
    )
    return shop.do(begin, SERVICE).result["session_id"], token


def rotations(side: WriteSide, wanted: tuple[str, int, int]) -> int:
    """How many of so many threads got a successor."""
    token, person_id, count = wanted
    with ThreadPoolExecutor(count) as pool:
        got = pool.map(lambda _: side.refresh_tokens.rotate(token, person_id, "martaff", 60, 60), range(count))
        return sum(isinstance(successor, Successor) for successor in got)


def count(shop: Shop, topic: str) -> int:
    with shop.write_side.log.connection() as conn:
        row = conn.execute("SELECT count(*) FROM events WHERE topic = %s", (topic,)).fetchone()
    assert row is not None
    return int(row[0])


def test_of_many_who_present_one_token_one_gets_its_successor(shop: Shop, crew: Crew) -> None:
    jo = shop.person()
    _, token = begun(shop, jo)
    assert sum(crew.call(rotations, [(token, jo.person_id, 8)] * 2)) == 1
    with shop.write_side.log.connection() as conn:
        alive = conn.execute("SELECT count(*) FROM refresh_tokens WHERE revoked_at IS NULL").fetchone()
    assert alive == (1,)


def test_who_comes_while_a_rival_rotates_waits_and_gets_nothing(shop: Shop, databases: Databases) -> None:
    jo = shop.person()
    _, token = begun(shop, jo)
    with psycopg.connect(databases.owner_dsn) as rival, ThreadPoolExecutor(1) as pool:
        rival.execute("UPDATE refresh_tokens SET revoked_at = now(), rotated_at = now()")
        late = pool.submit(shop.write_side.refresh_tokens.rotate, token, jo.person_id, "martaff", 60, 60)
        await_lock(databases, "WITH old AS%")
        rival.commit()
        assert late.result(10) is None


def test_of_two_who_end_a_session_one_is_told_that_it_is_over(shop: Shop, crew: Crew) -> None:
    jo = shop.person()
    session, _ = begun(shop, jo)
    outcomes = crew.together([(EndSession(session_id=session), SERVICE)] * 8)
    assert sorted(map(str, outcomes)) == ["session-is-over"] * 7 + ["{}"]
    assert count(shop, "session.ended") == 1


def asked(shop: Shop, person: Person) -> str:
    shop.do(RequestPasswordReset(email=person.email), ANONYMOUS)
    return PasswordResets(shop.write_side.log).issue(person.person_id, 1)


def setting(token: str, password: str) -> tuple[ResetPassword, Actor]:
    return ResetPassword.model_validate({"token": token, "password": password}), ANONYMOUS


def test_of_many_who_use_one_link_one_sets_the_password(shop: Shop, crew: Crew) -> None:
    jo = shop.person(email="jo@shop.test")
    token = asked(shop, jo)
    orders: list[Any] = [setting(token, f"a new password {number}") for number in range(12)]
    outcomes = crew.together(orders)
    assert outcomes.count("no-such-reset-link") == 11
    sign_in = shop.write_side.sign_in
    fitting = [n for n in range(12) if sign_in.with_password("jo@shop.test", f"a new password {n}")]
    assert len(fitting) == 1
    assert count(shop, "account.password-changed") == 1


def test_a_link_that_is_used_while_its_owner_changes_the_password_is_good_no_more(
    shop: Shop, crew: Crew, databases: Databases
) -> None:
    """Both have looked the link up and wait to append; the owner's own change comes first."""
    jo = shop.person(email="jo@shop.test")
    token = asked(shop, jo)
    change = ChangePassword.model_validate({"old_password": PASSWORD, "new_password": "my own choice"})
    with log_held(databases):
        here = shop.write_side.bus.submit(change, jo.actor)
        await_appends_waiting(databases, 1)
        there = crew.start([setting(token, "the link's choice")])
        await_lock(databases, "INSERT INTO credentials%")
    here.result(30)
    assert there.result(30) == ["no-such-reset-link"]
    assert shop.write_side.sign_in.with_password("jo@shop.test", "my own choice")


def test_of_many_first_sign_ins_with_one_google_account_one_makes_the_person(shop: Shop, crew: Crew) -> None:
    command = SignInWithGoogle(subject="77", email="jo@shop.test", email_verified=True)
    outcomes = crew.together([(command, SERVICE)] * 12)
    people = {outcome["person_id"] for outcome in outcomes if isinstance(outcome, dict)}
    assert len(people) == 1 and all(isinstance(outcome, dict) for outcome in outcomes)
    assert count(shop, "account.registered") == count(shop, "account.login-link-requested") == 1
