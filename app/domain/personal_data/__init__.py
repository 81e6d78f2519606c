"""Personal data and secrecy marks in free text, references and file names: found, so that they can be refused.

What is looked for: a citizen number, an old identity-card number, a person's phone or e-mail, a health-insurance code,
a bank account, a passport, a number plate, the name of a child, and a mark of secrecy.  Sources: Decree 56/2017/NĐ-CP,
Article 33 (a child's name alone is protected); law 91/2025/QH15 on personal data; law 117/2025/QH15 on state secrets.

What passes: numbers of documents, amounts, hotlines, an office's telephone, dates, names of institutions, and the
initials by which a child is usually hidden.  It guards against carelessness, not against somebody who spells a number
out in words; docs/personal-data.md says how well.
"""

from collections.abc import Collection

from app.domain.personal_data import contacts, names, numbers, secrecy
from app.domain.personal_data.findings import Finding, Kind
from app.domain.personal_data.spelling import spell

__all__ = ["ALL", "IN_REFERENCES", "Finding", "Kind", "find", "objections"]
ALL = frozenset(Kind)
IN_REFERENCES = ALL - {Kind.OLD_IDENTITY_NUMBER, Kind.SECRECY_MARK}
"""What can be told from an address on the web or a name that a machine gives, where bare numbers count other things."""


def find(text: str) -> list[Finding]:
    """List what must not be there, in order; no two findings overlap.

    It finds through decomposed and full-width characters, look-alikes, invisible ones, and separators between digits.
    """
    spelled = spell(text)
    taken = bytearray(len(text))
    found: list[Finding] = []
    for search in (secrecy.search, numbers.search, contacts.search, names.search):
        for kind, start, end in search(spelled.plain):
            finding = spelled.finding(kind, start, end)
            if not any(taken[finding.start : finding.end]):
                taken[finding.start : finding.end] = b"\1" * (finding.end - finding.start)
                found.append(finding)
    return sorted(found, key=lambda finding: finding.start)


def objections(text: str, *, kinds: Collection[Kind] = ALL, not_personal: bool = False) -> list[Finding]:
    """List what a text is refused for.

    `not_personal` is the word of a coordinator that what looks like a child's name is none: it passes names, and
    never a number or a mark.
    """
    passed = {Kind.CHILD_NAME} if not_personal else set()
    return [finding for finding in find(text) if finding.kind in kinds and finding.kind not in passed]
