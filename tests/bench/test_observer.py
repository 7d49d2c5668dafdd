"""Lag: from an answer until a query would see what the command did."""

import pytest

from bench.observer import lags

ANNOUNCED = ([10, 20, 30], [1.0, 2.0, 3.0])


def test_a_position_counts_as_seen_with_the_first_announcement_that_includes_it() -> None:
    assert lags([(10, 0.5), (11, 1.5), (20, 1.75), (30, 2.0)], ANNOUNCED) == [0.5, 0.5, 0.25, 1.0]


def test_what_was_seen_before_its_answer_came_lags_by_nothing() -> None:
    assert lags([(10, 1.5)], ANNOUNCED) == [0.0]


def test_what_was_never_announced_is_an_error() -> None:
    with pytest.raises(ValueError, match="31"):
        lags([(31, 1.0)], ANNOUNCED)
