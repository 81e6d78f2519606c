"""Evidence on the wire: links, and references to official documents."""

import re
from typing import Annotated, Literal
from urllib.parse import unquote
from uuid import UUID

from pydantic import AfterValidator, Field, HttpUrl, StringConstraints, TypeAdapter, ValidationError

from app.domain.access import Classification
from app.domain.personal_data import IDENTIFIERS
from app.models.evidence import EvidenceKind
from app.schemas.base import (
    Day,
    DocumentNumber,
    Instant,
    Name,
    Narrative,
    RequestModel,
    ResponseModel,
    Storable,
    Title,
    Wrong,
    guard,
)
from app.schemas.obligations import ObligationOut

_WEB_ADDRESS: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)
_PLAIN = re.compile(r"https?://[^/\\\s][^\\\s]*\Z", re.IGNORECASE)


def _web_address(written: str) -> str:
    """Check an address and keep it as it was written.

    A parser drops blanks and control characters and turns backslashes around; whoever shows or follows the text as it
    was written may end elsewhere.  So an address has none of them.
    """
    if not (written.isprintable() and _PLAIN.match(written)):
        raise Wrong("must be an http or https address")
    try:
        url = _WEB_ADDRESS.validate_python(written)
    except ValidationError:
        raise Wrong("must be an http or https address") from None
    if url.username or url.password:
        raise Wrong("must hold no user name or password")
    return guard(unquote(written), kinds=IDENTIFIERS) and written


Link = Annotated[Storable, StringConstraints(min_length=1, max_length=2000), AfterValidator(_web_address)]


class LinkIn(RequestModel):
    """A page that proves what was done."""

    kind: Literal[EvidenceKind.LINK]
    title: Title
    classification: Classification
    url: Link


class DocumentIn(RequestModel):
    """An official document by number, date and issuer."""

    kind: Literal[EvidenceKind.DOCUMENT]
    title: Title
    classification: Classification
    number: DocumentNumber
    issued_on: Day
    issuer: Name


AttachedIn = Annotated[LinkIn | DocumentIn, Field(discriminator="kind")]


class PaperLinkIn(LinkIn):
    """A link; the last two fields belong to a paper report that a coordinator enters."""

    received_on: Day | None = None
    document_number: DocumentNumber | None = None


class PaperDocumentIn(DocumentIn):
    """A document; the last two fields belong to a paper report that a coordinator enters."""

    received_on: Day | None = None
    document_number: DocumentNumber | None = None


EvidenceIn = Annotated[PaperLinkIn | PaperDocumentIn, Field(discriminator="kind")]


class EvidenceOut(ResponseModel):
    """One evidence; `withdrawn_at` is null while it stands."""

    id: UUID
    obligation: UUID
    body: str
    kind: EvidenceKind
    title: str
    classification: Classification
    url: str | None
    number: str | None
    issued_on: Day | None
    issuer: str | None
    document_number: str | None
    client: UUID
    received_at: Instant
    recorded_at: Instant
    withdrawn_at: Instant | None


class WithdrawalIn(RequestModel):
    """Takes an evidence back; it stays in the history."""

    reason: Narrative


class WithdrawalOut(ResponseModel):
    """The end of one evidence's effect."""

    id: UUID
    obligation: UUID
    evidence: UUID
    reason: str
    client: UUID
    received_at: Instant
    recorded_at: Instant


class Withdrawn(ResponseModel):
    """The withdrawal that was recorded, and where its obligation stands now."""

    withdrawal: WithdrawalOut
    obligation: ObligationOut
