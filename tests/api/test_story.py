"""The story of body 1 from 2021 to 2026, lived day by day, and what was true at twelve instants of it.

The plan is seeded on the day of its issue, and every later cycle is opened by the coordinator as the years pass.  All
that is expected here is worked out by hand from the plan and the domain's rules: fifteen duties in the cycle
2021-06-15 (1.1 to 1.12, G.1, R.1, R.3) and sixteen in a year (R.2 and F.1 in the place of R.1), until G.1 is done.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.models.base import stable_id
from embedded_postgres import Address
from tests.api.asking import ids, status_of
from tests.api.copies import service_from_the_first_day
from tests.given import DOCUMENT, FIRST, PLAN, Service, obligation

LABOUR, HEALTH = "so-ldtbxh", "so-y-te"
MIDNIGHT = "2021-06-15T00:00:00+07:00"
"""The deadline of the first cycle, an instant that is late already."""


def one(cycle: str, duty: str) -> UUID:
    """Return an obligation of body 1, by plan; what is opened once it has been succeeded is the successor's."""
    return obligation(duty, HEALTH if cycle == "2026" else LABOUR, cycle)


@pytest.fixture
async def service(address: Address, migrated: str, keys_dir: Path) -> AsyncIterator[Service]:
    """Serve the plan as it was seeded on the day of its issue."""
    async with service_from_the_first_day(address, migrated, keys_dir) as serving:
        yield serving


def on(service: Service, day: str, hour: str = "09:00:00") -> None:
    """Let it be a day in Cần Thơ."""
    service.clock.now = datetime.fromisoformat(f"{day}T{hour}+07:00").astimezone(UTC)


async def must(answer: Any) -> dict[str, Any]:
    """Return what an act that must succeed has answered."""
    response = await answer
    assert response.status_code == 201, response.text
    done: dict[str, Any] = response.json()
    return done


async def opened(service: Service, day: str, year: str) -> None:
    """Let the coordinator open a year on a day."""
    on(service, day)
    await must(service.coordinator.post(f"/v1/plans/{PLAN}/cycles", {"code": year}))


async def completed(service: Service, who: str, day: str, which: UUID, hour: str = "09:00:00") -> None:
    """Let an owner report on a day that it has done its duty, with a document."""
    on(service, day, hour)
    await must(getattr(service, who).report(which, evidence=[DOCUMENT]))


async def on_paper(service: Service, day: str, which: UUID, received_on: str, number: str) -> None:
    """Let the coordinator enter on a day what came on paper on another."""
    on(service, day)
    paper = {"received_on": received_on, "document_number": number}
    await must(service.coordinator.report(which, evidence=[DOCUMENT], **paper))


async def the_first_year(service: Service) -> datetime:
    """Live 2021: a draft, two papers, a duty that is owed once, a return; return when no paper was known yet."""
    on(service, "2021-06-07")
    await must(service.labour.report(one(FIRST, "1.3"), "in_progress", percent=40))
    no_paper_yet = datetime.now(UTC)
    await on_paper(service, "2021-06-25", one(FIRST, "1.1"), "2021-06-14", "115/BC-SLĐTBXH")
    await on_paper(service, "2021-06-25", one(FIRST, "1.2"), "2021-06-15", "116/BC-SLĐTBXH")
    await completed(service, "labour", "2021-07-01", one(FIRST, "G.1"))
    await completed(service, "labour", "2021-12-10", one("2021", "1.4"))
    on(service, "2021-12-20")
    await must(service.coordinator.review(one("2021", "1.4"), "returned", "Thiếu số liệu."))
    await completed(service, "labour", "2021-12-28", one("2021", "1.4"))
    on(service, "2022-01-10")
    await must(service.coordinator.review(one("2021", "1.4"), "accepted", "Đã đủ."))
    return no_paper_yet


async def the_years_of_body_1(service: Service) -> datetime:
    """Live 2022 to 2024: an extension, a year that nobody opened in time; return when its paper was not known yet."""
    await opened(service, "2021-12-15", "2022")
    on(service, "2022-12-01")
    await must(service.labour.ask_for(one("2022", "1.5"), "2023-02-01"))
    on(service, "2022-12-12")
    await must(service.coordinator.extend(one("2022", "1.5"), "2023-02-01", document_number="45/UBND-KGVX"))
    await completed(service, "labour", "2023-01-31", one("2022", "1.5"), "23:59:59.999999")
    await opened(service, "2024-02-05", "2023")
    opened_late = datetime.now(UTC)
    await on_paper(service, "2024-02-06", one("2023", "1.7"), "2023-12-18", "301/BC-SLĐTBXH")
    await opened(service, "2024-02-07", "2024")
    await completed(service, "labour", "2024-11-20", one("2024", "1.8"))
    on(service, "2024-12-10")
    await must(service.coordinator.extend(one("2024", "1.9"), "2025-04-01"))
    return opened_late


async def the_handing_over(service: Service) -> datetime:
    """Live 2025 and 2026: body 1 is succeeded by the health department; return when that was not known yet."""
    await opened(service, "2025-01-06", "2025")
    await completed(service, "labour", "2025-02-20", one("2025", "1.11"))
    on(service, "2025-03-10")
    not_confirmed_yet = datetime.now(UTC)
    succession = stable_id(PLAN, "succession", LABOUR, "2025-03-01")
    decision = {"outcome": "confirmed", "reason": "Theo nghị quyết của Hội đồng nhân dân."}
    decided = await must(service.coordinator.post(f"/v1/plans/{PLAN}/successions/{succession}/decision", decision))
    # Fourteen of 2025, since G.1 is not owed any more and 1.11 is done, and the one of 2024 whose deadline was moved.
    assert decided["decision"]["obligations"] == 15
    await completed(service, "health", "2025-03-31", one("2024", "1.9"), "23:59:59")
    await completed(service, "health", "2025-12-16", one("2025", "1.3"), "23:59:59.999999")
    await completed(service, "health", "2025-12-17", one("2025", "1.4"), "00:00:00")
    await opened(service, "2026-01-05", "2026")
    on(service, "2026-06-30")
    await must(service.health.report(one("2026", "1.3"), "in_progress", percent=50))
    return not_confirmed_yet


PAPER, RETURNED, RESUBMITTED = "2021-06-14T16:59:59.999999Z", "2021-12-10T02:00:00Z", "2021-12-28T02:00:00Z"
EXTENDED = "2023-01-31T16:59:59.999999Z"

Told = tuple[str, str, str, str, str, str | None]
TOLD: list[Told] = [
    # As of, cycle and duty, status, owner, last day on time, completed at.
    ("2021-06-13", f"{FIRST} 1.1", "not_started", LABOUR, "2021-06-14", None),
    ("2021-06-13", f"{FIRST} 1.3", "in_progress", LABOUR, "2021-06-14", None),
    ("2021-06-14", f"{FIRST} 1.1", "completed_on_time", LABOUR, "2021-06-14", PAPER),
    ("2021-06-14", f"{FIRST} 1.2", "not_started", LABOUR, "2021-06-14", None),
    (MIDNIGHT, f"{FIRST} 1.1", "completed_on_time", LABOUR, "2021-06-14", PAPER),
    (MIDNIGHT, f"{FIRST} 1.2", "overdue", LABOUR, "2021-06-14", None),
    (MIDNIGHT, f"{FIRST} 1.3", "overdue", LABOUR, "2021-06-14", None),
    ("2021-12-15", f"{FIRST} 1.2", "completed_late", LABOUR, "2021-06-14", "2021-06-15T16:59:59.999999Z"),
    ("2021-12-15", f"{FIRST} G.1", "completed_late", LABOUR, "2021-06-14", "2021-07-01T02:00:00Z"),
    ("2021-12-15", "2021 G.1", "completed_on_time", LABOUR, "2021-12-16", "2021-07-01T02:00:00Z"),
    ("2021-12-15", "2021 1.4", "completed_on_time", LABOUR, "2021-12-16", RETURNED),
    ("2021-12-22", "2021 1.4", "overdue", LABOUR, "2021-12-16", None),
    ("2022-12-11", "2022 1.5", "not_started", LABOUR, "2022-12-16", None),
    ("2022-12-20", "2021 1.4", "completed_late", LABOUR, "2021-12-16", RESUBMITTED),
    ("2022-12-20", "2022 1.5", "not_started", LABOUR, "2023-01-31", None),
    ("2022-12-20", "2022 1.6", "overdue", LABOUR, "2022-12-16", None),
    ("2023-02-01", "2022 1.5", "completed_on_time", LABOUR, "2023-01-31", EXTENDED),
    ("2024-02-05", "2023 1.7", "completed_on_time", LABOUR, "2023-12-18", "2023-12-18T16:59:59.999999Z"),
    ("2024-02-05", "2023 1.8", "overdue", LABOUR, "2023-12-18", None),
    ("2025-02-28", "2024 1.8", "completed_on_time", LABOUR, "2024-12-17", "2024-11-20T02:00:00Z"),
    ("2025-02-28", "2024 1.9", "not_started", LABOUR, "2025-03-31", None),
    ("2025-02-28", "2025 1.3", "not_started", LABOUR, "2025-12-16", None),
    ("2025-03-01", "2024 1.9", "not_started", HEALTH, "2025-03-31", None),
    ("2025-03-01", "2024 1.7", "overdue", LABOUR, "2024-12-17", None),
    ("2025-03-01", "2025 1.3", "not_started", HEALTH, "2025-12-16", None),
    ("2025-03-01", "2025 1.11", "completed_on_time", LABOUR, "2025-12-16", "2025-02-20T02:00:00Z"),
    ("2026-11-24", "2024 1.9", "completed_on_time", HEALTH, "2025-03-31", "2025-03-31T16:59:59Z"),
    ("2026-11-24", "2025 1.3", "completed_on_time", HEALTH, "2025-12-16", "2025-12-16T16:59:59.999999Z"),
    ("2026-11-24", "2025 1.4", "completed_late", HEALTH, "2025-12-16", "2025-12-16T17:00:00Z"),
    ("2026-11-24", "2026 1.3", "in_progress", HEALTH, "2026-12-16", None),
    ("2026-12-17", "2026 1.3", "overdue", HEALTH, "2026-12-16", None),
]
Counted = tuple[str, str, str, dict[str, int]]
COUNTED: list[Counted] = [
    ("2021-06-13", FIRST, LABOUR, {"in_progress": 1, "not_started": 14}),
    ("2021-06-14", FIRST, LABOUR, {"completed_on_time": 1, "in_progress": 1, "not_started": 13}),
    # The consolidated report is due five working days after what it consolidates.
    (MIDNIGHT, FIRST, LABOUR, {"completed_on_time": 1, "not_started": 1, "overdue": 13}),
    ("2021-12-15", FIRST, LABOUR, {"completed_on_time": 1, "completed_late": 2, "overdue": 12}),
    ("2021-12-15", "2021", LABOUR, {"completed_on_time": 2, "not_started": 14}),
    ("2021-12-22", "2021", LABOUR, {"completed_on_time": 1, "not_started": 1, "overdue": 14}),
    ("2022-12-11", "2022", LABOUR, {"not_started": 15}),
    ("2022-12-20", "2022", LABOUR, {"not_started": 1 + 1, "overdue": 13}),
    ("2023-02-01", "2022", LABOUR, {"completed_on_time": 1, "overdue": 14}),
    ("2024-02-05", "2023", LABOUR, {"completed_on_time": 1, "overdue": 14}),
    ("2025-02-28", "2024", LABOUR, {"completed_on_time": 1, "not_started": 1, "overdue": 13}),
    ("2025-02-28", "2025", LABOUR, {"completed_on_time": 1, "not_started": 14}),
    ("2025-03-01", "2024", LABOUR, {"completed_on_time": 1, "overdue": 13}),
    ("2025-03-01", "2025", LABOUR, {"completed_on_time": 1}),
    # With its own six: 4.1 to 4.3, G.1, F.1 and R.2.
    ("2025-03-01", "2025", HEALTH, {"not_started": 14 + 6}),
    ("2026-11-24", "2025", HEALTH, {"completed_on_time": 1, "completed_late": 1, "overdue": 12 + 6}),
    # Opened once body 1 had been succeeded: F.1 and R.2 are owed once.
    ("2026-11-24", "2026", HEALTH, {"in_progress": 1, "not_started": 14 + 6 - 2}),
    ("2026-12-17", "2026", HEALTH, {"not_started": 1, "overdue": 14 + 6 - 2}),
]


async def stood(service: Service, which: str, **asked: Any) -> tuple[str, str, str, str | None]:
    """Return what the coordinator is told of one obligation."""
    cycle, duty = which.split()
    shown = await service.coordinator.standing(one(cycle, duty), **asked)
    return shown["status"], shown["owner"]["code"], shown["last_day_on_time"], shown["completed_at"]


async def counts(service: Service, cycle: str, body: str, **asked: Any) -> dict[str, int]:
    """Return what is counted of a body in a cycle, without the zeros."""
    [of_cycle] = (await status_of(service.integrator, cycle=cycle, body=body, **asked))["cycles"]
    return {status: count for status, count in of_cycle["totals"].items() if count}


async def test_six_years_of_body_1_keep_the_answer_of_every_day(service: Service) -> None:
    no_paper = (await the_first_year(service)).isoformat()
    opened_late = (await the_years_of_body_1(service)).isoformat()
    not_confirmed = (await the_handing_over(service)).isoformat()
    on(service, "2026-11-24")

    for as_of, which, *told in TOLD:
        assert await stood(service, which, as_of=as_of) == tuple(told), (as_of, which)
    for as_of, cycle, body, expected in COUNTED:
        owed = {"owed": sum(expected.values())}
        assert await counts(service, cycle, body, as_of=as_of) == owed | expected, (as_of, cycle, body)

    # What was believed before it was put right.
    assert (await stood(service, f"{FIRST} 1.1", as_of=MIDNIGHT, known_at=no_paper))[0] == "overdue"
    late = {"owed": 15, "not_started": 1, "overdue": 14}
    assert await counts(service, FIRST, LABOUR, as_of=MIDNIGHT, known_at=no_paper) == late
    assert await counts(service, "2023", LABOUR, as_of="2024-02-05", known_at=opened_late) == {
        "owed": 15,
        "overdue": 15,
    }
    assert (await stood(service, "2025 1.3", as_of="2025-03-05", known_at=not_confirmed))[1] == LABOUR

    # Each owner is told what the coordinator is told.
    for who, owner in ((service.labour, LABOUR), (service.health, HEALTH)):
        for cycle in (FIRST, *map(str, range(2021, 2027))):
            asked = {"owner": owner, "cycle": cycle}
            assert await ids(who, **asked) == await ids(service.coordinator, **asked), asked
