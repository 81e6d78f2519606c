"""How a person is reached: telephones and e-mail.  An office's own pass.

Phones: the numbering plan of Circular 22/2014/TT-BTTTT as amended.  A line with the code of a province is an office's,
unless a person is named beside it; a mobile number is a person's, unless it is called a hotline or an office's.
"""

import re
from collections.abc import Iterator

from app.domain.personal_data.findings import Kind
from app.domain.personal_data.harmless import HARMLESS, UUIDS
from app.domain.personal_data.patterns import GAP, Found, blank, found_by, has_digits, in_digits, is_one_number, spread

_MOBILE = "|".join(spread(prefix) for prefix in ("3[2-9]", "5[25689]", "7[06-9]", "8[1-9]", "9[0-9]"))
_FORMER = spread("1[2689]")
_LINE = rf"(?:(?:{_MOBILE})(?:{GAP}\d){{7}}|2(?:{GAP}\d){{9}}|{_FORMER}(?:{GAP}\d){{8}})(?!\d)"
_PHONE = re.compile(
    rf"(?<![\d+])((?:\+{GAP}8{GAP}4|0{GAP}0{GAP}8{GAP}4){GAP}(?:\({GAP}0{GAP}\))?{GAP}{_LINE}"
    rf"|0{GAP}{_LINE}|8{GAP}4{GAP}(?:{_MOBILE})(?:{GAP}\d){{7}}(?!\d))"
)
_FIXED = re.compile(r"(?:\+?0{0,2}84)?0?2")
_PERSON = re.compile(
    r"(?<!\w)(?i:ông|(?<!hai )bà|anh|chị|cô|thầy|chú|bác|dì|mẹ|cha|bố|phụ huynh|gia đình|nhà riêng|đ/c|đồng chí|"
    r"cháu|bé|(?<!trẻ )em|nạn nhân|di động|zalo|cá nhân|đối tượng|giám hộ|người|"
    r"me|phu huynh|gia dinh|chau|ong|ba ngoai)(?!\w)"
)
_OFFICE = re.compile(
    r"(?i:đường dây nóng|duong day nong|hotline|cơ quan|trực ban|văn phòng|van phong|số trực|"
    r"điện thoại (?:của )?(?:sở|ủy ban))"
)
_END_OF_CLAUSE = re.compile(r"[;\n]|\.\s")
_BEFORE, _AFTER = 60, 30

_AT = r"\s?(?:@|[(\[]\s?(?:at|a còng)\s?[)\]])\s?"
_DOT = r"(?:\s?\.\s?|\s?[(\[]\s?(?:dot|chấm)\s?[)\]]\s?)"
_EMAIL = re.compile(rf"(?i:(?<![\w.+-])([\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,5}}))")
_OFFICES_DOMAIN = re.compile(r"(?i:\.(?:gov|edu|org)\.vn\Z)")
_OFFICES_NAME = re.compile(
    r"(?i:(?:\A|[._-])(?:van\.?thu|ubnd|hdnd|vanphong|vp|lienhe|info|contact|hotline|bbt|tiepdan|hotro|thongtin|"
    r"so(?:yte|ldtbxh|gddt|tuphap|noivu|tttt|vhttdl|taichinh|vh)|s?(?:ldtbxh|gddt)|s(?:yt|tp|nv|tttt|vhttdl|tc)|"
    r"(?:phong|ban|truong|thcs|thpt|tieuhoc|mamnon)\w{2,}|p(?:gd|ldtbxh)\w*|tt(?:yt|ctxh)\w*|tand\w*|vks\w*|catp\w*|"
    r"congan\w*|thanhdoan\w*|benhvien\w*)(?=[._-]|@)[\w.+-]*@)"
)


def search(text: str) -> Iterator[Found]:
    """Yield each telephone and each e-mail address that is a person's."""
    yield from (found for found in found_by(Kind.EMAIL_ADDRESS, _EMAIL, text) if not _is_offices_address(text, found))
    if not has_digits(text):
        return
    plain = in_digits(blank(UUIDS, text))
    for found in found_by(Kind.PHONE_NUMBER, _PHONE, blank(HARMLESS, plain)):
        if is_one_number(plain[found.start : found.end]) and not _is_offices_line(plain, found):
            yield found


def _is_offices_address(text: str, found: Found) -> bool:
    address = text[found.start : found.end].rstrip(".")
    return bool(_OFFICES_DOMAIN.search(address) and _OFFICES_NAME.search(address))


def _is_offices_line(text: str, found: Found) -> bool:
    before = _END_OF_CLAUSE.split(text[max(found.start - _BEFORE, 0) : found.start])[-1]
    after = _END_OF_CLAUSE.split(text[found.end : found.end + _AFTER])[0]
    if _PERSON.search(before) or _PERSON.search(after):
        return False
    number = re.sub(r"[^\d+]", "", text[found.start : found.end])
    return bool(_FIXED.match(number) or _OFFICE.search(before))
