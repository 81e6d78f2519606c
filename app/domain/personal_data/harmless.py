"""Numbers that name nobody: days, amounts, papers and the ids of records.

Amounts in Vietnamese group their digits with full stops and never begin with 0.
"""

import re

UUIDS = re.compile(
    r"(?i:(?<![^\W_])[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}(?![^\W_])"
    r"|(?<![^\W_])(?=\d*[a-f])(?:[\da-f]{32}){1,2}(?![^\W_]))"
)
"""RFC 9562, and digests: by these, systems name their records; some happen to hold twelve digits in a row."""
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
HARMLESS = re.compile(
    rf"""(?<!\d)(?:
      (?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d(?![.-]?\d)   # a day
    | (?:19|20)\d\d-[01]\d-[0-3]\d(?![.-]?\d)                                       # a day in ISO 8601
    | (?:19|20)\d\d/(?:0?[1-9]|1[0-2])(?:/(?:[0-2]?\d|3[01]))?(?=[/\s]|\Z)              # a month or a day in an address
    | (?<![.,])\d{{1,3}}\.\d{{5,7}},?\s\d{{1,3}}\.\d{{5,7}}(?!\d)                      # a place on the map
    | (?:0?[1-9]|1[0-2])/(?:19|20)\d\d(?![./-]?\d)                                  # a month
    | (?<![\d.,])(?<!\d[ )-])(?<!\d\)[ ])[1-9]\d{{0,2}}(?:[.,]\d{{3}})+(?![.,]?\d)  # an amount, grouped
    | [1-9]\d{{0,2}}(?:[ .,]?\d{{3}})+(?=[ ]?(?i:{_UNIT}))                          # an amount, by its unit
    )
    | (?i:(?<!\w)(?:{_MONEY})[^\d\n]{{0,20}}[1-9]\d*(?:[ ]\d{{3}})*(?!\d))          # an amount, by what it is
    | (?i:(?<!\w)(?:{_PAPER})[ ]?(?:số)?[ :]{{0,3}}\d{{1,10}}(?:-\d{{3}})?(?!\d))      # the number of a paper
    """,
    re.VERBOSE,
)
