"""Evidence → since when an obligation is proven: by what stands, or by what an acceptance has settled."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, and_, any_, case, exists, func, literal, or_
from sqlalchemy.sql.selectable import LateralFromClause

from app.database.statements import Statement
from app.domain.completion import DutyKind
from app.models import Duty, Evidence, EvidenceContent, Withdrawal
from app.models.base import table
from app.models.evidence import EvidenceKind
from app.models.redacted_views import facts_of
from app.standing.moment import Moment, Source, history_of, later
from app.standing.reports import Reports

evidence, contents, withdrawals = (facts_of(kind) for kind in (Evidence, EvidenceContent, Withdrawal))
duties = table(Duty).alias("duty_to_prove")


class Proof:
    """The evidence of one obligation as a lateral, beside what its reports amount to."""

    def __init__(self, obligation: Source, moment: Moment, reports: Reports, name: str) -> None:
        self._obligation, self._moment, self._reports = obligation, moment, reports
        self.evidence: LateralFromClause = self._standing_evidence().lateral(f"{name}_proof")

    @property
    def since(self) -> ColumnElement[Any]:
        """The earliest evidence of the owner that stands.

        An acceptance settles it: the earliest that stood when it came, or the report itself where it waived the
        evidence.  So what is attached or withdrawn after it makes it no later; what came earlier, on paper, may make it
        earlier.  A statement proves itself.
        """
        return func.least(self.evidence.c.received_at, self._settled, self._stated)

    @property
    def count(self) -> ColumnElement[int]:
        """How many pieces of evidence stand, whosever they are."""
        return self.evidence.c.count

    @property
    def _settled(self) -> ColumnElement[Any]:
        done_since, acceptance = self._reports.done.c.received_at, self._reports.acceptance
        waived = literal("evidence") == any_(self._reports.waivers.c.waived)
        stood = func.coalesce(self.evidence.c.accepted_at, done_since)
        return case((waived, done_since), (acceptance.c.id.is_not(None), stood))

    @property
    def _stated(self) -> ColumnElement[Any]:
        same = and_(duties.c.plan_id == self._obligation.c.plan_id, duties.c.id == self._obligation.c.duty_id)
        liable = exists().where(same, duties.c.kind == DutyKind.LIABILITY).correlate(self._obligation)
        done_since = self._reports.done.c.received_at
        return case((and_(done_since.is_not(None), liable), done_since))

    def _standing_evidence(self) -> Statement:
        """Find since when there is evidence that stands: a file proves nothing before its bytes are there."""
        acceptance = self._reports.acceptance
        since = func.coalesce(contents.c.received_at, evidence.c.received_at)
        no_file, not_withdrawn = evidence.c.kind != EvidenceKind.FILE, withdrawals.c.id.is_(None)
        standing = and_(or_(no_file, contents.c.id.is_not(None)), not_withdrawn)
        came = and_(later(acceptance, evidence), or_(no_file, later(acceptance, contents)))
        stood = and_(came, or_(not_withdrawn, later(withdrawals, acceptance)))
        found = history_of(evidence, self._obligation, self._moment).select_from(self._attached())
        return found.with_only_columns(
            func.min(since).filter(standing, evidence.c.of_owner).label("received_at"),
            func.min(since).filter(stood, evidence.c.of_owner).label("accepted_at"),
            func.count().filter(standing).label("count"),
        ).correlate(self._obligation, acceptance)

    def _attached(self) -> FromClause:
        attached: FromClause = evidence
        for act in (contents, withdrawals):
            attached = attached.outerjoin(act, and_(*self._of_evidence(act)))
        return attached

    def _of_evidence(self, act: Table) -> tuple[ColumnElement[bool], ...]:
        return act.c.plan_id == evidence.c.plan_id, act.c.evidence_id == evidence.c.id, self._moment.sees(act)
