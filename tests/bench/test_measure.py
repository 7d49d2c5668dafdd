"""The logic between a measurement and its line in the table."""

import io

import pytest
from rich.console import Console

from bench.measure import Result, Side, percentile, side_by_side
from bench.progress import Progress


def result(figure: float, unit: str) -> Result:
    return Result("it", figure, unit, 100.0, "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("unit", "figure", "passed"),
    [
        ("×", 100.0, True),
        ("×", 99.9, False),
        ("/s", 101.0, True),
        ("/s", 1.0, False),
        ("ms", 99.9, True),
        ("ms", 100.0, False),
    ],
)
def test_rates_and_ratios_must_reach_their_target_and_times_stay_below_it(
    unit: str, figure: float, passed: bool
) -> None:
    assert result(figure, unit).passed is passed
    assert result(figure, unit).as_json()["passed"] is passed


def test_the_sides_take_turns_and_the_ratio_is_the_median_of_the_rounds() -> None:
    ran: list[str] = []
    rates = {"ours": iter([30.0, 10.0, 90.0]), "theirs": iter([10.0, 10.0, 10.0])}

    def side(name: str) -> Side:
        def run() -> float:
            ran.append(name)
            return next(rates[name])

        return Side(name, run)

    compared = side_by_side(side("ours"), side("theirs"), 3, Progress(Console(file=io.StringIO())))
    assert ran == ["ours", "theirs"] * 3
    assert compared.ratio == 3.0
    assert compared.rate == 30.0


def test_a_machine_that_slows_down_leaves_the_ratio_alone() -> None:
    ours, theirs = iter([200.0, 20.0, 2.0]), iter([100.0, 10.0, 1.0])
    sides = Side("ours", lambda: next(ours)), Side("theirs", lambda: next(theirs))
    assert side_by_side(*sides, 3, Progress(Console(file=io.StringIO()))).ratio == 2.0


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0), (0.001, 1.0)])
def test_percentiles_are_nearest_rank(share: float, expected: float) -> None:
    assert percentile([float(value) for value in range(100, 0, -1)], share) == expected
