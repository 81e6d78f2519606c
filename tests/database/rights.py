"""What the application may do with each table: a table that is not decided here fails the tests."""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.failures import sqlstate_of
from app.standing.snapshot import FACTS

READ, ADD, FORGET = {"SELECT"}, {"SELECT", "INSERT"}, {"SELECT", "INSERT", "DELETE"}
HISTORY = (
    *("condition_decision", "contribution", "erasure", "evidence", "evidence_content", "evidence_read", "extension"),
    *("extension_refusal", "extension_request", "measurement", "progress_update", "review", "transfer", "withdrawal"),
    *("annulment", "annulled_act", "assurance", "instruction"),
)
"""The acts on obligations, which nobody changes."""
WITHOUT_VIEW = {"evidence_read", "annulment", "annulled_act", "assurance"}
"""Acts of which no view is needed: no standing reads them, or whoever reads the standing reads them whole."""
KEPT = (
    *("cycle_deadline", "holiday", "seal", "sealed_standing", "succession", "succession_decision", "succession_part"),
    *("membership", "membership_ending", "partner_naming", "reopening", "paper_report", "letterhead"),
    *("reminder_letter", "reminder_number"),
    *("event", "sequenced_event", "checkpoint", "row_digest"),
)
"""What else nobody changes: to all other tables rows may be corrected by the owner, when it seeds a plan anew."""
RIGHTS: dict[str, set[str]] = {
    **dict.fromkeys(HISTORY + KEPT, ADD),
    **dict.fromkeys(("plan", "duty", "duty_owner", "duty_partner", "target"), READ),
    **dict.fromkeys(("client_body", "client_secret", "revoked_token"), FORGET),
    "client": ADD,
    # The database writes it itself.
    "row_digest": READ,
    **dict.fromkeys(
        (*(f"{history}_fact" for history in HISTORY if history not in WITHOUT_VIEW), "plan_size", "client_name"), READ
    ),
    **dict.fromkeys(("body", "cycle", "obligation"), ADD),
    "client_reference": ADD,
    **dict.fromkeys(("person_invitation", "person_session", "person_way"), ADD),
    "calendar_feed": ADD,
    **dict.fromkeys(("deadline_watch", "feed_head", "plan_change", "standing_facts", "succeeded_duty"), READ),
    "confirmed_part": READ,
    "told_act": READ,
    "idempotency_record": FORGET,
    **dict.fromkeys(("form_import", "form_import_part"), FORGET),
    "form_import_line": ADD,
    # A trigger lets a text go only when its erasure is recorded.
    "evidence_text": FORGET,
    **dict.fromkeys(("webhook", "webhook_delivery"), FORGET),
    "webhook_attempt": ADD,
    "mail_address": READ,
    "mail_digest": ADD,
    "alembic_version": READ,
}
CHANGED = {
    "calendar_feed": ("revoked_at",),
    "obligation": ("updated_at",),
    "deadline_watch": ("watched_until",),
    "standing_facts": (*(name for name in FACTS if name != "id"), "changed_at"),
    "webhook": (
        *("url", "types", "secret", "former_secret", "former_until", "after_seq", "version"),
        *("disabled_at", "disabled_because"),
    ),
    "webhook_delivery": ("state", "attempts", "next_attempt_at"),
    "form_import": (
        *("state", "attempts", "next_attempt_at", "lines", "recorded", "replayed", "refused", "blank"),
        *("remarks", "problem", "finished_at"),
    ),
    "mail_digest": ("state", "attempts", "next_attempt_at"),
    "person_invitation": ("used_at",),
    "person_session": ("seen_at", "ended_at"),
    "person_way": ("uses", "used_at", "ended_at"),
    "client": ("name", "scopes", "issuer", "subject", "disabled_at", "version"),
}
COLUMN_RIGHTS = {(table, column, "UPDATE") for table, columns in CHANGED.items() for column in columns}
FORBIDDEN, APPEND_ONLY = "42501", "23001"
"""PostgreSQL's codes: insufficient_privilege and restrict_violation."""


async def refusal_of(connection: AsyncConnection, statement: str) -> str | None:
    """Try a statement, undo it, and return the code with which it was refused; none when it went through."""
    savepoint = await connection.begin_nested()
    try:
        await connection.execute(text(statement))
    except DBAPIError as error:
        return sqlstate_of(error)
    finally:
        await savepoint.rollback()
    return None
