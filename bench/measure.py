"""Two sides in turns: A B A B …, so that whatever else the machine does meets both alike.

The ratio is the median of the rounds' ratios: each compares runs that were seconds apart, which a
machine that slows down in the middle does not falsify.
"""

import operator
from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import ceil
from statistics import median
from typing import Any, Literal

from bench.progress import Progress


@dataclass(frozen=True, slots=True)
class Side:
    """One thing to measure. `run` does one round and returns its rate, in things per second."""

    name: str
    run: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table: a figure and what it should be."""

    name: str
    figure: float
    unit: Literal["×", "/s", "ms"]
    target: float
    detail: str
    at_most: bool = False  # the target is a ceiling; that of a time always is, and is to be stayed below

    @property
    def sign(self) -> str:
        if self.unit == "ms":
            return "<"
        return "≤" if self.at_most else "≥"

    @property
    def passed(self) -> bool:
        compare = {"<": operator.lt, "≤": operator.le, "≥": operator.ge}[self.sign]
        return bool(compare(self.figure, self.target))

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "passed": self.passed}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rates of our rounds and of the baseline's, in the order in which they ran."""

    ours: Side
    base: Side
    our_rates: list[float]
    base_rates: list[float]

    @property
    def rate(self) -> float:
        return median(self.our_rates)

    @property
    def ratio(self) -> float:
        return median(ours / base for ours, base in zip(self.our_rates, self.base_rates, strict=True))

    def result(self, name: str, target: float) -> Result:
        rates = f"{self.ours.name} {self.rate:,.0f}/s, {self.base.name} {median(self.base_rates):,.0f}/s"
        return Result(name, self.ratio, "×", target, rates)


def side_by_side(ours: Side, base: Side, rounds: int, progress: Progress) -> Comparison:
    """Both sides, `rounds` times each, in turns."""
    rates: dict[str, list[float]] = {ours.name: [], base.name: []}
    for number in range(1, rounds + 1):
        for side in (ours, base):
            progress.say(f"round {number} of {rounds}: {side.name}")
            rate = side.run()
            rates[side.name].append(rate)
            progress.note(f"{side.name}: {rate:,.0f}/s")
    return Comparison(ours, base, rates[ours.name], rates[base.name])


def percentile(values: list[float], share: float) -> float:
    """The smallest value that `share` of all values do not exceed (nearest rank). `values` must not
    be empty."""
    ranked = sorted(values)
    return ranked[max(0, ceil(share * len(ranked)) - 1)]
