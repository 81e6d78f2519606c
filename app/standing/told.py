"""What a caller is told of a standing: how much evidence there is, how often it was acted on, as far as it may know.

That an obligation is proven, and since when, its status tells to everybody who may see it.  Nothing else tells of an
evidence that the caller may not read: no number, no version and no tag made of it, and no order.
Source: docs/concepts.md, "Who may do what".
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, or_, select, union_all

from app.domain.access import Caller
from app.models import Erasure, Evidence, EvidenceContent, Withdrawal
from app.models.base import table
from app.models.evidence import EvidenceKind
from app.models.redacted_views import facts_of
from app.standing.moment import Moment, Source, annulled
from app.standing.reach import attached_by, cleared, reads_all_evidence

evidence = table(Evidence)
contents, withdrawals, erasures = (facts_of(kind) for kind in (EvidenceContent, Withdrawal, Erasure))
NEEDED = ("id", "plan_id", "duty_id", "owner_id", "evidence_count", "evidence_acts", "version")
"""The columns of a standing that `counted` reads."""


def told(caller: Caller, standing: Source, moment: Moment) -> list[ColumnElement[Any]]:
    """Return the columns of a standing as the caller is told them: to select, in place of the standing's own."""
    instead = {**counted(caller, standing, moment), "updated_at": updated_at(caller, standing, moment)}
    return [instead[column.name].label(column.name) if column.name in instead else column for column in standing.c]


def counted(caller: Caller, standing: Source, moment: Moment) -> Mapping[str, ColumnElement[int]]:
    """Count the evidence that stands, and all acts, as far as the caller may know of them."""
    s, seen = standing.c, Seen(caller, standing, moment)
    return {
        "evidence_count": seen.instead_of(s.evidence_count, seen.standing),
        "version": s.version + seen.instead_of(s.evidence_acts, seen.acts),
    }


def updated_at(caller: Caller, standing: Source, moment: Moment) -> ColumnElement[Any]:
    """Return when the last act came that the caller may know of."""
    s, seen = standing.c, Seen(caller, standing, moment)
    return func.greatest(s.updated_at, seen.instead_of(s.evidence_acted_at, seen.acted_at))


class Seen:
    """The evidence on an obligation that a caller may read although somebody else owes it.

    It is looked up in the table itself, so that the second gate keeps out what this here might forget to.
    """

    def __init__(self, caller: Caller, standing: Source, moment: Moment) -> None:
        self._caller, self._standing, self._moment = caller, standing, moment

    def instead_of(self, every: ColumnElement[Any], some: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return what is known of all evidence where the caller reads all, and of what it sees elsewhere."""
        if self._caller.reads_everything:
            return every
        return case((reads_all_evidence(self._caller, self._standing), every), else_=some)

    @property
    def standing(self) -> ColumnElement[int]:
        """How many pieces stand."""
        sent = or_(evidence.c.kind != EvidenceKind.FILE, self._has(contents))
        stands = (self._moment.sees(evidence), sent, ~self._has(withdrawals))
        found = select(func.count()).select_from(evidence).where(self._seen, *stands)
        return found.correlate(self._standing).scalar_subquery()

    @property
    def acts(self) -> ColumnElement[int]:
        """How many acts there were on it, as `acts.py` counts them."""
        return select(func.count()).select_from(self._acts).scalar_subquery()

    @property
    def acted_at(self) -> ColumnElement[Any]:
        """When the last of these was recorded."""
        return select(func.max(self._acts.c.recorded_at)).scalar_subquery()

    @property
    def _seen(self) -> ColumnElement[bool]:
        row, clear = self._standing.c, or_(cleared(self._caller), attached_by(self._caller))
        return and_(evidence.c.plan_id == row.plan_id, evidence.c.obligation_id == row.id, clear)

    @property
    def _acts(self) -> Subquery:
        attached = select(evidence.c.recorded_at).where(evidence.c.update_id.is_(None), self._moment.reaches(evidence))
        later = (
            select(act.c.recorded_at).join(evidence, _on_evidence(act)).where(self._moment.reaches(act))
            for act in (contents, withdrawals, erasures)
        )
        same = and_(_on_evidence(annulled), annulled.c.obligation_id == evidence.c.obligation_id)
        words = select(annulled.c.recorded_at).join(evidence, same)
        acts = (attached, *later, words.where(self._moment.reaches(annulled)))
        return union_all(*(act.where(self._seen).correlate(self._standing) for act in acts)).subquery("acts_seen")

    def _has(self, act: Source) -> ColumnElement[bool]:
        return exists().where(_on_evidence(act), self._moment.sees(act)).correlate(evidence)


def _on_evidence(act: Source) -> ColumnElement[bool]:
    return and_(act.c.plan_id == evidence.c.plan_id, act.c.evidence_id == evidence.c.id)
