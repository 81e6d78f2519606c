"""What the papers of a plan rest on beside the plan: its letterhead, its groups of tasks, the duties of each part.

`reports.yaml` of a seed holds it.  The letterhead only begins there: see `commands/letterheads.py`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.schemas.seed_words import DutyCode, Line, Words


class ReportPart(StrEnum):
    """A part of the consolidated report that rests on some duties alone."""

    GUIDANCE = "guidance"
    FUNDING = "funding"
    PROPOSALS = "proposals"


class RulesModel(BaseModel):
    """A part of the rules: nothing unknown, nothing converted silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class LetterheadSeed(RulesModel):
    """Under whose name papers go out: see `models.Letterhead`."""

    superior: Annotated[Words, Field(max_length=300)] | None = None
    body: Annotated[Words, Field(max_length=300)]
    code: Annotated[str, StringConstraints(pattern=r"^\w+(-\w+)*$", max_length=30)]
    unit: Annotated[str, StringConstraints(pattern=r"^\w+(-\w+)*$", max_length=30)] | None = None
    place: Annotated[Words, Field(max_length=100)]
    signer: Annotated[Words, Field(max_length=100)]
    recipients: Annotated[list[Annotated[Words, Field(max_length=300)]], Field(min_length=1, max_length=20)]


class TaskGroup(RulesModel):
    """A group of tasks that the plan itself numbers; `source_lines` is where its text stands."""

    no: int = Field(ge=1)
    title: Words
    source_lines: Annotated[list[Line], Field(min_length=1)]


class DutyGroup(RulesModel):
    """In which group a duty is told, and why: what it `says` stands `in` the group; of no group, the note says why."""

    duty: DutyCode
    group: int | None = None
    says: Words | None = None
    in_: Words | None = Field(default=None, alias="in")
    note: Words | None = None


class ReportRules(RulesModel):
    """`reports.yaml`, which a plan need not have."""

    letterhead: LetterheadSeed | None = None
    parts: Mapping[ReportPart, list[DutyCode]] = {}
    groups: list[TaskGroup] = []
    duties: list[DutyGroup] = []

    def duties_of(self, part: ReportPart) -> frozenset[str]:
        """Name the duties that a part rests on."""
        return frozenset(self.parts.get(part, ()))

    def group_of(self, duty: str) -> int | None:
        """Return the number of the group in which a duty is told, if it is told in one."""
        return next((one.group for one in self.duties if one.duty == duty), None)
