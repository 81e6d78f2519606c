"""A story from 2021 to 2027 in which every kind of mistake is made, believed for a while, and put right.

What is expected at twelve instants, as it was known before anything was put right and as it is known since, is worked
out by hand from the plan and the domain's rules; see `TOLD`.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.models.base import stable_id
from embedded_postgres import Address
from tests.api.asking import status_of
from tests.api.copies import service_from_the_first_day
from tests.api.test_members import INSPECTORS
from tests.api.test_story import completed, must, on, on_paper
from tests.api.test_successions import BODIES, SUCCESSIONS, propose
from tests.api.test_twelve_cases import figures
from tests.database.test_audit import run_verify
from tests.given import DOCUMENT, FIRST, PLAN, Service, obligation

pytestmark = pytest.mark.load

CYCLES = f"/v1/plans/{PLAN}/cycles"
BY = {"reopened_by": "8/UBND-KGVX"}
"""The letter that reopens the figures of the first cycle, which are sealed on 10/1/2022."""
DISTRICT = stable_id(PLAN, "succession", "ubnd-o-mon", "2025-07-01")
AD_HOC = {
    "code": "dot-xuat-2024",
    "title_vi": "Báo cáo đột xuất",
    "starts_on": "2024-01-01",
    "ends_on": "2024-02-29",
    "due_before_on": "2024-04-01",
    "document_number": "31/UBND-KGVX",
    "duties": ["3.4"],
}
INSTANTS = (
    *("2021-06-14", "2021-06-15", "2021-12-16", "2021-12-22"),
    *("2022-03-02", "2022-12-17", "2023-12-19", "2024-12-18"),
    *("2025-07-02", "2026-11-26", "2026-12-17", "2027-03-02"),
)
"""The end of each of these days."""
WORDS = {
    ".": "not_started",
    "p": "in_progress",
    "T": "completed_on_time",
    "L": "completed_late",
    "O": "overdue",
    "a": "awaited",
    "N": "not_applicable",
    "-": None,
}
"""How a status is spelled in `TOLD`; `-` is what has ended, `x` what is not there at all."""
TOLD: dict[str, tuple[str, str]] = {
    # A stray report of 1/3/2022 on what had been accepted.
    f"{FIRST} 3.4 cong-an": ("TTTT OOOO OOOO", "TTTT TTTT TTTT"),
    # A return of 20/12/2021 that was meant for another.
    "2021 3.5 cong-an": ("..TO OOOO OOOO", "..TT TTTT TTTT"),
    # A withdrawal of 15/12/2021 of the only evidence, by mistake.
    "2021 3.6 cong-an": ("..pO OOOO OOOO", "..TT TTTT TTTT"),
    # A paper of 20/12/2022 that was typed as of 10/12/2022.
    "2022 3.1 cong-an": (".... .TTT TTTT", ".... .OLL LLLL"),
    # A letter of 10/6/2021, until 30/6, that was found in 2026; the paper came in on 25/6.
    f"{FIRST} 3.3 cong-an": (".OLL LLLL LLLL", "..TT TTTT TTTT"),
    # An extension until before 1/3/2027 that was typed as 2037.
    "2026 3.4 cong-an": (".... .... ....", ".... .... ...O"),
    # A letter on the whole of 2023, until before 10/1/2024, that was typed as 1/2/2024; the report is of 20/1/2024.
    "2023 3.4 cong-an": (".... ...T TTTT", ".... ...L LLLL"),
    # A figure on the paper of 10/12/2024 that was typed as 90, and what the police reported on 20/11/2026.
    "2024 3.2 cong-an": (".... ...O OLLL", ".... ...T TTTT"),
    # Not applicable since 5/6/2021, and a condition that was declared met by mistake.
    f"{FIRST} 3.7 cong-an": (".OOO OOOO OOOO", "NNNN NNNN NNNN"),
    # A duty that is owed once, done on 10/6/2021: a return of 1/2/2022 opens its whole line.
    f"{FIRST} G.1 so-y-te": ("TTTT OOOO OOOO", "TTTT TTTT TTTT"),
    "2022 G.1 so-y-te": ("TTTT .OOO OOOO", "TTTT TTTT TTTT"),
    # A district that was declared to have ended, and is followed by a commune.
    "2026 18.1 ubnd-o-mon": (".... .... ----", ".... .... ..OO"),
    # A cycle that was opened by mistake.
    "dot-xuat-2024 3.4 cong-an": (".... ...O OOOO", "xxxx xxxx xxxx"),
    # A cycle that was opened afterwards: the class owes for itself, since its only member never was one.
    "2027 13.1 so-ban-nganh": ("xxxx xxxx xxxx", ".... .... ...."),
    "2027 13.1 thanh-tra": ("xxxx xxxx xxxx", "xxxx xxxx xxxx"),
    "2027 18.1 xa-0": ("xxxx xxxx xxxx", ".... .... ...."),
    # Of these nobody ever recorded anything.
    f"{FIRST} 3.1 cong-an": (".OOO OOOO OOOO", ".OOO OOOO OOOO"),
    f"{FIRST} 14.1 vksnd": (".aaa aaaa aaaa", ".aaa aaaa aaaa"),
    f"{FIRST} R.3 so-ldtbxh": ("..OO OOOO OOOO", "..OO OOOO OOOO"),
}


def one(which: str) -> UUID:
    """Return an obligation by its cycle, duty and owner."""
    cycle, duty, owner = which.split()
    return obligation(duty, owner, cycle)


@pytest.fixture
async def service(address: Address, migrated: str, keys_dir: Path) -> AsyncIterator[Service]:
    """Serve the plan as it was seeded on the day of its issue."""
    async with service_from_the_first_day(address, migrated, keys_dir) as serving:
        yield serving


async def turn_of(service: Service, year: int) -> None:
    """Let the cycle of a year open by itself."""
    on(service, f"{year - 1}-12-15", "00:00:00")
    await service.jobs.open_cycles()


async def annul(service: Service, which: str, act: str, **more: Any) -> None:
    """Take back an act on an obligation."""
    await must(service.coordinator.annul(one(which), act, **more))


async def mistakes_of_2021(service: Service) -> dict[str, str]:
    """Live the first year, and return the acts that should never have been recorded."""
    police, coordinator, made = service.police, service.coordinator, {}
    on(service, "2021-06-05")
    await must(police.report(one(f"{FIRST} 3.7 cong-an"), "not_applicable"))
    await completed(service, "police", "2021-06-10", one(f"{FIRST} 3.4 cong-an"))
    await completed(service, "health", "2021-06-10", one(f"{FIRST} G.1 so-y-te"))
    on(service, "2021-06-20")
    await must(coordinator.review(one(f"{FIRST} 3.4 cong-an"), "accepted"))
    await on_paper(service, "2021-07-01", one(f"{FIRST} 3.3 cong-an"), "2021-06-25", "117/BC-CATP")
    await completed(service, "police", "2021-12-10", one("2021 3.5 cong-an"))
    await must(police.report(one("2021 3.6 cong-an")))
    evidence = (await must(police.attach(one("2021 3.6 cong-an"))))["id"]
    on(service, "2021-12-15")
    made["withdrawal"] = (await must(police.withdraw(evidence)))["withdrawal"]["id"]
    on(service, "2021-12-20")
    made["return"] = (await must(coordinator.review(one("2021 3.5 cong-an"), "returned")))["review"]["id"]
    return made


async def mistakes_until_2024(service: Service) -> dict[str, str]:
    """Live the years in which the first cycle is closed already, likewise."""
    coordinator, made = service.coordinator, {}
    await turn_of(service, 2022)
    on(service, "2022-01-10")
    await must(coordinator.post(f"{CYCLES}/{FIRST}/closing", {"reason": "Đã tổng hợp."}))
    on(service, "2022-02-01")
    returned = coordinator.review(one(f"{FIRST} G.1 so-y-te"), "returned", **BY)
    made["return of the line"] = (await must(returned))["review"]["id"]
    on(service, "2022-03-01")
    made["stray"] = (await must(service.police.report(one(f"{FIRST} 3.4 cong-an"), "in_progress")))["update"]["id"]
    await turn_of(service, 2023)
    on(service, "2022-12-21")
    paper: dict[str, Any] = {"received_on": "2022-12-10", "document_number": "240/BC-CATP", "evidence": [DOCUMENT]}
    made["paper"] = (await must(coordinator.report(one("2022 3.1 cong-an"), **paper)))["update"]["id"]
    on(service, "2023-01-02")
    made["closing"] = (await must(coordinator.post(f"{CYCLES}/2022/closing", {"reason": "Nhầm kỳ."})))["id"]
    on(service, "2023-05-05")
    decision = {"met": True, "from_on": "2021-06-01", "reason": "Nhầm nhiệm vụ.", **BY}
    path = f"/v1/obligations/{one(f'{FIRST} 3.7 cong-an')}/condition-decisions"
    made["condition"] = (await must(coordinator.post(path, decision)))["decision"]["id"]
    on(service, "2023-12-01")
    letter = {"due_before_on": "2024-02-01", "reason": "Lùi thời hạn.", "document_number": "88/UBND-KGVX"}
    moved = await must(coordinator.post(f"{CYCLES}/2023/deadlines", letter))
    made["letter"] = moved["deadlines"][0]["id"]
    await turn_of(service, 2024)
    await completed(service, "police", "2024-01-20", one("2023 3.4 cong-an"))
    on(service, "2024-03-01")
    made["opening"] = (await must(coordinator.post(CYCLES, AD_HOC)))["opening"]
    return made


async def mistakes_until_2026(service: Service) -> dict[str, str]:
    """Live the last years before somebody looks, likewise."""
    coordinator, made = service.coordinator, {}
    on(service, "2024-12-11")
    paper: dict[str, Any] = {"received_on": "2024-12-10", "document_number": "301/BC-CATP", "evidence": [DOCUMENT]}
    typed = coordinator.report(one("2024 3.2 cong-an"), measurements=figures(c=90), **paper)
    made["figure"] = (await must(typed))["update"]["id"]
    for year in (2025, 2026):
        await turn_of(service, year)
    on(service, "2026-11-20")
    await must(service.police.report(one("2024 3.2 cong-an"), measurements=figures()))
    extended = coordinator.extend(one("2026 3.4 cong-an"), "2037-03-01")
    made["extension"] = (await must(extended))["extension"]["id"]
    ended = {"outcome": "confirmed", "reason": "Nhầm.", "ends": True, **BY}
    await must(coordinator.post(f"{SUCCESSIONS}/{DISTRICT}/decision", ended))
    made["membership"] = (await must(coordinator.post(f"{BODIES}/so-ban-nganh/members", INSPECTORS)))["id"]
    return made


async def put_right(service: Service, made: dict[str, str]) -> None:
    """Take all of it back on 25/11/2026, and enter what is right."""
    coordinator = service.coordinator
    on(service, "2026-11-25")
    for cycle, name in (("2022", "closing"), ("2023", "letter"), ("dot-xuat-2024", "opening")):
        await must(coordinator.post(f"{CYCLES}/{cycle}/annulments", {"act": made[name], "reason": "Ghi nhầm."}))
    for which, name in (
        ("2021 3.5 cong-an", "return"),
        ("2021 3.6 cong-an", "withdrawal"),
        ("2022 3.1 cong-an", "paper"),
        ("2024 3.2 cong-an", "figure"),
        ("2026 3.4 cong-an", "extension"),
    ):
        await annul(service, which, made[name])
    for which, name in (("3.4 cong-an", "stray"), ("3.7 cong-an", "condition"), ("G.1 so-y-te", "return of the line")):
        await annul(service, f"{FIRST} {which}", made[name], **BY)
    taken_back = {"act": made["membership"], "reason": "Nhầm cơ quan."}
    await must(coordinator.post(f"{BODIES}/so-ban-nganh/members/thanh-tra/annulments", taken_back))
    await must(coordinator.post(f"{SUCCESSIONS}/{DISTRICT}/annulments", {"reason": "Xác nhận nhầm.", **BY}))
    await enter_anew(service)


async def enter_anew(service: Service) -> None:
    """Enter what should have been recorded."""
    coordinator = service.coordinator
    await on_paper(service, "2026-11-25", one("2022 3.1 cong-an"), "2022-12-20", "240/BC-CATP")
    paper: dict[str, Any] = {"received_on": "2024-12-10", "document_number": "301/BC-CATP", "evidence": [DOCUMENT]}
    await must(coordinator.report(one("2024 3.2 cong-an"), measurements=figures(), **paper))
    await must(coordinator.extend(one("2026 3.4 cong-an"), "2027-03-01"))
    found = {"decided_on": "2021-06-10", "document_number": "7/UBND-KGVX", **BY}
    await must(coordinator.extend(one(f"{FIRST} 3.3 cong-an"), "2021-07-01", **found))
    letter = {"due_before_on": "2024-01-10", "reason": "Lùi thời hạn.", "document_number": "88/UBND-KGVX"}
    await must(coordinator.post(f"{CYCLES}/2023/deadlines", letter | {"decided_on": "2023-12-01"}))
    commune = [{"code": "xa-0", "name": "UBND xã số 0"}]
    proposed = propose(coordinator, "ubnd-o-mon", successors=commune, effective_on="2025-07-01", kind="split")
    path = f"{SUCCESSIONS}/{(await must(proposed))['id']}/decision"
    await must(coordinator.post(path, {"outcome": "confirmed", "reason": "Theo nghị quyết.", **BY}))


async def spelled(service: Service, which: str, **asked: str) -> str:
    """Return what is told of an obligation at the twelve instants, as `TOLD` spells it."""
    letters = {status: letter for letter, status in WORDS.items()}
    said = ""
    for as_of in INSTANTS:
        answer = await service.coordinator.get(f"/v1/obligations/{one(which)}", as_of=as_of, **asked)
        said += letters[answer.json()["status"]] if answer.status_code == 200 else "x"
    return " ".join((said[:4], said[4:8], said[8:]))


async def sealed_figures(service: Service) -> dict[str, Any]:
    """Return the figures of the first cycle as they were sealed."""
    return await status_of(service.integrator, cycle=FIRST, sealed="true")


async def test_each_mistake_is_made_believed_and_put_right_and_every_instant_keeps_its_answers(
    service: Service, address: Address, keys_dir: Path
) -> None:
    made = await mistakes_of_2021(service) | await mistakes_until_2024(service)
    sealed = await sealed_figures(service)
    made |= await mistakes_until_2026(service)
    believed = datetime.now(UTC).isoformat()
    await put_right(service, made)
    await turn_of(service, 2027)
    on(service, "2027-03-03")
    known = datetime.now(UTC).isoformat()

    told = {
        which: (await spelled(service, which, known_at=believed), await spelled(service, which, known_at=known))
        for which in TOLD
    }
    assert told == TOLD

    assert await sealed_figures(service) == sealed
    [first] = (await status_of(service.integrator, cycle=FIRST))["cycles"]
    # Of what was sealed on 10/1/2022, the letter that was found has changed one.
    assert (first["restated"], first["changed_since_closing"]) == (1, 1)
    [second] = (await status_of(service.integrator, cycle="2022"))["cycles"]
    [then] = (await status_of(service.integrator, cycle="2022", known_at=believed))["cycles"]
    assert (second["closed_at"], then["closed_at"]) == (None, "2023-01-02T02:00:00Z")
    await service.jobs.number()
    verified = run_verify(service, address, keys_dir)
    assert verified.returncode == 0, verified.stdout
