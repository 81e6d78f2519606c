"""No request can carry personal data: every field in which people write is guarded, whichever call it belongs to."""

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.errors import PersonalDataFound
from app.schemas.base import Narrative, NotPersonal, RequestModel
from tests.api.asking import problem_of, rows_of
from tests.contract.snapshot import app_without_database
from tests.given import DOCUMENT, LINK, TRAINING, Service, item

Json = dict[str, Any]

SECRET = "Cháu Nguyễn Thị Lan, mẹ 0912345678"
NAME_AND_PHONE = "holds the name of a child (characters 6 to 19); holds a phone number (characters 25 to 34)"


def request_models(base: type[RequestModel] = RequestModel) -> Iterator[type[RequestModel]]:
    """Yield every shape that a caller can send."""
    for model in base.__subclasses__():
        yield model
        yield from request_models(model)


MODELS = {model.__name__: model for model in request_models()}


def text_fields(model: type[RequestModel]) -> Iterator[str]:
    """Name the fields that take text of some kind."""
    for name, shape in model.model_json_schema().get("properties", {}).items():
        kinds = {part.get("type") for part in (shape, *shape.get("anyOf", ()))}
        if "string" in kinds and "const" not in shape:
            yield name


FIELDS = [(model, field) for model in MODELS.values() for field in text_fields(model)]


@pytest.mark.parametrize(("model", "field"), FIELDS, ids=lambda one: getattr(one, "__name__", one))
def test_no_text_field_of_any_request_takes_personal_data(model: type[RequestModel], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        model.model_validate({field: SECRET})

    assert (field,) in {error["loc"] for error in refused.value.errors()}


def takes_figures(model: type[RequestModel], field: str) -> bool:
    """Say whether a field is for figures, which may be as long as they like."""
    shape = model.model_json_schema()["properties"][field]
    return any(part.get("type") in {"number", "integer"} for part in (shape, *shape.get("anyOf", ())))


@pytest.mark.parametrize(
    ("model", "field"),
    [one for one in FIELDS if not takes_figures(*one)],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_no_code_and_no_reference_of_any_request_is_a_citizen_number(model: type[RequestModel], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        model.model_validate({field: "092211000123"})

    assert (field,) in {error["loc"] for error in refused.value.errors()}


def objects(document: Json, node: Any) -> Iterator[Json]:
    """Yield every object that can be sent in a body, also those that stand inside others."""
    if isinstance(node, list):
        yield from (found for one in node for found in objects(document, one))
    elif isinstance(node, dict):
        if "$ref" in node:
            yield from objects(document, document["components"]["schemas"][node["$ref"].rpartition("/")[2]])
        if "properties" in node:
            yield node
        yield from (found for name, one in node.items() if name != "examples" for found in objects(document, one))


def bodies(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield each operation that takes JSON with what it takes."""
    for path in document["paths"].values():
        for operation in path.values():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                yield operation["operationId"], content["application/json"]["schema"]


def model_of(shape: Json) -> type[RequestModel]:
    """Return the model that an object of the document was made from."""
    return next(one for one in MODELS.values() if cleandoc(one.__doc__ or "") == shape["description"])


_BOUND = {"pattern", "format", "const", "enum"}
"""What leaves no room for words, but for the pattern that only asks for one visible character."""


def free_text(shape: Json) -> Iterator[str]:
    """Name the fields in which anything can be written."""
    for name, field in shape["properties"].items():
        kinds = (field, *field.get("anyOf", ()))
        if any(one.get("type") == "string" and (not _BOUND & set(one) or one.get("pattern") == r"\S") for one in kinds):
            yield name


DOCUMENT_OF_API: Json = app_without_database().openapi()
WRITTEN = [
    pytest.param(model_of(shape), field, id=f"{operation}-{model_of(shape).__name__}-{field}")
    for operation, body in bodies(DOCUMENT_OF_API)
    for shape in objects(DOCUMENT_OF_API, body)
    for field in free_text(shape)
]
_OF_A_FORM = {"number", "document_number", "reopened_by"}
"""Numbers of documents, which have a form of their own that the document cannot say."""
_NOT_PROSE = {"url", "subject"}
"""Where only the kinds are looked for that no other number is taken for."""


@pytest.mark.parametrize(("model", "field"), WRITTEN)
def test_whatever_an_operation_lets_people_write_is_guarded(model: type[RequestModel], field: str) -> None:
    wanted = {"value_error"} if field in _OF_A_FORM else {PersonalDataFound.slug()}
    text = "https://example.org/0912345678" if field in _NOT_PROSE else SECRET

    with pytest.raises(ValidationError) as refused:
        model.model_validate({field: text})

    assert {error["type"] for error in refused.value.errors() if error["loc"] == (field,)} == wanted


def test_the_fields_that_people_write_in_are_found_in_every_operation() -> None:
    found = {str(one.id) for one in WRITTEN}

    assert found >= {
        *("reportUpdate-UpdateIn-late_reason", "reportUpdates-ItemIn-summary", "reportUpdate-LinkIn-title"),
        *(
            "attachEvidence-PaperDocumentIn-issuer",
            "withdrawEvidence-WithdrawalIn-reason",
            "contribute-ContributionIn-note",
        ),
        *("requestExtension-ExtensionRequestIn-reason", "decideCondition-ConditionDecisionIn-reason"),
        *("giveInstruction-InstructionIn-words", "giveInstruction-InstructionIn-leader"),
        *("closeCycle-ClosingIn-reason", "addClient-ClientIn-name", "markHoliday-HolidayIn-name"),
    }


@pytest.mark.parametrize(
    ("sent", "pointers"),
    [
        ({"summary": SECRET}, ["/summary"]),
        ({"late_reason": SECRET}, ["/late_reason"]),
        ({"evidence": [DOCUMENT, LINK | {"title": SECRET}]}, ["/evidence/1/title"]),
        ({"summary": SECRET, "evidence": [DOCUMENT | {"issuer": SECRET}]}, ["/summary", "/evidence/0/issuer"]),
    ],
)
async def test_an_update_with_personal_data_is_refused_with_the_kind_and_the_place(
    service: Service, sent: dict[str, Any], pointers: list[str]
) -> None:
    before = await rows_of(service)

    response = await service.police.report(TRAINING, **sent)

    problem = problem_of(response, 422, "personal-data-found")
    assert problem["errors"] == [{"pointer": pointer, "detail": NAME_AND_PHONE} for pointer in pointers]
    assert [word for word in ("Lan", "0912345678") if word in response.text] == []
    assert await rows_of(service) == before


@pytest.mark.parametrize("field", ["title", "issuer"])
async def test_evidence_with_personal_data_is_refused(service: Service, field: str) -> None:
    problem = problem_of(await service.police.attach(TRAINING, **{field: SECRET}), 422, "personal-data-found")

    assert problem["errors"] == [{"pointer": f"/{field}", "detail": NAME_AND_PHONE}]


@pytest.mark.parametrize("url", ["https://example.org/0912345678", "https://example.org/?q=TE1%20929212345678"])
async def test_an_address_with_personal_data_is_refused(service: Service, url: str) -> None:
    response = await service.police.post(f"/v1/obligations/{TRAINING}/evidence", LINK | {"url": url})

    assert [fault["pointer"] for fault in problem_of(response, 422, "personal-data-found")["errors"]] == ["/url"]


async def test_an_address_may_hold_the_number_of_an_article(service: Service) -> None:
    sent = LINK | {"url": "https://example.org/tin-tuc/tre-em-can-tho-361234567.html"}

    assert (await service.police.post(f"/v1/obligations/{TRAINING}/evidence", sent)).status_code == 201


async def test_a_mark_of_secrecy_is_refused_as_what_it_is(service: Service) -> None:
    response = await service.police.report(TRAINING, summary="TUYỆT MẬT", late_reason=SECRET)

    problem = problem_of(response, 422, "secrecy-mark-found")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/summary", "/late_reason"]


async def test_the_title_of_the_problem_can_be_had_in_vietnamese(service: Service) -> None:
    response = await service.police.report(TRAINING, summary=SECRET, headers={"Accept-Language": "vi"})

    assert "tên trẻ em" in problem_of(response, 422, "personal-data-found")["title"]


async def test_a_pointer_names_a_place_in_what_was_sent_and_no_tag_of_ours(service: Service) -> None:
    response = await service.police.report(TRAINING, evidence=[DOCUMENT | {"issued_on": "?"}])

    (fault,) = problem_of(response, 422, "malformed-content")["errors"]
    assert fault["pointer"] == "/evidence/0/issued_on"


async def test_an_item_among_many_is_refused_for_itself_as_what_it_is(service: Service) -> None:
    response = await service.police.bulk(item(TRAINING, summary=SECRET), item(TRAINING))

    first, second = response.json()["results"]
    assert (first["status"], second["status"]) == (422, 201)
    assert first["problem"]["type"] == "/problems/personal-data-found"
    assert first["problem"]["errors"] == [{"pointer": "/items/0/summary", "detail": NAME_AND_PHONE}]
    assert [word for word in ("Lan", "0912345678") if word in response.text] == []


async def test_whoever_is_refused_many_items_at_once_does_not_read_them_either(service: Service) -> None:
    response = await service.police.bulk(item(TRAINING, summary=SECRET), atomic=True)

    problem = problem_of(response, 422, "items-refused")
    assert problem["errors"] == [{"pointer": "/items/0/summary", "detail": NAME_AND_PHONE}]


async def test_a_client_bears_no_name_and_no_number_of_a_person(service: Service) -> None:
    for sent in ({"name": SECRET}, {"name": "Hệ thống", "subject": "0912345678"}):
        response = await service.admin.post("/v1/clients", {"role": "integrator"} | sent)
        problem_of(response, 422, "personal-data-found")


class Remark(NotPersonal):
    """What a coordinator says."""

    said: Narrative


SURE = {"not_personal": True, "not_personal_reason": "Lan là tên một giống lúa."}


def test_the_word_of_a_coordinator_passes_a_name_with_a_reason() -> None:
    assert Remark.model_validate(SURE | {"said": "Cháu Lan"}).not_personal

    for sent in ({"not_personal": True}, {"not_personal_reason": "Vì thế."}, SURE | {"not_personal": False}):
        with pytest.raises(ValidationError):
            Remark.model_validate(sent | {"said": "Đã xong."})


@pytest.mark.parametrize("said", [SECRET, "Mẹ cháu: 0912345678", "TỐI MẬT"])
def test_the_word_of_a_coordinator_passes_no_number_and_no_mark(said: str) -> None:
    with pytest.raises(ValidationError):
        Remark.model_validate(SURE | {"said": said})


def test_the_reason_why_something_is_not_personal_is_looked_through_itself() -> None:
    with pytest.raises(ValidationError):
        Remark.model_validate(SURE | {"not_personal_reason": "Cháu Lan", "said": "Đã xong."})


REFERENCES = ["092211000123", "gia-dinh-0912345678", "chau-nguyen-thi-lan", "lan85@gmail.com", "TE1929212345678"]


@pytest.mark.parametrize("reference", REFERENCES)
async def test_a_name_that_a_client_gives_is_looked_through(service: Service, reference: str) -> None:
    response = await service.police.bulk(item(TRAINING, client_ref=reference))

    (result,) = response.json()["results"]
    assert result["problem"]["type"] == "/problems/personal-data-found"
    assert result["problem"]["errors"][0]["pointer"] == "/items/0/client_ref"
    assert reference not in result["problem"]["errors"][0]["detail"]


@pytest.mark.parametrize("reference", REFERENCES)
async def test_a_key_that_is_kept_is_looked_through(service: Service, reference: str) -> None:
    response = await service.police.report(TRAINING, headers={"Idempotency-Key": reference})

    problem_of(response, 422, "personal-data-found")
    assert reference not in response.text


@pytest.mark.parametrize("reference", REFERENCES)
async def test_the_id_of_a_request_that_names_a_person_is_replaced(service: Service, reference: str) -> None:
    response = await service.http.get("/healthz", headers={"X-Request-Id": reference})

    assert reference not in response.headers["x-request-id"]


@pytest.mark.parametrize("given", ["catp-2026-0001", "361234567", "20260615-000123", "f" * 32, "0" * 31 + "a"])
async def test_the_numbers_of_a_machine_are_its_own(service: Service, given: str) -> None:
    response = await service.http.get("/healthz", headers={"X-Request-Id": given})

    assert response.headers["x-request-id"] == given


INVISIBLE = "\u202e\u2066\u200f\u200b\u2060\ufeff\u00ad\u3164\x07\x1b\U000e0041\U000e0001"


@pytest.mark.parametrize("character", INVISIBLE, ids=lambda one: f"U+{ord(one):04X}")
async def test_a_character_that_nobody_sees_is_refused_at_its_place(service: Service, character: str) -> None:
    response = await service.police.report(TRAINING, summary=f"Đã xong{character}.")

    (fault,) = problem_of(response, 422, "malformed-content")["errors"]
    assert fault["pointer"] == "/summary"
    assert "(character 8)" in fault["detail"]


async def test_lines_tabs_and_drawn_figures_are_text(service: Service) -> None:
    response = await service.police.report(TRAINING, summary="Đã xong:\n\t1. Tập huấn 👨\u200d👩\u200d👧 ❤️\u00a0ạ.\r\n")

    assert response.status_code == 201
