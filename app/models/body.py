"""Bodies: the organisations that a plan names."""

from datetime import date
from uuid import UUID

from sqlmodel import UniqueConstraint

from app.domain.completion import Force
from app.models.base import PlanRow, belongs_to, choice, of_plan, optional_text, text


class Body(PlanRow, table=True):
    """One row is a numbered body, or a member of one (`group_id`), or a body that came after the plan (`joined_on`).

    `position` is the plan's order, `search` the folded name.
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
    source_line: int | None = None
    note: str | None = optional_text(1000)
    joined_on: date | None = None
