"""What owners and coordinators do, as plain acts: one word each, received and recorded at an instant."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from app.domain.completion import ClaimState, ReviewOutcome
from tests.histories import GOOD_FIGURES, Evidence, Extension, Review, Update, Withdrawal


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


def accepted(at: datetime) -> Review:
    """The coordinator accepts."""
    return Review(id=uuid4(), received_at=at, recorded_at=at, outcome=ReviewOutcome.ACCEPTED)


def returned(at: datetime) -> Review:
    """The coordinator returns."""
    return Review(id=uuid4(), received_at=at, recorded_at=at, outcome=ReviewOutcome.RETURNED)


def extended(at: datetime, due_before: datetime) -> Extension:
    """The coordinator moves the deadline."""
    return Extension(id=uuid4(), received_at=at, recorded_at=at, due_before=due_before)
