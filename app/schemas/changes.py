"""What changed between two instants, on the wire."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.database.statements import Row
from app.domain.completion import Status
from app.schemas.base import Instant, ResponseModel
from app.schemas.obligations import DutyRef
from app.schemas.plans import BodyName, BodyRef


class Reason(StrEnum):
    """Why a status changed: an act, the clock, or the deed of a duty owed once, done or undone in another cycle."""

    UPDATE = "update"
    EVIDENCE = "evidence"
    EVIDENCE_CONTENT = "evidence_content"
    WITHDRAWAL = "withdrawal"
    REVIEW = "review"
    EXTENSION = "extension"
    CONDITION_DECISION = "condition_decision"
    TRANSFER = "transfer"
    ANNULMENT = "annulment"
    CYCLE_DEADLINE = "cycle_deadline"
    DEADLINE_PASSED = "deadline_passed"
    DONE_IN_ANOTHER_CYCLE = "done_in_another_cycle"
    UNDONE_IN_ANOTHER_CYCLE = "undone_in_another_cycle"


class WhyOut(ResponseModel):
    """One reason; `said` is the state of an update or the outcome of a review.

    `at` is when it came to be there: what was recorded later than it was received is dated at its recording.  What was
    done or undone in another cycle is dated at the last act there, unless the deed itself lies between the instants.
    """

    reason: Reason
    at: Instant
    said: str | None


class ChangeOut(ResponseModel):
    """An obligation whose status differs; null where it was not owed.  Its owner is that of the later instant.

    `why` names the acts that the caller may know of: none, where evidence changed it that the caller may not read.
    """

    obligation: UUID
    plan: str
    cycle: str
    duty: DutyRef
    body: BodyRef
    owner: BodyName
    before: Status | None
    after: Status | None
    why: list[WhyOut]


class ChangeList(ResponseModel):
    """A page of what changed after `since` and up to `until`, in the plan's order.

    `since` is asked as it was known then, `until` as it is known then, so that an old paper entered between the two and
    what was taken back appear; with `known_at`, both are asked as known at that instant.
    """

    plan: str
    since: Instant
    until: Instant
    known_at: Instant | None
    items: list[ChangeOut]
    next_cursor: str | None


def changes_out(rows: Iterable[Row], acts: Iterable[Row], since: datetime, until: datetime) -> list[ChangeOut]:
    """Show what changed, each obligation with the acts on it in between and what the clock did."""
    by_obligation: dict[UUID, list[WhyOut]] = defaultdict(list)
    for act in acts:
        reason = Reason(_NAMES.get(act["act"]) or act["act"])
        by_obligation[act["obligation_id"]].append(WhyOut(reason=reason, at=act["at"], said=act["said"]))
    return [_change(row, [*by_obligation[row["id"]], *_by_itself(row, since, until)]) for row in rows]


def _by_itself(row: Row, since: datetime, until: datetime) -> Iterator[WhyOut]:
    if since < row["due_before"] <= until:
        yield WhyOut(reason=Reason.DEADLINE_PASSED, at=row["due_before"], said=None)
    was, done, acted = row["elsewhere_before"], row["elsewhere_after"], row["acted_at"] or until
    if was and (done is None or done > was):
        yield WhyOut(reason=Reason.UNDONE_IN_ANOTHER_CYCLE, at=acted, said=None)
    if done and done != was and done == row["deed_after"]:
        yield WhyOut(reason=Reason.DONE_IN_ANOTHER_CYCLE, at=done if since < done <= until else acted, said=None)


def _change(row: Row, why: list[WhyOut]) -> ChangeOut:
    return ChangeOut(
        obligation=row["id"],
        plan=row["plan"],
        cycle=row["cycle"],
        duty=DutyRef(code=row["duty_code"], title_vi=row["title_vi"], title_en=row["title_en"]),
        body=BodyRef(no=row["body_no"], code=row["body_code"]),
        owner=BodyName(code=row["owner_code"], name=row["owner_name"]),
        before=row["status_before"],
        after=row["status_after"],
        why=sorted(why, key=lambda one: one.at),
    )


_NAMES = {"progress_update": "update"}
