"""Where the lines of a drawing go: figures beside their thresholds, and who follows whom.  Templates draw them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDE, HIGH, LEFT, TOP, BOTTOM = 480, 150, 44, 14, 30
ROW = 34


@dataclass(frozen=True)
class Point:
    """A figure in a drawing."""

    x: float
    y: float
    cycle: str
    value: Decimal
    met: bool


@dataclass(frozen=True)
class Chart:
    """Figures of one target over the cycles, the threshold as a line, and what the axis says."""

    points: Sequence[Point]
    threshold: float
    zero: float
    labels: Sequence[tuple[float, str]]
    ticks: Sequence[tuple[float, Decimal]]
    wide: int = WIDE
    high: int = HIGH
    left: int = LEFT

    @property
    def path(self) -> str:
        """The line through the figures, as an SVG spells it."""
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


def chart(cycles: Sequence[str], threshold: Decimal, figures: Iterable[tuple[str, Decimal, bool]]) -> Chart:
    """Draw the figures of a target; the axis begins at 0, or below where a figure does."""
    found = list(figures)
    values = [threshold, *(value for _, value, _ in found)]
    low, high = min(Decimal(0), *values), max(values)
    span = (high - low) or Decimal(1)
    step = (WIDE - LEFT - 20) / max(len(cycles), 1)
    places = {cycle: LEFT + step * (n + 0.5) for n, cycle in enumerate(cycles)}

    def height(value: Decimal) -> float:
        return HIGH - BOTTOM - float((value - low) / span) * (HIGH - BOTTOM - TOP)

    return Chart(
        points=[Point(places[cycle], height(value), cycle, value, met) for cycle, value, met in found],
        threshold=height(threshold),
        zero=height(Decimal(0)),
        labels=[(place, cycle) for cycle, place in places.items()],
        ticks=[(height(value), value) for value in sorted({low, Decimal(0), threshold})],
    )


@dataclass(frozen=True)
class Following:
    """Bodies on the left, those that follow them on the right, and lines between them by the state of each."""

    before: Sequence[tuple[str, int]]
    after: Sequence[tuple[str, int]]
    lines: Sequence[tuple[int, int, str]]

    @property
    def high(self) -> int:
        """How high the drawing is."""
        return ROW * max(len(self.before), len(self.after), 1)


def following(pairs: Sequence[tuple[str, str, str]]) -> Following:
    """Draw who follows whom: each is named once on its side."""
    before, after = (_rows(names) for names in ([one for one, _, _ in pairs], [one for _, one, _ in pairs]))
    lines = list(dict.fromkeys((before[one], after[other], state) for one, other, state in pairs))
    return Following(list(before.items()), list(after.items()), lines)


def _rows(names: Iterable[str]) -> dict[str, int]:
    return {name: ROW * n + ROW // 2 for n, name in enumerate(dict.fromkeys(names))}
