"""Clients on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from app.domain.access import Permission, Role, granted
from app.schemas.base import Code, RequestModel, ResponseModel, Storable, guard, guard_reference

ClientName = Annotated[Storable, StringConstraints(min_length=1, max_length=120, pattern=r"\S"), AfterValidator(guard)]
Subject = Annotated[
    Storable, StringConstraints(min_length=1, max_length=255, pattern=r"\S"), AfterValidator(guard_reference)
]
MAX_BODIES = 200


class BodyGrant(RequestModel):
    """A body of a plan, by its code."""

    plan: Code
    body: Code


def _each_once(grants: list[BodyGrant]) -> list[BodyGrant]:
    return list({(one.plan, one.body): one for one in grants}.values())


Grants = Annotated[list[BodyGrant], Field(max_length=MAX_BODIES), AfterValidator(_each_once)]
Scopes = Annotated[list[Permission], Field(max_length=len(Permission))]


class ClientIn(RequestModel):
    """A system that shall call the service.

    Without `scopes` it may do all that its role may, also what a later version adds.  `bodies` are those that a
    reporter may report for.  `subject` is its name at the external issuer, if one is configured.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Hệ thống báo cáo Sở Y tế",
                    "role": "reporter",
                    "bodies": [{"plan": "115-kh-ubnd-2021", "body": "so-y-te"}],
                }
            ]
        }
    )

    name: ClientName
    role: Role
    scopes: Scopes | None = None
    bodies: Grants = Field(default_factory=list)
    subject: Subject | None = None


class ClientChange(RequestModel):
    """What shall be otherwise; what is left out stays.  The role never changes: another role is another client."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"disabled": True}]})

    name: ClientName = Field(default_factory=str)
    scopes: Scopes | None = None
    bodies: Grants = Field(default_factory=list)
    subject: Subject | None = None
    disabled: bool = Field(default_factory=bool)


class SecretRef(ResponseModel):
    """A live secret, which nothing can show again; a client has at most two."""

    id: UUID
    created_at: datetime


class BodyGrantOut(ResponseModel):
    """A body that a reporter may report for."""

    plan: str
    body: str


class ClientOut(ResponseModel):
    """A client.  `scopes_limited` says whether its scopes were chosen, or follow its role."""

    id: UUID
    name: str
    role: Role
    scopes: list[Permission]
    scopes_limited: bool
    bodies: list[BodyGrantOut]
    issuer: str | None
    subject: str | None
    secrets: list[SecretRef]
    created_at: datetime
    disabled_at: datetime | None
    version: int


class ClientList(ResponseModel):
    """One page of clients by name."""

    items: list[ClientOut]
    next_cursor: str | None


class SecretOut(ResponseModel):
    """A secret that was just made.

    `client_secret` is shown once: it is null when the answer is repeated to the same idempotency key.
    """

    id: UUID
    client_id: UUID
    client_secret: str | None = Field(repr=False)

    def repeatable(self) -> "SecretOut":
        """Return all but the secret."""
        return self.model_copy(update={"client_secret": None})


class NewClientOut(ResponseModel):
    """A client that was just added, with its first secret."""

    client: ClientOut
    secret: SecretOut

    def repeatable(self) -> "NewClientOut":
        """Return all but the secret."""
        return self.model_copy(update={"secret": self.secret.repeatable()})


def scopes_of(role: Role, scopes: list[str] | None) -> list[Permission]:
    """List what a client may do, in one order."""
    allowed = granted(role, scopes)
    return [act for act in Permission if act in allowed]
