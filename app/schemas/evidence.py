"""Evidence on the wire: links, references to official documents, and files."""

import re
from typing import Annotated, Literal, Self
from urllib.parse import unquote
from uuid import UUID

from pydantic import (
    AfterValidator,
    Field,
    HttpUrl,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from app.domain.access import Classification, Role
from app.domain.files import EXTENSIONS, MediaType, is_named_for, is_plain_name
from app.models.evidence import EvidenceKind
from app.schemas.base import (
    Day,
    DocumentNumber,
    Instant,
    Name,
    Narrative,
    NotPersonal,
    Reopening,
    ResponseModel,
    Storable,
    Title,
    Wrong,
    guard,
    guard_reference,
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
    return guard_reference(unquote(written)) and written


Link = Annotated[Storable, StringConstraints(min_length=1, max_length=2000), AfterValidator(_web_address)]


class LinkIn(NotPersonal):
    """A page that proves what was done."""

    kind: Literal[EvidenceKind.LINK]
    title: Title
    classification: Classification
    url: Link


class DocumentIn(NotPersonal):
    """An official document by number and date, and by who issued it, if its number does not say so."""

    kind: Literal[EvidenceKind.DOCUMENT]
    title: Title
    classification: Classification
    number: DocumentNumber
    issued_on: Day
    issuer: Name | None = None


def _file_name(written: str, info: ValidationInfo) -> str:
    if not is_plain_name(written):
        raise Wrong("must be a plain name: no path, no name of a device such as CON, no blank or dot at either end")
    return guard(written, not_personal=info.data.get("not_personal") is True)


FileName = Annotated[Storable, StringConstraints(min_length=1, max_length=255), AfterValidator(_file_name)]
"""The name that a file is downloaded under; it is never the name that it is kept under."""
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest in lower-case hexadecimal."""


class FileIn(NotPersonal):
    """A file; its bytes follow by `PUT /v1/evidence/{id}/content`, and must be what is announced here.

    `size` is in bytes.  `supersedes` names an earlier evidence of the same body on the same obligation, which stays.
    """

    kind: Literal[EvidenceKind.FILE]
    title: Title
    classification: Classification
    file_name: FileName
    media_type: MediaType
    size: Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
    sha256: Digest | None = None
    supersedes: UUID | None = None

    @model_validator(mode="after")
    def _named_for_its_type(self) -> Self:
        if not is_named_for(self.media_type, self.file_name):
            raise Wrong(f"file_name must end in {' or '.join(EXTENSIONS[self.media_type])}")
        return self


AttachedIn = Annotated[LinkIn | DocumentIn, Field(discriminator="kind")]


class PaperLinkIn(LinkIn):
    """A link; the last three fields belong to a paper report that a coordinator enters."""

    received_on: Day | None = None
    document_number: DocumentNumber | None = None
    reopened_by: Reopening = None


class PaperDocumentIn(DocumentIn):
    """A document; the last three fields belong to a paper report that a coordinator enters."""

    received_on: Day | None = None
    document_number: DocumentNumber | None = None
    reopened_by: Reopening = None


class PaperFileIn(FileIn):
    """A file; the last three fields belong to a paper report that a coordinator enters."""

    received_on: Day | None = None
    document_number: DocumentNumber | None = None
    reopened_by: Reopening = None


EvidenceIn = Annotated[PaperLinkIn | PaperDocumentIn | PaperFileIn, Field(discriminator="kind")]


class ErasureIn(NotPersonal):
    """Why an evidence is erased, and the law that says so."""

    reason: Narrative
    legal_basis: Title


class ReadOut(ResponseModel):
    """One time that a client was given bytes of a file: who, what (its digest), and when it asked."""

    id: UUID
    client: UUID
    name: str
    role: Role
    sha256: str
    received_at: Instant
    recorded_at: Instant


class ReadList(ResponseModel):
    """Who was given the bytes of a file, the latest first."""

    items: list[ReadOut]
    next_cursor: str | None


class ContentOut(ResponseModel):
    """The bytes of a file are kept; a file counts as received at `received_at`."""

    size: int
    sha256: str
    received_at: Instant
    recorded_at: Instant


class EvidenceOut(ResponseModel):
    """One evidence; `withdrawn_at` is null while it stands.

    `content` is null until the bytes of a file are there: until then it proves nothing.  Once `erased_at` says so, what
    was written of it and its bytes are gone.  `paper_report` is the paper that it is, if it is one that reports on many
    duties: it proves by itself, and its `content` is the scan of the paper.
    """

    id: UUID
    obligation: UUID
    body: str
    kind: EvidenceKind
    title: str | None
    classification: Classification
    url: str | None
    number: str | None
    issued_on: Day | None
    issuer: str | None
    file_name: str | None
    media_type: MediaType | None
    size: int | None
    sha256: str | None
    supersedes: UUID | None
    content: ContentOut | None
    document_number: str | None
    paper_report: UUID | None
    client: UUID
    received_at: Instant
    recorded_at: Instant
    withdrawn_at: Instant | None
    erased_at: Instant | None


class WithdrawalIn(NotPersonal):
    """Takes an evidence back; it stays in the history."""

    reason: Narrative
    reopened_by: Reopening = None


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
