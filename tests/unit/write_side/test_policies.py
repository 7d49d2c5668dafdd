"""What surfaces differ in."""

import pytest

from write_side.identifiers import KINDS, MAX_ID, to_uuid, uuid_text
from write_side.policies import PASSWORDS, PasswordPolicy


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
