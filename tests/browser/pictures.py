"""Make the pictures of the guide: `python -m tests.browser.pictures`."""

from io import BytesIO

from PIL import Image

from app.settings import ROOT
from tests.browser.browsing import Town, town
from tests.browser.screens import CLAIM, Screen
from tests.given import FIRST

FOLDER = ROOT / "docs" / "desk"
COLOURS = 96
"""As many as our pages nearly have: a picture takes a tenth of what it would."""
WIDE, NARROW = (1280, 800), (360, 640)


def main() -> None:
    """Make five pictures."""
    FOLDER.mkdir(exist_ok=True)
    with town() as place:
        mine = place.obligation("3.1", "cong-an", FIRST)
        for duty in ("3.1", "3.4"):
            place.post("cong-an", f"/v1/obligations/{place.obligation(duty, 'cong-an', FIRST)}/updates", CLAIM)
        overview = f"?cycle={FIRST}"
        coordinator = (
            Screen("overview", overview), Screen("reviews", "/reviews"), Screen("obligation", f"/obligations/{mine}")
        )  # fmt: skip
        taken(place, place.invited("coordinator"), *coordinator)
        taken(place, place.invited("reporter", "cong-an"), Screen("reporting", f"/reporting?cycle={FIRST}"))
        taken(place, place.invited("coordinator"), Screen("overview-narrow", overview), size=NARROW, scheme="dark")


def taken(place: Town, link: str, *screens: Screen, size: tuple[int, int] = WIDE, scheme: str = "light") -> None:
    """Take pictures of screens."""
    viewport = {"width": size[0], "height": size[1]}
    with place.desk(link, viewport=viewport, color_scheme=scheme) as page:
        for screen in screens:
            page.goto(f"{place.service.base}/desk{screen.path}")
            picture = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            picture.save(FOLDER / f"{screen.name}.png", optimize=True)


if __name__ == "__main__":
    main()
