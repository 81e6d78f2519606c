"""Which acts count once some were taken back: over random histories, as the oracle says."""

from typing import Any

from hypothesis import given, settings

from app.domain.acts import Act, ActKind
from app.domain.counting import counting
from tests import histories as told
from tests.histories import CONDITIONAL, LIABLE, MEASURED, PLAIN, Subject
from tests.oracle import place, unmet_in, untouched
from tests.strategies import histories

ALONE = (MEASURED, PLAIN, CONDITIONAL, LIABLE)


KINDS = {
    told.Update: ActKind.UPDATE,
    told.Evidence: ActKind.EVIDENCE,
    told.Withdrawal: ActKind.WITHDRAWAL,
    told.Review: ActKind.REVIEW,
    told.Extension: ActKind.EXTENSION,
    told.Condition: ActKind.CONDITION_DECISION,
    told.Transfer: ActKind.TRANSFER,
    told.Annulment: ActKind.ANNULMENT,
}


def as_domain(subject: Subject, act: told.Act) -> Act:
    """Spell an act as an annulment is told of it."""
    times: dict[str, Any] = {"received_at": act.received_at, "recorded_at": act.recorded_at}
    return Act(id=act.id, kind=KINDS[type(act)], **times, **_more(subject, act))


def _more(subject: Subject, act: told.Act) -> dict[str, Any]:
    match act:
        case told.Update():
            unmet = unmet_in(act.figures) if subject is MEASURED else []
            return {"state": act.state, "unmet": frozenset(f"target:{one}" for one in unmet), "on_paper": act.paper}
        case told.Evidence():
            return {"falls_with": act.update_id, "proves_from": place(act) if act.of_owner else None}
        case told.Review():
            asked = {"asks_proof": subject is not LIABLE, "due_before": subject.due_before}
            return asked | {"falls_with": act.update_id, "outcome": act.outcome, "waives": frozenset(act.waives)}
        case told.Withdrawal():
            return {"falls_with": act.evidence_id}
        case told.Annulment():
            return {"names": act.act_id}
    return {"due_before": act.due_before} if isinstance(act, told.Extension) else {}


@settings(max_examples=100, deadline=None)
@given(told_of=histories(ALONE))
def test_the_acts_that_count_are_those_that_the_oracle_leaves(told_of: dict[Subject, list[told.Act]]) -> None:
    for subject, acts in told_of.items():
        counts = counting([as_domain(subject, act) for act in acts])

        assert counts == {act.id for act in untouched(acts, subject)}, acts
