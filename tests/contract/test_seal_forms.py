"""What seals cover and how it is spelled: for ever the same way, and nothing of a history left out."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.commands.seals import _digest_of, digest
from app.models import CycleDeadline, Evidence, EvidenceText, Measurement, PaperReport
from app.models.base import HistoryRow, own_columns, table
from app.queries.seals import ACTS, DEADLINES, FORMS, OF_EVERY_ACT, PAPER, STANDING, Form

ID = UUID("01920000-0000-7000-8000-000000000001")
AT = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)
OF_OLD = (
    *("progress_update", "evidence", "evidence_content", "withdrawal", "erasure", "review", "extension_request"),
    *("extension_refusal", "extension", "condition_decision", "contribution", "transfer"),
)
"""The kinds of acts that there were when these forms were given."""
VALUES: dict[str, Any] = {"due_before": AT, "value": Decimal("90.5"), "issued_on": date(2026, 1, 1), "update_id": ID}
SEAL = {
    "plan_id": ID, "code": "2026", "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31), "known_at": AT,
    "received_at": AT, "client_id": ID, "reason": "Kết thúc kỳ.", "document_number": None,
}  # fmt: skip
SPELLED = [{"id": ID, "due_before": AT, "reason": "Gia hạn cả kỳ.", "document_number": "1/KH-UBND"}]
SINCE = {"decided_on": date(2026, 1, 10), "working_days": [AT]}
"""What a deadline says since the third form."""
GIVEN = {
    Form.STANDINGS: (
        "8132d95eba530c6a423d6d673c0150bf05a8472fcc5d85b40a8b4f0038a977bf",
        "ec7e8cb0111da4dfd8931f3fff2fbd157ec6c1e743804cd635bb5e3b6b2dd0c0",
    ),
    Form.WORDS: (
        "cde0ae81f6fa22ef9e9209f54d94710a5b3b0846ae64def902d158174810d6b0",
        "7cefc66d3a945b185f290a59bacd6070e98c610948fe426ab33b1bf29ee84210",
    ),
    Form.WHOLE: (
        "f81fb812e4506d93a56d98141918354cc58a83f866ac1f2afc546703d10af5c3",
        "433cf3ec7f7648b38cc46c8b289337cb8b5f7dd60a2c9afcb90596fd2d2b9028",
    ),
    Form.PAPERS: (
        "af3e5fe8e9864e425ea021027e8622949ba4b79c81c3bd8aa4bb1e0853036008",
        "2abb1360e91c7869fc407927aa2e1b4dd80d83c35f25d12e1067b65de4d82dfa",
    ),
}
"""Of each form, the digests of one standing and of one seal over it, as they were when seals of the form were given."""


def covered(form: Form) -> dict[str, Any]:
    """Return a standing and one act of each kind, with the columns that a seal of a form spells."""
    named = {str(table(model).name): names for model, names in ACTS[form].items()}
    history = [
        {"act": kind, **{name: VALUES.get(name, name) for name in (*OF_EVERY_ACT, *named[kind])}} for kind in OF_OLD
    ]
    return {"standing": {name: VALUES.get(name, name) for name in ("id", *STANDING)}, "history": history}


def test_the_last_form_covers_every_column_of_every_kind_of_act() -> None:
    assert {model: set(names) for model, names in ACTS[max(Form)].items()} == {
        model: set(own_columns(model)) for model in HistoryRow.__subclasses__()
    }
    assert set(own_columns(PaperReport)) == set(PAPER)
    assert set(own_columns(Measurement)) == {"update_id", "target_id", "value", "cases"}
    assert set(own_columns(CycleDeadline)) == {"cycle_id", *DEADLINES[max(Form)]}


def test_the_first_form_covers_the_words_of_evidence_and_no_later_one_does() -> None:
    erasable = {form: set(ACTS[form][Evidence]) & set(own_columns(EvidenceText)) for form in Form}

    assert {form for form in Form if erasable[form]} == {Form.STANDINGS}
    assert erasable[Form.STANDINGS] == {"title", "url", "issuer"}


def test_every_form_that_was_given_is_pinned() -> None:
    assert set(GIVEN) == FORMS


@pytest.mark.parametrize("form", GIVEN)
def test_what_a_seal_of_a_form_says_stays_the_same_for_ever(form: Form) -> None:
    standing = digest(covered(form))

    deadlines = [one | SINCE for one in SPELLED] if form >= Form.WHOLE else SPELLED
    assert (standing, _digest_of({**SEAL, "form": form}, {ID: standing}, deadlines)) == GIVEN[form]
