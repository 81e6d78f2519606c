"""People on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from app.domain.access import Role
from app.schemas.base import Instant, RequestModel, ResponseModel
from app.schemas.clients import BodyGrantOut, ClientName, Grants


class PersonIn(RequestModel):
    """Somebody who shall come in by the pages.

    `role` is `coordinator`, `reporter`, `auditor` or `admin`; `bodies` are those that a reporter reports for.  Two
    people of one name are told apart in it, as in *Nguyễn Văn An (Phòng Tổng hợp)*: histories show it.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Văn thư Sở Y tế",
                    "role": "reporter",
                    "bodies": [{"plan": "115-kh-ubnd-2021", "body": "so-y-te"}],
                }
            ]
        }
    )

    name: ClientName
    role: Role
    bodies: Grants = Field(default_factory=list)


class PersonChange(RequestModel):
    """What shall be otherwise; what is left out stays.  The role never changes: another role is another person."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"disabled": True}]})

    name: ClientName = Field(default_factory=str)
    bodies: Grants = Field(default_factory=list)
    disabled: bool = Field(default_factory=bool)


class PersonOut(ResponseModel):
    """Somebody who comes in by the pages; acts name them by `id`, as they name clients."""

    id: UUID
    name: str
    role: Role
    bodies: list[BodyGrantOut]
    created_at: datetime
    disabled_at: datetime | None
    version: int


class PersonList(ResponseModel):
    """One page of people by name."""

    items: list[PersonOut]
    next_cursor: str | None


class InvitationOut(ResponseModel):
    """A link by which a person comes in, once and soon.

    `link` is shown once: it is null when the answer is repeated to the same idempotency key.
    """

    id: UUID
    link: str | None = Field(repr=False)
    expires_at: Instant

    def repeatable(self) -> "InvitationOut":
        """Return all but the link."""
        return self.model_copy(update={"link": None})
