"""GET /v1/plans and what is below it: bodies and duties."""

import pytest

from app.domain.text import fold
from app.settings import ROOT
from tests.api.asking import problem_of
from tests.given import PLAN, Service

BODIES, DUTIES = f"/v1/plans/{PLAN}/bodies", f"/v1/plans/{PLAN}/duties"
SOURCE = (ROOT / "seeds" / PLAN / "source.txt").read_text(encoding="utf-8").splitlines()


async def test_the_plan_is_listed(service: Service) -> None:
    response = await service.integrator.get("/v1/plans")

    assert response.status_code == 200
    assert [(plan["slug"], plan["number"]) for plan in response.json()["items"]] == [(PLAN, "115/KH-UBND")]


async def test_the_plan_counts_what_it_holds_and_names_what_it_rests_on(service: Service) -> None:
    plan = (await service.integrator.get(f"/v1/plans/{PLAN}")).json()

    assert plan["counts"] == {
        "bodies": 18,
        "members": 15,
        "duties": 83 + 5,
        "owners": 30,
        "obligations": 252 + 6 * 296,
    }
    assert [cycle["code"] for cycle in plan["cycles"]] == ["2021-06-15", "2021", "2022", "2023", "2024", "2025", "2026"]
    assert [basis["number"] for basis in plan["legal_bases"]] == ["121/2020/QH14", "1472/QĐ-TTg"]
    assert (plan["issued_on"], plan["time_zone"]) == ("2021-05-31", "Asia/Ho_Chi_Minh")


async def test_bodies_come_in_the_plans_order_with_their_members_nested(service: Service) -> None:
    found = (await service.integrator.get(BODIES)).json()["items"]

    assert [body["no"] for body in found] == list(range(1, 19))
    assert {body["no"]: len(body["members"]) for body in found if body["members"]} == {16: 4, 17: 2, 18: 9}
    assert [body["no"] for body in found if body["open_class"]] == [13]
    assert (found[2]["code"], found[2]["name"], found[2]["duty_count"]) == ("cong-an", "Công an thành phố", 8)


async def test_every_heading_stands_in_the_source(service: Service) -> None:
    found = (await service.integrator.get(BODIES)).json()["items"]

    assert all(body["heading"] in SOURCE[body["source_line"] - 1] for body in found)


async def test_a_member_names_its_group(service: Service) -> None:
    member = (await service.integrator.get(f"{BODIES}/ubnd-ninh-kieu")).json()

    assert (member["no"], member["group"]["no"], member["members"]) == (None, 18, [])


async def test_there_are_83_duties_and_5_general_ones_with_verbatim_text(service: Service) -> None:
    found = (await service.integrator.get(DUTIES)).json()["items"]

    general = [duty["code"] for duty in found if duty["body"] is None]
    assert sorted(general) == ["F.1", "G.1", "R.1", "R.2", "R.3"]
    assert len(found) == 83 + 5
    assert [duty["code"] for duty in found if duty["text"] not in SOURCE[duty["source_line"] - 1]] == []


async def test_thirty_owners_have_duties_and_no_group_is_one_of_them(service: Service) -> None:
    duties = (await service.integrator.get(DUTIES)).json()["items"]
    bodies = (await service.integrator.get(BODIES)).json()["items"]

    owners = {owner["code"] for duty in duties for owner in duty["owners"]}
    assert len(owners) == 30
    assert owners.isdisjoint(body["code"] for body in bodies if body["members"])


async def test_a_duty_says_what_it_asks_for(service: Service) -> None:
    duty = (await service.integrator.get(f"{DUTIES}/3.2")).json()

    assert duty["body"] == {"no": 3, "code": "cong-an"}
    assert duty["owners"] == [{"code": "cong-an", "name": "Công an thành phố", "force": "directed"}]
    assert [target["code"] for target in duty["targets"]] == ["3.2-a", "3.2-b", "3.2-c", "3.2-d"]
    over_ninety = duty["targets"][2]
    assert (over_ninety["comparator"], over_ninety["value"], over_ninety["unit"]) == (">", 90.0, "%")


async def test_a_duty_names_its_partners(service: Service) -> None:
    duty = (await service.integrator.get(f"{DUTIES}/3.6")).json()

    assert "so-vhttdl" in [partner["body"]["code"] for partner in duty["partners"] if partner["body"]]


async def test_five_conditions_cover_the_whole_of_a_duty(service: Service) -> None:
    found = (await service.integrator.get(DUTIES)).json()["items"]

    whole = [duty["code"] for duty in found if duty["condition"] and duty["condition"]["scope"] == "whole"]
    assert whole == ["1.2", "1.10", "3.7", "7.1", "7.2"]


@pytest.mark.parametrize(("name", "value"), [("kind", "reporting"), ("kind", "liability"), ("force", "requested")])
async def test_duties_can_be_filtered_by_what_they_are(service: Service, name: str, value: str) -> None:
    everything = (await service.integrator.get(DUTIES)).json()["items"]

    found = (await service.integrator.get(DUTIES, **{name: value})).json()["items"]

    assert found == [duty for duty in everything if duty[name] == value]
    assert found


async def test_duties_of_a_body_are_those_of_its_heading_and_those_that_it_or_its_members_own(service: Service) -> None:
    everything = (await service.integrator.get(DUTIES)).json()["items"]
    group = (await service.integrator.get(f"{BODIES}/ubnd-quan-huyen")).json()
    concerned = {group["code"], *(member["code"] for member in group["members"])}

    found = (await service.integrator.get(DUTIES, body=group["code"])).json()["items"]

    expected = [
        duty
        for duty in everything
        if concerned & {*(owner["code"] for owner in duty["owners"]), (duty["body"] or {}).get("code")}
    ]
    assert found == expected


@pytest.mark.parametrize("words", ["bao luc", "bạo lực", "BẠO LỰC", "lực bạo"])
async def test_duties_are_found_by_words_with_or_without_diacritics(service: Service, words: str) -> None:
    everything = (await service.integrator.get(DUTIES)).json()["items"]

    found = (await service.integrator.get(DUTIES, q=words)).json()["items"]

    spoken = {duty["code"]: fold(f"{duty['title_vi']} {duty['title_en']} {duty['text']}") for duty in everything}
    assert [duty["code"] for duty in found] == [
        code for code, text in spoken.items() if "bao" in text and "luc" in text
    ]
    assert found


@pytest.mark.parametrize("words", ["100%", "_", "%", "\\"])
async def test_a_search_takes_its_words_literally(service: Service, words: str) -> None:
    everything = (await service.integrator.get(DUTIES)).json()["items"]

    found = (await service.integrator.get(DUTIES, q=words)).json()["items"]

    assert found == [duty for duty in everything if words in duty["text"]]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/plans/unknown",
        "/v1/plans/unknown/bodies",
        "/v1/plans/unknown/duties",
        "/v1/plans/unknown/cycles",
        "/v1/plans/unknown/status",
        f"{BODIES}/unknown",
        f"{DUTIES}/99.9",
    ],
)
async def test_what_is_not_there_is_not_found(service: Service, path: str) -> None:
    problem_of(await service.coordinator.get(path), 404, "not-found")


@pytest.mark.parametrize("path", ["/v1/plans", f"/v1/plans/{PLAN}", BODIES, f"{BODIES}/cong-an", DUTIES])
async def test_a_plan_is_not_sent_again_to_whom_has_it(service: Service, path: str) -> None:
    first = await service.police.get(path)

    again = await service.police.get(path, headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert not first.headers["etag"].startswith("W/")
