"""Personal data and secrecy marks in free text and file names: found, so that they can be refused.

What is looked for: a citizen number, an old identity-card number, a phone number, a health-insurance code, the name of
a child, and a mark of secrecy.  Sources: Decree 56/2017/NĐ-CP, Article 33 (a child's name alone is protected); law
91/2025/QH15 on personal data; law 117/2025/QH15 on state secrets.

What passes: numbers of documents, amounts, hotlines, dates, and the initials by which a child is usually hidden.  It
guards against carelessness, not against somebody who spells a number out in words.
"""

from app.domain.personal_data import contacts, names, numbers, secrecy
from app.domain.personal_data.findings import Finding, Kind
from app.domain.personal_data.spelling import spell

__all__ = ["IDENTIFIERS", "Finding", "Kind", "find"]
IDENTIFIERS = frozenset({Kind.CITIZEN_NUMBER, Kind.PHONE_NUMBER, Kind.INSURANCE_CODE})
"""The kinds that can be told from an address on the web, where other numbers are those of articles."""


def find(text: str) -> list[Finding]:
    """List what must not be there, in order; no two findings overlap.

    It finds through decomposed and full-width characters, invisible ones, and separators between digits.
    """
    spelled = spell(text)
    found: list[Finding] = []
    for search in (secrecy.search, numbers.search, contacts.search, names.search):
        for kind, start, end in search(spelled.plain):
            finding = spelled.finding(kind, start, end)
            if not any(finding.overlaps(other) for other in found):
                found.append(finding)
    return sorted(found, key=lambda finding: finding.start)
