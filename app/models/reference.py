"""What clients call the reports that they send many at a time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from app.models.base import by_client, key, of_plan, recorded


class ClientReference(SQLModel, table=True):
    """One row says which update a client's own name for a report has become.

    It is kept for good, since a file may be sent again after weeks.  It is written before the update, in the same
    transaction, so that its key decides which of two requests records it: no foreign key can say the rest.
    `fingerprint` is a SHA-256 of what was sent under the name.
    """

    __tablename__ = "client_reference"
    __table_args__ = (by_client(), of_plan())

    client_id: UUID = key()
    client_ref: str = Field(primary_key=True, max_length=200)
    plan_id: UUID
    update_id: UUID
    fingerprint: bytes = Field(sa_type=LargeBinary)
    recorded_at: datetime = recorded()
