"""Orders: letters that decide about bodies, as the columns of what they decide."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.commands.letters import dated
from app.database.statements import Row
from app.schemas.members import LetterIn


def ordered(plan: Row, sent: LetterIn, *, now: datetime) -> dict[str, Any]:
    """Return a letter as the columns of what it decides.

    Raises:
        LetterDateImpossible, LetterNumberNeeded: see `letters.dated`.
    """
    zone = ZoneInfo(plan["time_zone"])
    letter = dated(sent.decided_on, sent.document_number, issued_on=plan["issued_on"], zone=zone, now=now)
    said = {"document_number": sent.document_number, "decided_on": letter.decided_on, "reason": sent.reason}
    return said | {"received_at": letter.received_at}
