"""What surfaces differ in."""

import pytest

from write_side.identifiers import KINDS, MAX_ID, to_uuid, uuid_text
from write_side.policies import PASSWORDS, REGISTRATIONS, SESSIONS, PasswordPolicy


@pytest.mark.parametrize(
    ("password", "weaknesses"),
    [
        ("Correct-1", []),
        ("Éclair-9", []),
        ("Sh0rt-!", ["length"]),
        ("correct-1", ["upper"]),
        ("CORRECT-1", ["lower"]),
        ("Correct-x", ["digit"]),
        ("Correct11", ["symbol"]),
        ("Correct 1", ["symbol"]),
        ("", ["length", "upper", "lower", "digit", "symbol"]),
    ],
)
def test_the_store_asks_for_a_strong_password(password: str, weaknesses: list[str]) -> None:
    assert PASSWORDS["store"].weaknesses(password) == weaknesses


def test_a_policy_may_ask_for_length_alone() -> None:
    assert PasswordPolicy(shortest=3).weaknesses("abc") == []
    assert PasswordPolicy(shortest=3).weaknesses("ab") == ["length"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [1, 4711, 2**32, MAX_ID])
def test_both_ways_to_write_a_uuid_agree(kind: str, value: int) -> None:
    assert uuid_text(kind, value) == str(to_uuid(kind, value))


@pytest.mark.parametrize(
    ("password", "complaints"),
    [
        ("x", []),
        ("x" * 128, []),
        ("x" * 129, ["must have at most 128 characters"]),
        ("", ["must not be blank"]),
        (" \t", ["must not be blank"]),
    ],
)
def test_martaff_takes_any_password_that_is_not_blank(password: str, complaints: list[str]) -> None:
    assert REGISTRATIONS["martaff"].password.complaints(password) == complaints


@pytest.mark.parametrize(
    ("password", "complaints"),
    [
        ("Zx8-kettle", []),
        ("Zx8-ket", ["This password is too short. It must contain at least 8 characters."]),
        ("password", ["This password is too common."]),
        ("98347598374", ["This password is entirely numeric."]),
        ("lovelace1", ["The password is too similar to the email address."]),
        ("   ", ["must not be blank"]),
        (
            "12345",
            [
                "This password is too short. It must contain at least 8 characters.",
                "This password is too common.",
                "This password is entirely numeric.",
            ],
        ),
    ],
)
def test_a_reset_password_is_judged_as_is_customary(password: str, complaints: list[str]) -> None:
    assert PASSWORDS["martaff-reset"].complaints(password, "lovelace@shop.test") == complaints


def test_a_policy_says_what_is_missing() -> None:
    assert PASSWORDS["native"].complaints("short") == ["must have at least 8 characters"]
    assert PASSWORDS["store"].complaints("abcdefgh") == [
        "must contain an upper-case letter",
        "must contain a digit",
        "must contain a symbol",
    ]


def test_who_is_remembered_stays_longer() -> None:
    policy = SESSIONS["martaff"]
    assert policy.access_seconds(False) == 600 < policy.access_seconds(True)
    assert policy.refresh_seconds(False) < policy.refresh_seconds(True)
