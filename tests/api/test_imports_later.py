"""Forms that are recorded later: 202, a place to ask, and what became of each line."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text

from app.database.engine import SYSTEM
from app.models import FormImport, FormImportLine, FormImportPart
from app.models.base import table
from tests.api.asking import problem_of
from tests.api.test_imports import HEADINGS, IMPORTS, became, row, sent
from tests.given import Caller, Service, obligation

LATER = {"Prefer": "respond-async"}


async def kept(service: Service, content: str | bytes, *, by: str = "police", **asked: Any) -> httpx.Response:
    """Send a form that shall be recorded later."""
    headers = {"Content-Type": "text/csv", "Accept-Language": asked.pop("language", "vi"), **LATER}
    caller: Caller = getattr(service, by)
    body = content.encode() if isinstance(content, str) else content
    token = {"Authorization": f"Bearer {caller.token()}"}
    return await service.http.post(IMPORTS, content=body, headers=headers | token, params=asked)


async def asked_about(service: Service, answer: httpx.Response) -> dict[str, Any]:
    """Ask at the place that a 202 names."""
    assert answer.status_code == 202, answer.text
    response = await service.police.get(answer.headers["location"])
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = response.json()
    return shown


async def results_of(service: Service, answer: httpx.Response, **asked: Any) -> list[dict[str, Any]]:
    """Read what became of all lines."""
    response = await service.police.get(f"{answer.headers['location']}/results", **asked)
    assert response.status_code == 200, response.text
    page: dict[str, Any] = response.json()
    found: list[dict[str, Any]] = page["items"]
    if page["next_cursor"]:
        found += await results_of(service, answer, **{**asked, "cursor": page["next_cursor"]})
    return found


async def number_of(service: Service, model: Any) -> int:
    async with service.app.state.database.reading(SYSTEM) as connection:
        return int(await connection.scalar(select(func.count()).select_from(table(model))))


async def test_a_form_is_recorded_later_by_whoever_would_rather_not_wait(service: Service) -> None:
    answer = await kept(service, HEADINGS + row("3.1") + row("99.9") + "2026,3.3,cong-an,,,\n")
    before = await asked_about(service, answer)

    await service.jobs.record_forms()

    after = await asked_about(service, answer)
    assert (answer.headers["preference-applied"], answer.headers["retry-after"]) == ("respond-async", "2")
    assert (before["state"], before["lines"], before["finished_at"]) == ("waiting", None, None)
    assert before == answer.json()
    assert (after["state"], after["lines"], after["problem"]) == ("done", 2, None)
    assert after["counts"] == {"recorded": 1, "replayed": 0, "refused": 1, "blank": 1}
    recorded, refused = await results_of(service, answer, limit=1)
    assert (recorded["line"], recorded["result"], refused["line"], refused["problem"]) == (
        2,
        "recorded",
        3,
        "not-found",
    )
    (act,) = await service.police.history(obligation("3.1", "cong-an", "2026"))
    assert (act["id"], act["percent"]) == (recorded["update"], 40)


async def test_what_became_of_lines_can_be_asked_for_by_what_became_of_them(service: Service) -> None:
    answer = await kept(service, HEADINGS + row("3.1") + row("99.9") + row("3.2", percent="300") + row("3.3"))
    await service.jobs.record_forms()

    refused = await results_of(service, answer, result="refused", limit=1)

    assert [one["line"] for one in refused] == [3, 4]
    assert refused[1]["faults"][0]["cell"] == "E4"
    assert refused[1]["faults"][0]["detail"].startswith("phải là số nguyên")


async def test_a_large_form_is_recorded_later_whatever_its_sender_would_rather(service: Service) -> None:
    own = "x" * 30_000
    form = HEADINGS.strip() + ",own\n" + "".join(row(f"3.{n % 3 + 1}").strip() + f",{own}\n" for n in range(180))

    answer = await sent(service, form)
    await service.jobs.record_forms()

    assert "preference-applied" not in answer.headers
    assert (await asked_about(service, answer))["counts"]["recorded"] == 180


async def test_a_form_counts_from_when_it_came_and_not_from_when_it_was_recorded(service: Service) -> None:
    service.clock.now = datetime(2026, 12, 16, 16, 59, 59, tzinfo=UTC)
    form = HEADINGS.strip() + ",evidence_title,evidence_classification,evidence_url\n"
    line = row("3.4", percent="100", state="đã hoàn thành").strip() + ",Trang tin,công khai,https://example.org/a\n"
    answer = await kept(service, form + line)
    service.clock.now += timedelta(hours=3)

    await service.jobs.record_forms()

    assert (await asked_about(service, answer))["counts"]["recorded"] == 1
    assert (await service.police.standing(obligation("3.4", "cong-an", "2026")))["status"] == "completed_on_time"


async def test_a_dry_run_records_nothing_later_either(service: Service) -> None:
    answer = await kept(service, HEADINGS + row("3.1"), dry_run=True)
    await service.jobs.record_forms()

    (line,) = await results_of(service, answer)
    assert (line["result"], line["update"]) == ("recorded", None)
    assert await service.police.history(obligation("3.1", "cong-an", "2026")) == []


async def test_a_file_that_cannot_be_read_is_said_to_have_failed_and_why(service: Service) -> None:
    unreadable, scaled = (
        await kept(service, "%PDF-1.7"),
        await kept(service, HEADINGS + row("3.1", percent="1"), language="en"),
    )
    await service.jobs.record_forms()

    first, second = await asked_about(service, unreadable), await asked_about(service, scaled)
    assert (first["state"], first["problem"]["type"]) == ("failed", "/problems/form-unreadable")
    assert "bảng tính" in first["problem"]["detail"]
    assert second["problem"]["type"] == "/problems/figures-look-scaled"
    assert "as_is=true" in second["problem"]["detail"]


async def test_who_may_not_report_any_more_has_nothing_recorded(service: Service) -> None:
    answer = await kept(service, HEADINGS + row("3.1"))
    asked = f"/v1/clients/{service.police.client_id}"
    disabled = await service.admin.patch(asked, {"disabled": True})
    await service.jobs.record_forms()
    await service.admin.patch(asked, {"disabled": False})

    assert disabled.status_code == 200
    told = await asked_about(service, answer)
    assert (told["state"], told["problem"]["type"]) == ("failed", "/problems/not-allowed")
    assert await service.police.history(obligation("3.1", "cong-an", "2026")) == []


async def test_another_process_goes_on_where_one_ended_and_what_was_told_stays_told(own_service: Service) -> None:
    own_service.clock.catch_up()
    answer = await kept(own_service, HEADINGS + row("3.1") + row("3.2"))
    own_service.clock.now += timedelta(seconds=1)
    await own_service.jobs.record_forms()
    async with own_service.app.state.database.writing(SYSTEM) as connection:
        # As if the process had ended between the first line and the second one: the form was there, and it was due.
        await connection.execute(
            text("UPDATE form_import SET state = 'running', recorded = 1, finished_at = NULL, next_attempt_at = :now"),
            {"now": own_service.clock.now},
        )
    again = await kept(own_service, HEADINGS + row("3.1") + row("3.2"))

    await own_service.jobs.record_forms()

    assert [one["result"] for one in await results_of(own_service, again)] == ["replayed", "replayed"]
    assert [one["result"] for one in await results_of(own_service, answer)] == ["recorded", "recorded"]


async def test_an_attempt_that_lost_its_turn_tells_nothing_more(service: Service) -> None:
    answer = await kept(service, HEADINGS + row("3.1"))
    importer = service.jobs._importer
    first = await importer._take()
    service.clock.now += timedelta(minutes=2)
    second = await importer._take()
    assert first
    assert second
    assert await importer._take() is None

    await importer._attempt(first)
    between = await asked_about(service, answer)
    await importer._attempt(second)

    assert (between["state"], between["counts"]["recorded"]) == ("running", 0)
    assert (await asked_about(service, answer))["state"] == "done"


async def test_a_form_that_always_ends_its_process_is_given_up(service: Service) -> None:
    answer = await kept(service, HEADINGS + row("3.1"))
    for _ in range(5):
        assert await service.jobs._importer._take()
        service.clock.now += timedelta(minutes=2)

    await service.jobs.record_forms()

    told = await asked_about(service, answer)
    assert (told["state"], told["problem"]["type"]) == ("failed", "/problems/internal-fault")


async def test_the_form_goes_once_it_is_recorded_and_what_became_of_it_after_a_week(own_service: Service) -> None:
    own_service.clock.catch_up()
    answer = await kept(own_service, HEADINGS + row("3.1", "Gọi 0912345678"))
    async with own_service.app.state.database.reading(SYSTEM) as connection:
        (piece,) = await connection.scalars(select(table(FormImportPart).c.content))

    await own_service.jobs.record_forms()

    told = await asked_about(own_service, answer)
    assert b"0912345678" not in piece
    assert await number_of(own_service, FormImportPart) == 0
    assert datetime.fromisoformat(told["kept_until"]) == own_service.clock.now + timedelta(days=7)
    own_service.clock.now += timedelta(days=7)
    await own_service.jobs.tidy()
    problem_of(await own_service.police.get(answer.headers["location"]), 404, "not-found")
    assert await number_of(own_service, FormImport) == await number_of(own_service, FormImportLine) == 0


async def test_nothing_personal_is_kept_of_what_was_refused(service: Service) -> None:
    headings = HEADINGS.strip() + ",client_ref,Liên hệ 0912345678\n"
    line = row("3.1").strip() + ",0912345678,x\n"
    answer = await kept(service, headings + line)

    await service.jobs.record_forms()

    told, (result,) = await asked_about(service, answer), await results_of(service, answer)
    assert (result["result"], result["client_ref"]) == ("refused", None)
    assert "0912345678" not in f"{told}{result}"
    assert told["remarks"] == ["Các cột không thuộc biểu mẫu được bỏ qua: H."]


async def test_only_its_sender_knows_of_an_import(service: Service) -> None:
    answer = await kept(service, HEADINGS + row("3.1"))
    place = answer.headers["location"]

    for other in (service.health, service.coordinator):
        problem_of(await other.get(place), 404, "not-found")
        problem_of(await other.get(f"{place}/results"), 404, "not-found")
    elsewhere = place.replace("115-kh-ubnd-2021", "nobodys")
    problem_of(await service.police.get(elsewhere), 404, "not-found")
    problem_of(await service.integrator.get(place), 403, "not-allowed")


@pytest.mark.parametrize("prefer", ["wait=5", "respond-asynchronously", "", "return=minimal, wait=3"])
async def test_another_preference_is_answered_at_once(service: Service, prefer: str) -> None:
    token = {"Authorization": f"Bearer {service.police.token()}", "Content-Type": "text/csv", "Prefer": prefer}

    answer = await service.http.post(IMPORTS, content=HEADINGS + row("3.1"), headers=token)

    assert became(answer) == [(2, "recorded")]
