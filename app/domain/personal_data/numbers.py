"""Numbers that name a person.

Citizen numbers: Circular 59/2021/TT-BCA, Article 4 and its list of province codes; health-insurance codes: Decision
1351/QĐ-BHXH of 2015 (15 characters) and 1666/QĐ-BHXH of 2020 (10 digits); phones: the numbering plan of Circular
22/2014/TT-BTTTT as amended.  Amounts in Vietnamese group their digits with full stops and never begin with 0.
"""

import re
from collections.abc import Iterator

from app.domain.personal_data.findings import Kind

_PROVINCES = """
    001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 044
    045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 089 091
    092 093 094 095 096
"""
PROVINCES = frozenset(re.findall(r"\d+", _PROVINCES))
CENTURIES = "0123"
"""Men and women born in the 20th and in the 21st century."""

_GAP = r"[ .()\-]{0,3}"
_SPACE = r"[ \-]{0,3}"


def _digits(count: int, gap: str = _GAP) -> str:
    return rf"\d(?:{gap}\d){{{count - 1}}}(?!\d)"


def _spread(digits: str) -> str:
    """Let digits, and classes of digits, stand apart: `9[0-4]` also finds `9 3`."""
    return _GAP.join(re.findall(r"\[.*?\]|.", digits))


_MONEY = (
    r"kinh[ ]phí|số[ ]tiền|dự[ ]toán|ngân[ ]sách|trị[ ]giá|giá[ ]trị|thành[ ]tiền|tổng[ ]cộng|quyết[ ]toán|tạm[ ]ứng"
)
_PAPER = (
    r"hóa[ ]đơn|hoá[ ]đơn|biên[ ]lai|biên[ ]nhận|phiếu[ ]thu|phiếu[ ]chi|hồ[ ]sơ|mã[ ]hồ[ ]sơ|mã[ ]số[ ]thuế|mst|"
    r"số[ ]hiệu|sê-ri|seri|vận[ ]đơn|chứng[ ]từ"
)
_UNIT = (
    r"(?:đồng(?!\ (?:thời|chí|bào|phạm|ý|hành|bọn))|đ|vnđ|vnd|usd|triệu|tỷ|tỉ|nghìn|ngàn|người|trẻ|em|lượt|hộ|"
    r"học\ sinh|bản|tờ|cuốn|tin|lần|suất|m2|ha|kg)(?!\w)|%"
)
_HARMLESS = re.compile(
    rf"""(?<!\d)(?:
      (?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d(?![.-]?\d)   # a day
    | (?:19|20)\d\d-[01]\d-[0-3]\d(?![.-]?\d)                                       # a day in ISO 8601
    | (?<![\d.,])(?<!\d[ )-])(?<!\d\)[ ])[1-9]\d{{0,2}}(?:[.,]\d{{3}})+(?![.,]?\d)  # an amount, grouped
    | [1-9]\d{{0,2}}(?:[ .,]?\d{{3}})+(?=[ ]?(?i:{_UNIT}))                          # an amount, by its unit
    )
    | (?i:(?<!\w)(?:{_MONEY})[^\d\n]{{0,20}}[1-9]\d*(?:[ ]\d{{3}})*(?!\d))          # an amount, by what it is
    | (?i:(?<!\w)(?:{_PAPER})[ ]?(?:số)?[ :]{{0,3}}\d{{1,10}}(?:-\d{{3}})?(?!\d))      # the number of a paper
    """,
    re.VERBOSE,
)
_IDENTITY_CUE = r"(?i:cmnd|cmtnd|cmt|cccd|chứng minh|căn cước|định danh|can cuoc|dinh danh|chung minh)"
_INSURANCE_CUE = r"(?i:bhyt|bhxh|bảo hiểm y tế|bảo hiểm xã hội)"
_CUED_CITIZEN = re.compile(rf"(?<!\w){_IDENTITY_CUE}[^\d\n]{{0,40}}({_digits(12)})")
_CUED_OLD = re.compile(rf"(?<!\w){_IDENTITY_CUE}[^\d\n]{{0,40}}({_digits(9)})")
_CUED_INSURANCE = re.compile(rf"(?<!\w){_INSURANCE_CUE}[^\d\n]{{0,30}}({_digits(10, _SPACE)})")
_TWELVE = re.compile(rf"(?<!\d)({_digits(12)})")
_CHILD_CARD = re.compile(rf"(?i:(?<![^\W\d])(t{_GAP}e{_GAP}1(?:{_GAP}\d){{10,12}}(?!\d)))")
_ANY_CARD = re.compile(rf"(?i:(?<![^\W\d])([a-z]{{2}}{_GAP}[1-5](?:{_GAP}\d){{12}}(?!\d)))")
_MOBILE = "|".join(_spread(prefix) for prefix in ("3[2-9]", "5[25689]", "7[06-9]", "8[1-9]", "9[0-9]"))
_FORMER = _spread("1[2689]")
_LINE = rf"(?:(?:{_MOBILE})(?:{_GAP}\d){{7}}|2(?:{_GAP}\d){{9}}|{_FORMER}(?:{_GAP}\d){{8}})(?!\d)"
_PHONE = re.compile(
    rf"(?<![\d+])((?:\+{_GAP}8{_GAP}4|0{_GAP}0{_GAP}8{_GAP}4){_GAP}(?:\({_GAP}0{_GAP}\))?{_GAP}{_LINE}"
    rf"|0{_GAP}{_LINE}|84(?:{_MOBILE})\d{{7}}(?!\d))"
)
_UUID = re.compile(r"(?i:(?<![\w-])[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}(?![\w-]))")
"""RFC 9562: by these, systems name their records; some happen to hold twelve digits in a row."""
_NINE = re.compile(r"(?<![\w.,/+-])(?<!\d )((?:0[1-9]|[12]\d|3[0-8])(?:\d{7}|\d([ -])\d{3}\2\d{3}))(?!\w|[ .,/-]\d)")


def search(text: str) -> Iterator[tuple[Kind, int, int]]:
    """Yield each number that names a person, the surest kinds first."""
    text = _blank(_UUID, text)
    yield from _all(Kind.CITIZEN_NUMBER, _CUED_CITIZEN, text)
    yield from _all(Kind.OLD_IDENTITY_NUMBER, _CUED_OLD, text)
    yield from _all(Kind.INSURANCE_CODE, _CHILD_CARD, text)
    yield from _all(Kind.INSURANCE_CODE, _ANY_CARD, text)
    rest = _blank(_HARMLESS, text)
    yield from (found for found in _all(Kind.CITIZEN_NUMBER, _TWELVE, rest) if _is_citizen_number(text, *found[1:]))
    yield from _all(Kind.INSURANCE_CODE, _CUED_INSURANCE, rest)
    yield from _all(Kind.PHONE_NUMBER, _PHONE, rest)
    yield from _all(Kind.OLD_IDENTITY_NUMBER, _NINE, rest)


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: "¤" * len(found[0]), text)


def _all(kind: Kind, pattern: re.Pattern[str], text: str) -> Iterator[tuple[Kind, int, int]]:
    return ((kind, *found.span(1)) for found in pattern.finditer(text))


def _is_citizen_number(text: str, start: int, end: int) -> bool:
    digits = re.sub(r"\D", "", text[start:end])
    return digits[:3] in PROVINCES and digits[3] in CENTURIES
