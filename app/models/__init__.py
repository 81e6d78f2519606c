"""Tables: one file per aggregate.  Importing this package knows them all, as migrations' drift test needs."""

from app.models.annulment import AnnulledAct, Annulment
from app.models.assurance import Assurance
from app.models.body import Body, Membership, MembershipEnding
from app.models.calendar import CalendarFeed
from app.models.client import Client, ClientBody, ClientSecret, RevokedToken
from app.models.condition import ConditionDecision
from app.models.contribution import Contribution
from app.models.cycle import Cycle, CycleDeadline, Holiday, Reopening, Seal, SealedStanding
from app.models.duty import Duty, DutyOwner, DutyPartner, PartnerNaming, Target
from app.models.event import Checkpoint, DeadlineWatch, Event, RowDigest, SequencedEvent
from app.models.evidence import Erasure, Evidence, EvidenceContent, EvidenceRead, EvidenceText, Withdrawal
from app.models.extension import Extension, ExtensionRefusal, ExtensionRequest
from app.models.form_import import FormImport, FormImportLine, FormImportPart
from app.models.idempotency import IdempotencyRecord
from app.models.instruction import Instruction
from app.models.mail import MailAddress, MailDigest
from app.models.obligation import Obligation
from app.models.paper import PaperReport
from app.models.person import PersonInvitation, PersonSession, PersonWay
from app.models.plan import Letterhead, Plan
from app.models.reference import ClientReference
from app.models.reminder_letter import ReminderLetter, ReminderNumber
from app.models.review import Review
from app.models.standing import StandingSnapshot
from app.models.succession import Succession, SuccessionDecision, SuccessionPart, Transfer
from app.models.update import Measurement, Update
from app.models.webhook import Webhook, WebhookAttempt, WebhookDelivery

__all__ = [
    "AnnulledAct",
    "Annulment",
    "Assurance",
    "Body",
    "CalendarFeed",
    "Checkpoint",
    "Client",
    "ClientBody",
    "ClientReference",
    "ClientSecret",
    "ConditionDecision",
    "Contribution",
    "Cycle",
    "CycleDeadline",
    "DeadlineWatch",
    "Duty",
    "DutyOwner",
    "DutyPartner",
    "Erasure",
    "Event",
    "Evidence",
    "EvidenceContent",
    "EvidenceRead",
    "EvidenceText",
    "Extension",
    "ExtensionRefusal",
    "ExtensionRequest",
    "FormImport",
    "FormImportLine",
    "FormImportPart",
    "Holiday",
    "IdempotencyRecord",
    "Instruction",
    "Letterhead",
    "MailAddress",
    "MailDigest",
    "Measurement",
    "Membership",
    "MembershipEnding",
    "Obligation",
    "PaperReport",
    "PartnerNaming",
    "PersonInvitation",
    "PersonSession",
    "PersonWay",
    "Plan",
    "ReminderLetter",
    "ReminderNumber",
    "Reopening",
    "Review",
    "RevokedToken",
    "RowDigest",
    "Seal",
    "SealedStanding",
    "SequencedEvent",
    "StandingSnapshot",
    "Succession",
    "SuccessionDecision",
    "SuccessionPart",
    "Target",
    "Transfer",
    "Update",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
    "Withdrawal",
]
