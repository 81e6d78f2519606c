"""Every screen of the desk, wide and narrow, light and dark: open to everybody, sound, light of weight, and ours."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request

from tests.browser.browsing import Town
from tests.browser.screens import Screen, furnished

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
ASKED = f"() => axe.run({{runOnly: {RULES}, resultTypes: ['violations']}})"
UNFOLD = "document.querySelectorAll('main details').forEach(one => { one.open = true })"
WAYS = ((1280, "light"), (360, "dark"))
HEAVIEST = 100 * 1024


@pytest.fixture(scope="module")
def screens(place: Town) -> Mapping[str, Sequence[Screen]]:
    return furnished(place)


def faults(page: Page, axe: str) -> list[object]:
    """Return what is wrong with a page for somebody who sees, hears or moves otherwise than most."""
    found: list[object] = []
    page.evaluate(axe)
    for width, scheme in WAYS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            found.append(("too wide", width))
        told = page.evaluate(ASKED)["violations"]
        found += [(width, scheme, one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in told]
    return found


def test_axe_finds_nothing_and_the_html_is_valid_on_any_screen(
    place: Town,
    screens: Mapping[str, Sequence[Screen]],
    axe: str,
    checked: Callable[[Path], str],
    tmp_path: Path,
) -> None:
    wrong: list[object] = []

    for role, theirs in screens.items():
        with place.desk(place.invited(role, *(["cong-an"] if role == "reporter" else []))) as page:
            asked: list[str] = []
            page.on("request", partial(_noted, asked))
            for screen in theirs:
                asked.clear()
                answer = page.goto(f"{place.service.base}/desk{screen.path}", wait_until="load")
                assert answer is not None
                assert answer.status == screen.status, screen
                (tmp_path / f"{screen.name}.html").write_bytes(answer.body())
                wrong += [(screen.name, "heavy")] * (len(answer.body()) > HEAVIEST)
                # The page; its style, sign and script a browser has from the page before, or asks for here.  A script
                # asks once more for counts that may have changed, and then listens.
                own = {*OWN, urlsplit(page.url).path}
                wrong += [(screen.name, one) for one in asked[1:] if urlsplit(one).path not in own]
                page.evaluate(UNFOLD)
                wrong += [(screen.name, one) for one in faults(page, axe)]

    assert wrong == []
    assert checked(tmp_path) == ""
    assert place.complaints == []


def _noted(asked: list[str], request: Request) -> None:
    asked.append(request.url)


OWN = {"/desk/changes", "/desk/style.css", "/desk/icon.svg", "/desk/script.js"}
"""What a page needs beside itself."""
