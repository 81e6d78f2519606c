"""How a seed's files are complained of, and what looking through them needs."""

from collections import Counter
from collections.abc import Iterable

from app.schemas.seed import Seed

Path = tuple[int | str, ...]
Complaint = tuple[str, Path, str]
"""The file, the place in it, and what is wrong."""


def line_of(seed: Seed, number: int) -> str:
    """Return a line of the source, counted from 1; nothing beyond its end."""
    return seed.source[number - 1] if number <= len(seed.source) else ""


def repeated(values: Iterable[object]) -> list[int]:
    """Return the places of values that have stood before."""
    seen: Counter[object] = Counter()
    places = []
    for place, value in enumerate(values):
        if seen[value]:
            places.append(place)
        seen[value] += 1
    return places
