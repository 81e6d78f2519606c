"""What is found: which kind, and where; never the text itself."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a piece of text is; the value completes the sentence "holds …"."""

    CITIZEN_NUMBER = "a citizen number"
    OLD_IDENTITY_NUMBER = "an old identity-card number"
    PHONE_NUMBER = "a phone number"
    INSURANCE_CODE = "a health-insurance code"
    EMAIL_ADDRESS = "an e-mail address"
    BANK_ACCOUNT = "a bank account"
    PASSPORT_NUMBER = "a passport number"
    NUMBER_PLATE = "a number plate"
    CHILD_NAME = "the name of a child"
    SECRECY_MARK = "a mark of secrecy"


@dataclass(frozen=True)
class Finding:
    """One place in a text, in characters: `start` counts from 0, `end` is exclusive."""

    kind: Kind
    start: int
    end: int

    def __str__(self) -> str:
        """Say it without the text, counting characters from 1 as people do."""
        return f"holds {self.kind} (characters {self.start + 1} to {self.end})"
