"""Reminder letters: made for the bodies that should be urged, kept, and numbered afterwards."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response

from app.commands import reminder_letters
from app.database.statements import fetch_all, fetch_one
from app.domain import errors
from app.domain.access import Caller, Permission
from app.queries.plans import plan
from app.queries.reminder_letters import contents_of, letters_of
from app.routers.parameters import Slug
from app.schemas.base import Code
from app.schemas.reminder_letters import ReminderLetterList, ReminderLetterOut, ReminderLettersIn, ReminderNumberIn
from app.web.auth.access import may
from app.web.files.letters import MADE, ONE, LettersFormat, Wanted, as_archive, as_document, ids_in
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Asked, Reading, Viewing, answer
from app.web.write import Creating

router = Router(prefix="/v1/plans/{plan}/reminder-letters", tags=["reports"], route_class=ExactRoute)
Reader = Annotated[Caller, may(Permission.READ_REPORTS)]
LetterId = Annotated[UUID, Path(alias="letter", description="The letter's id.")]


@router.post(
    "",
    operation_id="sendReminderLetters",
    summary="Make letters that urge bodies",
    status_code=201,
    response_model=ReminderLetterList,
    responses=MADE
    | documented(errors.NotFound, errors.CycleNotOpen, errors.BodyUnknown, errors.NobodyToUrge, errors.NotAcceptable),
)
async def send_reminder_letters(
    slug: Slug,
    caller: Annotated[Caller, may(Permission.URGE)],
    write: Creating,
    view: Viewing,
    sent: ReminderLettersIn,
    wanted: Wanted,
) -> Response:
    """Make a letter to each body that has something overdue in a cycle, or due within 15 days, and record each.

    The answer is an archive with a document for each, in the form of Decree 30/2020/NĐ-CP, with the list of duties,
    their deadlines and the words of the plan; with `format=json`, what was recorded.  A letter decides nothing.
    Number, date and signature are left to the office's document system; the number is entered afterwards.
    """
    made = await write.at("/v1/plans/{plan}/reminder-letters").run(
        reminder_letters.send, caller, slug, sent, now=write.now
    )
    if wanted is LettersFormat.JSON:
        return made
    async with view() as connection:
        return as_archive(made, await fetch_all(connection, contents_of, slug=slug, ids=ids_in(made)))


@router.get(
    "",
    operation_id="listReminderLetters",
    summary="List the letters about a cycle",
    response_model=ReminderLetterList,
    responses=documented(errors.NotFound),
)
async def list_reminder_letters(
    request: Request,
    slug: Slug,
    _: Reader,
    reading: Reading,
    asked: Asked,
    cycle: Annotated[Code, Query(description="The cycle that they are about.", examples=["2026"])],
) -> Response:
    """List the letters that urged bodies about a cycle, in the order in which they were recorded."""
    await fetch_one(reading, plan, slug=slug)
    rows = await fetch_all(reading, letters_of, slug=slug, cycle=cycle, moment=asked)
    return answer(request, ReminderLetterList(items=list(map(reminder_letters.letter_out, rows))))


@router.get(
    "/{letter}/content",
    operation_id="getReminderLetter",
    summary="Get the document of a letter",
    response_class=Response,
    responses=ONE | documented(errors.NotFound),
)
async def get_reminder_letter(
    request: Request, slug: Slug, letter_id: LetterId, _: Reader, reading: Reading
) -> Response:
    """Get a letter as it was made, byte for byte."""
    return as_document(request, await fetch_one(reading, contents_of, slug=slug, ids=[letter_id]))


@router.post(
    "/{letter}/number",
    operation_id="numberReminderLetter",
    summary="Enter the number of a letter",
    status_code=201,
    response_model=ReminderLetterOut,
    responses=documented(errors.NotFound, errors.LetterDateImpossible),
)
async def number_reminder_letter(
    slug: Slug,
    letter_id: LetterId,
    caller: Annotated[Caller, may(Permission.URGE)],
    write: Creating,
    sent: ReminderNumberIn,
) -> Response:
    """Enter the number and the day that the document system gave a letter; of several the last one is right."""
    return await write.run(reminder_letters.number, caller, slug, letter_id, sent, now=write.now)
