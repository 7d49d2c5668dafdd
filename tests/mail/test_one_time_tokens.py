"""Tokens of links: good once, for a while, for one purpose."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from storefold.bootstrap import WriteSide
from write_side.secrets.one_time_tokens import VERIFY_EMAIL, OneTimeTokens

HOUR = timedelta(hours=1)


@pytest.fixture
def tokens(write_side: WriteSide) -> OneTimeTokens:
    return OneTimeTokens(write_side.log)


def test_a_token_is_found_until_it_is_redeemed(tokens: OneTimeTokens) -> None:
    token = tokens.issue(7, VERIFY_EMAIL, HOUR)
    assert tokens.find(token, VERIFY_EMAIL) == tokens.find(token, VERIFY_EMAIL) == 7
    assert tokens.redeem(token, VERIFY_EMAIL) == 7
    assert tokens.find(token, VERIFY_EMAIL) is None
    assert tokens.redeem(token, VERIFY_EMAIL) is None


def test_a_token_expires_and_is_then_forgotten(tokens: OneTimeTokens, write_side: WriteSide) -> None:
    late = tokens.issue(7, VERIFY_EMAIL, timedelta(seconds=-1))
    assert tokens.find(late, VERIFY_EMAIL) is None
    assert tokens.redeem(late, VERIFY_EMAIL) is None
    good = tokens.issue(7, VERIFY_EMAIL, HOUR)
    with write_side.log.connection() as conn:
        assert conn.execute("SELECT count(*) FROM one_time_tokens").fetchone() == (1,)
    assert tokens.find(good, VERIFY_EMAIL) == 7


def test_a_token_is_good_for_its_purpose_alone(tokens: OneTimeTokens) -> None:
    token = tokens.issue(7, VERIFY_EMAIL, HOUR)
    assert tokens.find(token, "reset-password") is None
    assert tokens.redeem(token, "reset-password") is None
    assert tokens.redeem(token, VERIFY_EMAIL) == 7


def test_several_tokens_of_one_person_are_good_side_by_side(tokens: OneTimeTokens) -> None:
    issued = [tokens.issue(7, VERIFY_EMAIL, HOUR) for _ in range(3)]
    assert len(set(issued)) == 3
    assert [tokens.redeem(token, VERIFY_EMAIL) for token in issued] == [7, 7, 7]


def test_of_many_who_redeem_at_once_one_wins(tokens: OneTimeTokens) -> None:
    token = tokens.issue(7, VERIFY_EMAIL, HOUR)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda _: tokens.redeem(token, VERIFY_EMAIL), range(8)))
    assert sorted(won, key=str) == [7, *[None] * 7]


def test_a_token_is_used_up_by_its_own_person_alone(tokens: OneTimeTokens) -> None:
    token = tokens.issue(7, VERIFY_EMAIL, HOUR)
    assert tokens.redeem(token, VERIFY_EMAIL, 8) is None
    assert tokens.redeem(token, VERIFY_EMAIL, 7) == 7
    assert tokens.redeem(token, VERIFY_EMAIL, 7) is None
