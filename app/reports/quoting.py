"""Quotations: what people wrote leaves the house word for word, or not at all when it may hold personal data.

Every text was looked through when it was recorded; it is looked through once more here, by today's rules and without
the word of a coordinator that a name is none of a child.
"""

from functools import lru_cache

from app.domain.personal_data import objections
from app.schemas.consolidated_report import Quote


def quote(words: str) -> Quote:
    """Quote what somebody wrote."""
    return Quote(words=words if is_harmless(words) else None)


def quote_if(words: str | None) -> Quote | None:
    """Quote what somebody wrote, if there is anything."""
    return None if words is None else quote(words)


@lru_cache(maxsize=4096)
def is_harmless(words: str) -> bool:
    """Say whether a text may leave the house; the same texts are asked about again and again."""
    return not objections(words)
