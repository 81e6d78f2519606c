"""Numbers of official documents, in the forms of the State and of the Party.

State (Decree 30/2020/NĐ-CP, Article 8 and Annex I; the year stands between in legal normative documents):
`115/KH-UBND`, `04/2021/QĐ-UBND`, `121/2020/QH14`, `375/LĐTBXH-TE`, `15/TTr-UBND`.
Party (Instruction 36-HD/VPTW of 2018): `80-NQ/TW`, `05-KL/BCSĐ`.
"""

import re
import unicodedata

MAX_LENGTH = 60
_SYMBOL = r"[A-ZĂÂĐÊÔƠƯ][A-Za-zĂÂĐÊÔƠƯăâđêôơư0-9&.]*"
_OF_UNIT = rf"(?:\({_SYMBOL}(?:-{_SYMBOL})*\))?"
"""The unit that drafted it, as the police (`212/BC-CATP(PC02)`) and the Youth Union (`12/BC-ĐTN(BTV)`) put it."""
_STATE = rf"\d{{1,6}}[a-z]?/(?:(?:19|20)\d\d/)?{_SYMBOL}(?:-{_SYMBOL})*{_OF_UNIT}"
_PARTY = rf"\d{{1,6}}[a-z]?-{_SYMBOL}/{_SYMBOL}(?:[-/]{_SYMBOL})*"
_FORM = re.compile(rf"(?:{_STATE}|{_PARTY})\Z", re.ASCII)
# Eth and African D look like Đ and are what many Vietnamese keyboards and scans leave behind.
# Word makes a dash of a hyphen, and knows three other kinds of one.
_LOOKALIKES = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ", **dict.fromkeys("‐‑‒–—−", "-")})


def canonical_number(written: str) -> str | None:
    """Return the number in one spelling (NFC, no look-alikes of Đ and the hyphen, no blanks), or none if it is none."""
    spelled = unicodedata.normalize("NFC", written).translate(_LOOKALIKES).strip()
    compact = re.sub(r"\s*([-/(])\s*", r"\1", spelled)
    return compact if len(compact) <= MAX_LENGTH and _FORM.match(compact) else None
