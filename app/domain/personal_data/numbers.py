"""Numbers that name a person: of citizens, cards, accounts, passports and vehicles.

Citizen numbers: Circular 59/2021/TT-BCA, Article 4 and its list of province codes; health-insurance codes: Decision
1351/QĐ-BHXH of 2015 (15 characters) and 1666/QĐ-BHXH of 2020 (10 digits); passports: Circular 73/2021/TT-BCA; number
plates: Circular 79/2024/TT-BCA.
"""

import re
from collections.abc import Iterator

from app.domain.personal_data.findings import Kind
from app.domain.personal_data.harmless import HARMLESS, UUIDS
from app.domain.personal_data.patterns import GAP, Found, blank, digits, found_by, has_digits, in_digits, is_one_number

_PROVINCES = """
    001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 044
    045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 089 091
    092 093 094 095 096
"""
PROVINCES = frozenset(re.findall(r"\d+", _PROVINCES))
CENTURIES = "0123"
"""Men and women born in the 20th and in the 21st century."""

_IDENTITY_CUE = r"(?i:cmnd|cmtnd|cmt|cccd|chứng minh|căn cước|định danh|can cuoc|dinh danh|chung minh)"
_INSURANCE_CUE = r"(?i:bhyt|bhxh|bảo hiểm y tế|bảo hiểm xã hội)"
_TO_NUMBER = r"(?:[^\d¤]|\((?:9|12) số\)){0,40}"
_CUED_CITIZEN = re.compile(rf"(?<!\w){_IDENTITY_CUE}{_TO_NUMBER}({digits(12)})")
_CUED_OLD = re.compile(rf"(?<!\w){_IDENTITY_CUE}{_TO_NUMBER}({digits(9)})")
_CUED_INSURANCE = re.compile(rf"(?<!\w){_INSURANCE_CUE}[^\d¤]{{0,30}}({digits(10)})")
_TWELVE = re.compile(rf"(?<!\d)(?=({digits(12)}))")
_CHILD_CARD = re.compile(rf"(?i:(?<![^\W\d])(t{GAP}e{GAP}1(?:{GAP}\d){{10,14}}(?!\d)))")
_ANY_CARD = re.compile(rf"(?i:(?<![^\W\d])([a-z]{{2}}{GAP}[1-5](?:{GAP}\d){{12}}(?!\d)))")
_BANK = (
    r"(?:số )?tài khoản|tai khoan|stk|số tk|tk|vietcombank|vcb|agribank|bidv|vietinbank|techcombank|mb ?bank|sacombank|"
    r"acb|tpbank|vpbank|hdbank|vib|scb|shb|eximbank|lpbank|kienlongbank|ocb|msb"
)
_ACCOUNT = re.compile(
    rf"(?<!\w)(?i:{_BANK})(?!\w| ?(?:[Zz]alo|[Ff]acebook|[Vv]iber))[^\d¤]{{0,40}}(\d(?:[\s./-]{{0,2}}\d){{7,18}})(?!\d)"
)
_TREASURY = re.compile(r"(?i:kho bạc|kbnn|kho bac)")
"""Where public bodies, and nobody else, have their accounts."""
_CUED_PASSPORT = re.compile(
    r"(?<!\w)(?i:hộ chiếu|ho chieu|hochieu|passport|hc số)[^\d¤]{0,30}?(?<![^\W\d])([A-Za-z](?:[\s-]?\d){7,8})(?!\d)"
)
_PASSPORT = re.compile(r"(?<!\w)([BCKNP]\d{7})(?!\w)")
_REGION = r"(?:1[1-9]|[2-9]\d)"
_PLATE = re.compile(rf"(?<![\w/])({_REGION}[\s-]?[A-Z][A-Z\d]?[\s.-]{{0,2}}\d{{3}}\.?\d{{2}})(?!\w|[./-]?\d)")
_CUED_PLATE = re.compile(
    rf"(?<!\w)(?i:biển|bien so|bks|bs|xe|kiểm soát)[^\d¤]{{0,20}}"
    rf"({_REGION}[\s-]?[A-Za-z][A-Za-z\d]?[\s.-]{{0,3}}(?:\d{{3}}\.?\d{{2}}|\d{{4}}))(?!\w)"
)
_NINE = re.compile(
    r"(?<![\w.,/+-])(?<!\d\s)((?:0[1-9]|[12]\d|3[0-8])(?:\d{7}|\d([\s/-])\d{3}\2\d{3}))(?!\w|[\s.,/-]\d)"
)


def search(text: str) -> Iterator[Found]:
    """Yield each number that names a person, the surest kinds first."""
    if not has_digits(text):
        return
    written = blank(UUIDS, text)
    text = in_digits(written)
    rest = blank(HARMLESS, text)
    yield from found_by(Kind.CITIZEN_NUMBER, _CUED_CITIZEN, text)
    yield from found_by(Kind.OLD_IDENTITY_NUMBER, _CUED_OLD, text)
    yield from found_by(Kind.INSURANCE_CODE, _CHILD_CARD, text)
    yield from found_by(Kind.INSURANCE_CODE, _ANY_CARD, rest)
    yield from found_by(Kind.PASSPORT_NUMBER, _CUED_PASSPORT, written)
    yield from found_by(Kind.PASSPORT_NUMBER, _PASSPORT, written)
    yield from found_by(Kind.NUMBER_PLATE, _CUED_PLATE, written)
    yield from found_by(Kind.NUMBER_PLATE, _PLATE, written)
    yield from (found for found in found_by(Kind.BANK_ACCOUNT, _ACCOUNT, rest) if not _is_treasurys(text, found))
    yield from (found for found in found_by(Kind.CITIZEN_NUMBER, _TWELVE, rest) if _is_citizen_number(text, found))
    yield from found_by(Kind.INSURANCE_CODE, _CUED_INSURANCE, rest)
    yield from found_by(Kind.OLD_IDENTITY_NUMBER, _NINE, rest)


def _is_citizen_number(text: str, found: Found) -> bool:
    piece = text[found.start : found.end]
    digits_of_it = re.sub(r"\D", "", piece)
    return digits_of_it[:3] in PROVINCES and digits_of_it[3] in CENTURIES and is_one_number(piece)


def _is_treasurys(text: str, found: Found) -> bool:
    return bool(_TREASURY.search(text, max(found.start - 80, 0), found.end + 60))
