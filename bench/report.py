"""What was measured, as tables for people, as JSON for machines, and as a chart.

The chart is a dozen rectangles: a library for charts would be the largest thing that the tests install.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

from bench.parts import Compared, Finding
from bench.rounds import Side

WIDTH, BAR, GAP, LEFT, RIGHT = 760, 22, 12, 190, 190
MEDIANS = ("p50_ms", "p99_ms", "service_us", "postgres_us")
HEAD = ("", "a second", "p50 ms", "p99 ms", "service µs", "postgres µs", "statements", "turns", "bytes", "generator")


def show(sides: Sequence[Side], findings: Sequence[Finding]) -> str:
    """Spell the tables in Markdown: what was measured, and the ratios that were seen beside those that are wanted."""
    lines = [_line(HEAD), _line(["---", *["--:"] * (len(HEAD) - 1)]), *(_line(_row(side)) for side in sides)]
    lines += ["", _line(["", "what", "seen", "wanted", ""]), _line(["---", "---", "--:", "--:", "---"])]
    return "\n".join([*lines, *(_line(_told(one)) for one in findings)]) + "\n"


def _row(side: Side) -> list[str]:
    medians = [f"{side.median(name):.{2 if name.endswith('ms') else 0}f}" for name in MEDIANS]
    asked = ["" if figure is None else f"{figure:.1f}" for figure in (side.statements, side.turns)]
    failed = "".join(f", {number} × {status}" for status, number in side.unexpected.items())
    return [
        side.name + failed,
        f"{side.rate:.1f}",
        *medians,
        *asked,
        str(side.size),
        f"{side.median('generator_busy'):.0%}",
    ]


def _told(one: Finding) -> list[str]:
    wanted = f"{'≥' if one.at_least else '≤'} {one.wanted:g}"
    return [one.part, one.what, f"{one.ratio:.2f}", wanted, "yes" if one.holds else "NO"]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def keep(
    folder: Path,
    about: Mapping[str, Any],
    sides: Sequence[Side],
    compared: Sequence[Compared],
    found: Sequence[Finding],
) -> Path:
    """Write the JSON, and the chart; return where the JSON is."""
    folder.mkdir(parents=True, exist_ok=True)
    ratios = [{"service": one.ours.name, "limit": one.limit.name, "ratio": one.ratio} for one in compared]
    findings = [asdict(one) | {"holds": one.holds} for one in found]
    whole = {"about": dict(about), "measured": [asdict(one) for one in sides], "compared": ratios, "findings": findings}
    written = folder / f"{about['size']}.json"
    written.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if compared:
        written.with_suffix(".svg").write_text(chart(compared), "utf-8")
    return written


def chart(compared: Sequence[Compared]) -> str:
    """Draw how many requests a second the service answers as a share of its limit, which is the whole bar."""
    rows = "".join(_bars(one, GAP + n * (BAR + GAP)) for n, one in enumerate(compared))
    height = GAP + len(compared) * (BAR + GAP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        ' font-family="sans-serif" font-size="13">'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>{rows}</svg>\n'
    )


def _bars(one: Compared, top: int) -> str:
    room, base = WIDTH - LEFT - RIGHT, top + BAR - 6
    words = f"{one.ours.rate:,.0f} of {one.limit.rate:,.0f}/s ({one.ratio:.2f})"
    return (
        f'<text x="{LEFT - 8}" y="{base}" text-anchor="end" fill="#222">{escape(one.ours.name)}</text>'
        f'<rect x="{LEFT}" y="{top}" width="{room}" height="{BAR}" fill="#dde5ee"/>'
        f'<rect x="{LEFT}" y="{top + 4}" width="{min(1, one.ratio) * room:.0f}" height="{BAR - 8}" fill="#2b6cb0"/>'
        f'<text x="{LEFT + room + 8}" y="{base}" fill="#222">{words}</text>'
    )
