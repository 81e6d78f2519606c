"""Every screen of the desk, with something on it: where it is, and who opens it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.browser.browsing import Town
from tests.given import FIRST

LINK = {"kind": "link", "title": "Trang tin", "classification": "public", "url": "https://example.org/tin"}
CLAIM = {"state": "completed", "percent": 100, "summary": "Đã mở 3 lớp tập huấn.", "evidence": [LINK]}


@dataclass(frozen=True)
class Screen:
    """A screen: what a picture of it is called, and its address below `/desk`."""

    name: str
    path: str
    status: int = 200


def furnished(place: Town) -> Mapping[str, Sequence[Screen]]:
    """Let there be something on every screen, and return the screens by the role that opens them."""
    plan = "/v1/plans/115-kh-ubnd-2021"
    mine, asked = place.obligation("3.1", "cong-an", FIRST), place.obligation("3.2", "cong-an", "2026")
    place.post("cong-an", f"/v1/obligations/{mine}/updates", CLAIM)
    place.post("cong-an", f"/v1/obligations/{mine}/updates", CLAIM | {"summary": "Đã mở 4 lớp."})
    place.post(
        "coordinator",
        f"/v1/obligations/{asked}/extensions",
        {
            "due_before_on": "2026-12-31",
            "document_number": "115/UBND-KGVX",
            "decided_on": "2026-11-20",
            "reason": "Chờ hướng dẫn.",
        },
    )
    told = place.service.get("coordinator", f"/v1/obligations/{mine}/history")["items"]
    place.post(
        "coordinator",
        f"/v1/obligations/{mine}/annulments",
        {"act": next(one["id"] for one in told if one["act"] == "update"), "reason": "Gửi hai lần."},
    )
    succession = place.service.get("coordinator", f"{plan}/successions")["items"][0]["id"]
    person = place.service.get("admin", "/v1/people")["items"][0]["id"]
    return {
        "coordinator": (
            Screen("overview", f"?cycle={FIRST}"),
            Screen("overview-before", "?cycle=2026&as_of=2022-01-01"),
            Screen("cycles-all", "?cycle=all"),
            Screen("bodies", "/bodies"),
            Screen("body", "/bodies/cong-an"),
            Screen("obligations", f"/obligations?cycle={FIRST}&status=overdue"),
            Screen("nothing-found", "/obligations?q=zzzz"),
            Screen("obligation", f"/obligations/{mine}"),
            Screen("reviews", "/reviews"),
            Screen("papers", f"/papers?body=cong-an&cycle={FIRST}"),
            Screen("duties", f"/duties?cycle={FIRST}"),
            Screen("cycles", "/cycles"),
            Screen("cycle", f"/cycles/{FIRST}"),
            Screen("extensions", "/extensions"),
            Screen("targets", "/targets"),
            Screen("successions", "/successions"),
            Screen("succession", f"/successions/{succession}"),
            Screen("annulments", "/annulments"),
            Screen("holidays", "/holidays"),
            Screen("reads", "/reads"),
            Screen("nowhere", "/nowhere", 404),
        ),
        "reporter": (
            Screen("reporting", f"/reporting?cycle={FIRST}"),
            Screen("report", f"/obligations/{mine}?doing=report"),
            Screen("refused", "/reviews", 403),
        ),
        "admin": (Screen("home", ""), Screen("people", "/people"), Screen("person", f"/people/{person}")),
    }
