"""Letterheads on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.schemas.base import Instant, Name, RequestModel, ResponseModel

SYMBOL = r"^[^\W_]+(-[^\W_]+)*$"
"""How documents name a body or a unit: SLĐTBXH, BTXH."""
Symbol = Annotated[Name, Field(max_length=30, pattern=SYMBOL)]


class LetterheadIn(RequestModel):
    """Under whose name papers go out from now on, to whom, and who signs them.

    `code` is how numbers of documents name the body, `unit` the unit that draws them up, `signer` who signs by office.
    """

    superior: Name | None = None
    body: Name
    code: Symbol
    unit: Symbol | None = None
    place: Annotated[Name, Field(max_length=100)]
    signer: Annotated[Name, Field(max_length=100)]
    recipients: Annotated[list[Name], Field(min_length=1, max_length=20)]


class LetterheadOut(ResponseModel):
    """Under whose name a paper goes out, to whom, and who signs it."""

    superior: str | None
    body: str
    code: str
    unit: str | None
    place: str
    signer: str
    recipients: list[str]


class LetterheadRecorded(LetterheadOut):
    """A letterhead with when it was recorded and by whom; `client` is null when it came with the seed."""

    client: UUID | None
    recorded_at: Instant


class LetterheadList(ResponseModel):
    """Every letterhead that a plan has had, in order; the last one is in force."""

    items: list[LetterheadRecorded]
