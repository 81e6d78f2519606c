"""Bodies: the organisations that a plan names."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import false
from sqlmodel import Field, Index, UniqueConstraint

from app.domain.completion import Force
from app.models.base import ActRow, PlanRow, belongs_to, by_client, choice, of_plan, optional_text, recorded, text


class Body(PlanRow, table=True):
    """One row is a numbered body, or a member of one (`group_id`), or a body that came after the plan (`joined_on`).

    `position` is the plan's order, `search` the folded name.  An open class names no members, a group can name some
    "and others": both take members (`Membership`).
    """

    __tablename__ = "body"
    __table_args__ = (
        UniqueConstraint("plan_id", "code"),
        of_plan(),
        belongs_to("body", "group_id"),
    )

    code: str = text(60)
    no: int | None = None
    group_id: UUID | None = None
    position: int
    name: str = text(400)
    search: str = text(500)
    heading: str | None = optional_text(500)
    force: Force = choice(Force, "force")
    open_class: bool
    others: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    source_line: int | None = None
    note: str | None = optional_text(1000)
    joined_on: date | None = None
    recorded_at: datetime = recorded()


class Membership(ActRow, table=True):
    """One row makes a body a member of an open class from a day on, by a letter."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_member", "member_id"),
        belongs_to("body", "class_id"),
        belongs_to("body", "member_id"),
        by_client(),
    )

    class_id: UUID
    member_id: UUID
    from_on: date
    document_number: str | None = optional_text(60)
    decided_on: date
    reason: str = text(10_000)


class MembershipEnding(ActRow, table=True):
    """One row says which day is the last one of a membership, by a letter; of one membership one counts."""

    __tablename__ = "membership_ending"
    __table_args__ = (
        Index("ix_membership_ending_membership", "plan_id", "membership_id"),
        belongs_to("membership", "membership_id"),
        by_client(),
    )

    membership_id: UUID
    until_on: date
    document_number: str | None = optional_text(60)
    decided_on: date
    reason: str = text(10_000)
