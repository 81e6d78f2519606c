"""Numbers of official documents, in the forms of the State and of the Party.

State (Decree 30/2020/NĐ-CP, Article 8 and Annex I; the year stands between in legal normative documents):
`115/KH-UBND`, `04/2021/QĐ-UBND`, `121/2020/QH14`, `375/LĐTBXH-TE`, `15/TTr-UBND`.
Party (Instruction 36-HD/VPTW of 2018): `80-NQ/TW`, `05-KL/BCSĐ`.
"""

import re
import unicodedata

MAX_LENGTH = 60
_SYMBOL = r"[A-ZĂÂĐÊÔƠƯ][A-Za-zĂÂĐÊÔƠƯăâđêôơư0-9&.]*"
_STATE = rf"\d{{1,6}}[a-z]?/(?:(?:19|20)\d\d/)?{_SYMBOL}(?:-{_SYMBOL})*"
_PARTY = rf"\d{{1,6}}[a-z]?-{_SYMBOL}/{_SYMBOL}(?:[-/]{_SYMBOL})*"
_FORM = re.compile(rf"(?:{_STATE}|{_PARTY})\Z", re.ASCII)
# Eth and African D look like Đ and are what many Vietnamese keyboards and scans leave behind.
_LOOKALIKES = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ"})


def canonical_number(written: str) -> str | None:
    """Return the number in one spelling (NFC, Đ for its look-alikes, no blanks), or none if it is not one."""
    spelled = unicodedata.normalize("NFC", written).translate(_LOOKALIKES).strip()
    compact = re.sub(r"\s*([-/])\s*", r"\1", spelled)
    return compact if len(compact) <= MAX_LENGTH and _FORM.match(compact) else None
