"""What of the history decides a standing, without a word of it: views, for whoever may read the standing.

A standing is the same whoever asks.  So it counts evidence that the asker may not see, and reads reports whose
narrative the asker may not read; row-level security would leave those rows out of the tables themselves.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Uuid
from sqlmodel import SQLModel

from app.models.base import HistoryRow, table
from app.models.client import Client
from app.models.condition import ConditionDecision
from app.models.contribution import Contribution
from app.models.evidence import Erasure, Evidence, EvidenceContent, Withdrawal
from app.models.extension import Extension, ExtensionRefusal, ExtensionRequest
from app.models.instruction import Instruction
from app.models.review import Review
from app.models.succession import Transfer
from app.models.update import Measurement, Update

VIEWS = MetaData()
_ACT = ("id", "plan_id", "obligation_id", "received_at", "recorded_at")


def _view(model: type[SQLModel], *names: str, more: Sequence[Column[Any]] = ()) -> Table:
    history = table(model)
    return Table(f"{history.name}_fact", VIEWS, *(Column(name, history.c[name].type) for name in names), *more)


_FACTS: dict[type[HistoryRow], Table] = {
    Update: _view(Update, *_ACT, "state", "percent", more=(Column("on_paper", Boolean),)),
    Evidence: _view(Evidence, *_ACT, "kind", "of_owner", "update_id"),
    EvidenceContent: _view(EvidenceContent, *_ACT, "evidence_id", "client_id", "size", "kept_as"),
    Withdrawal: _view(Withdrawal, *_ACT, "evidence_id"),
    Erasure: _view(Erasure, *_ACT, "evidence_id"),
    Review: _view(Review, *_ACT, "outcome", "update_id", "waives"),
    Extension: _view(Extension, *_ACT, "due_before"),
    ExtensionRequest: _view(ExtensionRequest, *_ACT),
    ExtensionRefusal: _view(ExtensionRefusal, *_ACT),
    ConditionDecision: _view(ConditionDecision, *_ACT, "met"),
    Contribution: _view(Contribution, *_ACT),
    Instruction: _view(Instruction, *_ACT),
    Transfer: _view(Transfer, *_ACT, "owner_id", "body_id", "ends", "succession_id"),
}
MEASUREMENT_FACTS = _view(Measurement, "id", "plan_id", "update_id", "target_id", "value", "cases")
CLIENT_NAMES = Table(
    "client_name", VIEWS, *(Column(name, table(Client).c[name].type) for name in ("id", "name", "role"))
)
"""Who is who among the clients, for a coordinator and an auditor."""
PLAN_SIZES = Table("plan_size", VIEWS, Column("plan_id", Uuid), Column("obligations", Integer))
"""How many obligations a plan has; its size is no secret."""


def facts_of(kind: type[HistoryRow]) -> Table:
    """Return the view of one kind of act; a kind that has none yet gets one in its migration, and here."""
    return _FACTS[kind]
