"""What owners and coordinators do, as plain acts: one word each, received and recorded at an instant."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from app.domain.completion import ClaimState, ReviewOutcome
from tests.histories import GOOD_FIGURES, Act, Annulment, Condition, Evidence, Extension, Review, Update, Withdrawal


def said(at: datetime, state: ClaimState) -> Update:
    """The owner reports."""
    return Update(id=uuid4(), received_at=at, recorded_at=at, state=state)


def done(at: datetime, **figures: str) -> Update:
    """The owner reports that it is completed, with figures by the letters of duty 3.2's targets."""
    measured = {f"3.2-{letter}": Decimal(figure) for letter, figure in figures.items()}
    return Update(id=uuid4(), received_at=at, recorded_at=at, state=ClaimState.COMPLETED, figures=measured)


def good(at: datetime, **figures: str) -> Update:
    """The owner of duty 3.2 reports that it is completed; the figures that are not given are good."""
    return replace(done(at), figures={**GOOD_FIGURES, **done(at, **figures).figures})


def going_on(at: datetime) -> Update:
    """The owner reports that it works on it."""
    return said(at, ClaimState.IN_PROGRESS)


def waived(at: datetime) -> Update:
    """The owner reports that it does not apply."""
    return said(at, ClaimState.NOT_APPLICABLE)


def proof(at: datetime) -> Evidence:
    """The owner attaches an evidence."""
    return Evidence(id=uuid4(), received_at=at, recorded_at=at)


def withdrawn(at: datetime, evidence: Evidence) -> Withdrawal:
    """The owner withdraws it."""
    return Withdrawal(id=uuid4(), received_at=at, recorded_at=at, evidence_id=evidence.id)


def accepted(at: datetime, *waives: str) -> Review:
    """The coordinator accepts the claim that then stood (see `of_claims`), and waives what it lacks."""
    return Review(id=uuid4(), received_at=at, recorded_at=at, outcome=ReviewOutcome.ACCEPTED, waives=waives)


def returned(at: datetime) -> Review:
    """The coordinator returns the claim that then stood (see `of_claims`)."""
    return Review(id=uuid4(), received_at=at, recorded_at=at, outcome=ReviewOutcome.RETURNED)


def extended(at: datetime, due_before: datetime) -> Extension:
    """The coordinator moves the deadline."""
    return Extension(id=uuid4(), received_at=at, recorded_at=at, due_before=due_before)


def annulled(at: datetime, act: Act) -> Annulment:
    """Somebody takes an act back."""
    return Annulment(id=uuid4(), received_at=at, recorded_at=at, act_id=act.id)


def met(at: datetime) -> Condition:
    """The coordinator decides that the condition is met from a day on, which begins at this instant."""
    return Condition(id=uuid4(), received_at=at, recorded_at=at, met=True)


def of_claims(acts: Iterable[Act]) -> list[Act]:
    """Let each review that names no update be of the latest one that was received and recorded by then."""
    told = list(acts)
    return [_of_claim(act, told) if isinstance(act, Review) and act.update_id is None else act for act in told]


def _of_claim(review: Review, acts: Iterable[Act]) -> Review:
    there = [
        act
        for act in acts
        if isinstance(act, Update) and act.received_at <= review.received_at and act.recorded_at <= review.recorded_at
    ]
    return replace(review, update_id=max(there, key=lambda act: (act.received_at, act.recorded_at, act.id)).id)
