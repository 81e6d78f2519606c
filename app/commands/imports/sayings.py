"""What is said to people about a form: what is wrong, and what to do."""

from enum import StrEnum

from app.domain.words import Words


class Say(StrEnum):
    """What may be said of a line, or of a file as a whole."""

    TORN = "torn"
    SURPLUS = "surplus"
    MERGED = "merged"
    NO_HEADING = "no_heading"
    ERROR = "error"
    UNCOMPUTED = "uncomputed"
    A_DAY = "a_day"
    A_NUMBER = "a_number"
    A_BOOLEAN = "a_boolean"
    NO_CHOICE = "no_choice"
    NO_PERCENT = "no_percent"
    NO_FIGURE = "no_figure"
    THOUSANDS = "thousands"
    NO_DAY = "no_day"
    MONTH_FIRST = "month_first"
    OLD_FONT = "old_font"
    NO_JSON = "no_json"
    NO_OBJECT = "no_object"
    NOT_SENDABLE = "not_sendable"
    PERCENT_AND_STATE = "percent_and_state"
    NO_NAME = "no_name"
    NOT_FOUND = "not_found"
    CONTRADICTS = "contradicts"
    ANOTHER_PLAN = "another_plan"
    NO_HEADINGS = "no_headings"
    TWICE = "twice"
    RESEMBLES = "resembles"
    TWO_SHEETS = "two_sheets"
    SCALED = "scaled"
    NO_SPREADSHEET = "no_spreadsheet"
    DAMAGED = "damaged"
    OLD_FORM = "old_form"
    BINARY_FORM = "binary_form"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    WINDOWS_1258 = "windows_1258"
    OWN_COLUMNS = "own_columns"
    HIDDEN_ROWS = "hidden_rows"
    MADE_DAYS = "made_days"
    THERE_ALREADY = "there_already"
    REPLACED_SINCE = "replaced_since"


SAYINGS: dict[Say, Words] = {
    Say.TORN: Words(
        "dấu ngoặc kép đặt sai chỗ; hãy bỏ dấu đó, hoặc đặt cả ô trong ngoặc kép và gõ mỗi dấu bên trong hai lần",
        "has a quote in the wrong place; remove it, or put the whole cell in quotes and type each quote in it twice",
    ),
    Say.SURPLUS: Words(
        "có nhiều ô hơn tiêu đề; đặt nội dung có dấu phẩy trong ngoặc kép, ví dụ “92,5”, hoặc bỏ dấu phân cách thừa",
        'has more cells than the heading; put what holds a separator in quotes, such as "92,5", or remove the spare',
    ),
    Say.MERGED: Words(
        "nằm trong các ô đã gộp {cells}, chỉ ô đầu có nội dung; hãy bỏ gộp ô và điền từng dòng",
        "is one of the merged cells {cells}, of which only the first holds anything; unmerge them, and fill each in",
    ),
    Say.NO_HEADING: Words(
        "có nội dung nhưng cột không có tiêu đề; hãy bỏ gộp ô ở dòng tiêu đề, "
        "hoặc đặt nội dung có dấu phân cách trong ngoặc kép",
        "has a cell below no heading; is a heading merged, or is there a separator in a text without quotes?",
    ),
    Say.ERROR: Words(
        "chứa giá trị lỗi của bảng tính; hãy sửa công thức hoặc gõ nội dung vào ô",
        "holds an error of the spreadsheet; mend the formula, or type what is meant",
    ),
    Say.UNCOMPUTED: Words(
        "chứa công thức chưa được tính; hãy mở tệp bằng chương trình bảng tính, lưu lại rồi gửi",
        "holds a formula that was never computed; open the file in a spreadsheet program, save it, and send it again",
    ),
    Say.A_DAY: Words(
        "là ngày tháng trong tệp; hãy định dạng ô là văn bản rồi gõ lại",
        "is a date in the file; format the cell as text and type it again",
    ),
    Say.A_NUMBER: Words(
        "là số trong tệp nên 3.10 và 3.1 như nhau; hãy định dạng ô là văn bản rồi gõ lại",
        "is a number in the file, where 3.10 and 3.1 are the same; format the cell as text",
    ),
    Say.A_BOOLEAN: Words(
        "là giá trị đúng/sai trong tệp; hãy gõ nội dung vào ô",
        "is true or false in the file; type what is meant",
    ),
    Say.NO_CHOICE: Words("phải là một trong các giá trị: {choices}", "must be one of: {choices}"),
    Say.NO_PERCENT: Words(
        "phải là số nguyên từ 0 đến 100, ví dụ 60 hoặc 60%", "must be a whole number from 0 to 100, such as 60 or 60%"
    ),
    Say.NO_FIGURE: Words(
        "phải là một số có tối đa 15 chữ số, trong đó tối đa 6 chữ số thập phân, ví dụ 92,5 hoặc 92,5%",
        "must be a number of at most 15 digits, 6 of them decimals, such as 92.5 or 92.5%",
    ),
    Say.THOUSANDS: Words(
        "không rõ dấu chấm, dấu phẩy ngăn hàng nghìn hay phần thập phân; hãy viết 1250 hoặc 1,25",
        "has a point or comma that may part thousands or decimals; write 1250 or 1.25",
    ),
    Say.NO_DAY: Words(
        "phải là ngày dạng ngày/tháng/năm, ví dụ 05/11/2026", "must be a day as day/month/year, such as 05/11/2026"
    ),
    Say.MONTH_FIRST: Words(
        "là ngày có định dạng tháng/ngày nên không rõ ngày nào, tháng nào; hãy định dạng ô là văn bản rồi gõ "
        "ngày/tháng/năm, hoặc xác nhận là đúng như đã ghi (--as-is, as_is=true)",
        "is a date shown with its month first, perhaps typed with its day first; format the cell as text and "
        "type day/month/year, or say that it is right as it is (--as-is, as_is=true)",
    ),
    Say.OLD_FONT: Words(
        "dùng phông chữ cũ (TCVN3, VNI); hãy chuyển sang Unicode rồi gửi lại",
        "is typed in a legacy Vietnamese font (TCVN3, VNI); convert it to Unicode and send it again",
    ),
    Say.NO_JSON: Words("không phải là JSON; mỗi dòng phải là một đối tượng JSON", "is no JSON"),
    Say.NO_OBJECT: Words("phải là một đối tượng JSON", "is no JSON object"),
    Say.NOT_SENDABLE: Words(
        "có số hoặc ký tự mà JSON không chứa được", "holds a number or a character that JSON cannot carry"
    ),
    Say.PERCENT_AND_STATE: Words(
        "không khớp với kết quả thực hiện: đã hoàn thành là 100, chưa thực hiện là 0, không phát sinh để trống",
        "does not fit the state: completed is 100, not started is 0, not applicable is left empty",
    ),
    Say.NO_NAME: Words(
        "không cho biết là nghĩa vụ nào; cần mã nghĩa vụ, hoặc kế hoạch, kỳ báo cáo, nhiệm vụ và cơ quan chủ trì",
        "does not say which obligation it is about: by obligation, or by plan, cycle, duty and owner",
    ),
    Say.NOT_FOUND: Words(
        "không tìm thấy nghĩa vụ như vậy trong phạm vi được gửi; hãy chép lại mã từ biểu mẫu đã tải về",
        "names no obligation that you may report on; copy the code from the form that you downloaded",
    ),
    Say.CONTRADICTS: Words(
        "ghi {said}, nhưng mã nghĩa vụ của dòng này là của {meant}; hãy chép lại cả dòng từ biểu mẫu đã tải về",
        "says {said}, but the line's obligation is of {meant}; copy the whole line from the form that you downloaded",
    ),
    Say.ANOTHER_PLAN: Words(
        "thuộc kế hoạch khác; hãy gửi riêng cho từng kế hoạch", "is of another plan; send it to that plan"
    ),
    Say.NO_HEADINGS: Words(
        "Không tìm thấy dòng tiêu đề của biểu mẫu trong 30 dòng đầu của trang tính nào; hãy dùng biểu mẫu đã tải về.",
        "No sheet has the form's headings within its first 30 rows; use the form that you downloaded.",
    ),
    Say.TWICE: Words(
        "Hai cột có cùng tiêu đề ({cells}); hãy xóa hoặc đổi tên một cột.",
        "Two columns of the same name ({cells}); remove or rename one.",
    ),
    Say.RESEMBLES: Words(
        "Tiêu đề ở {cells} gần giống tiêu đề “{heading}” của biểu mẫu; hãy sửa lại, hoặc đặt tên khác hẳn.",
        "The heading in {cells} is nearly the form's “{heading}”; mend it, or give it quite another name.",
    ),
    Say.TWO_SHEETS: Words(
        "Nhiều trang tính cùng có dòng tiêu đề của biểu mẫu; hãy chỉ giữ một trang tính trong tệp.",
        "Several sheets have the form's headings; keep one of them in the file.",
    ),
    Say.SCALED: Words(
        "Số liệu ở “{headings}” không quá 1, có thể 1 nghĩa là 100%. Hãy gõ theo phần trăm (100 hoặc 100%), "
        "hoặc xác nhận là đúng như đã ghi (--as-is, as_is=true).",
        "Figures in “{headings}” are at most 1, so 1 may mean 100%. Type percentages as such (100 or 100%), "
        "or say that they are right as they are (--as-is, as_is=true).",
    ),
    Say.NO_SPREADSHEET: Words(
        "Tệp không phải là bảng tính; hãy gửi tệp XLSX, ODS, CSV hoặc NDJSON.",
        "The file is no spreadsheet; send XLSX, ODS, CSV or NDJSON.",
    ),
    Say.DAMAGED: Words(
        "Tệp bị hỏng; hãy mở bằng chương trình bảng tính, lưu lại rồi gửi.",
        "The file is damaged; open it in a spreadsheet program, save it, and send it again.",
    ),
    Say.OLD_FORM: Words(
        "Tệp là XLS cũ hoặc có mật khẩu; hãy mở tệp, bỏ mật khẩu, chọn Lưu thành (Save as) dạng XLSX rồi gửi.",
        "The file is an old XLS or has a password; open it, remove the password, save it as XLSX, and send that.",
    ),
    Say.BINARY_FORM: Words(
        "Tệp là XLSB; hãy mở tệp, chọn Lưu thành (Save as) dạng XLSX rồi gửi.",
        "The file is XLSB; open it, save it as XLSX, and send that.",
    ),
    Say.TOO_LARGE: Words(
        "Tệp quá lớn hoặc giải nén ra quá lớn; hãy xóa trang tính, định dạng, ảnh thừa, hoặc chia thành nhiều tệp.",
        "The file is too large, or unpacks to too much; remove other sheets, formats and pictures, or divide it.",
    ),
    Say.ENCODING: Words(
        "Không nhận ra bảng mã của tệp văn bản (không phải UTF-8, UTF-16 hay windows-1258); "
        "hãy mở tệp gốc và lưu dạng “CSV UTF-8” hoặc XLSX.",
        "The text is no UTF-8, UTF-16 or windows-1258; open the original and save it as “CSV UTF-8” or XLSX.",
    ),
    Say.WINDOWS_1258: Words(
        "Tệp được đọc theo bảng mã windows-1258; hãy kiểm tra dấu tiếng Việt, lần sau nên lưu dạng “CSV UTF-8”.",
        "The file was read as windows-1258; look at its diacritics, and save it as “CSV UTF-8” next time.",
    ),
    Say.OWN_COLUMNS: Words(
        "Các cột không thuộc biểu mẫu được bỏ qua: {cells}.",
        "Columns that are not of the form are left alone: {cells}.",
    ),
    Say.HIDDEN_ROWS: Words(
        "Các dòng đang bị ẩn vẫn được đọc: {cells}.", "Hidden rows are read like the others: {cells}."
    ),
    Say.MADE_DAYS: Words(
        "Phần mềm bảng tính đã tự đổi thành ngày những gì được gõ vào các ô sau; hãy kiểm tra ngày và tháng: {cells}.",
        "The spreadsheet program has made days of what was typed into these cells; look at day and month: {cells}.",
    ),
    Say.THERE_ALREADY: Words(
        "Nội dung này đã được ghi nhận từ trước, không ghi nhận lại.", "This had been recorded before; it is kept once."
    ),
    Say.REPLACED_SINCE: Words(
        "Nội dung này đã được ghi nhận từ trước và sau đó đã có báo cáo khác; dòng này không thay đổi gì. Để báo cáo "
        "lại như dòng này, hãy gửi dưới tên khác (name=…, hoặc --new) hoặc sửa phần tóm tắt.",
        "This had been recorded before, and another report came since: the line changes nothing. To report it anew, "
        "send it under another name (name=…, or --new), or change its summary.",
    ),
}


def said(say: Say, *, vietnamese: bool, **parts: str) -> str:
    """Spell one thing out."""
    words = SAYINGS[say]
    return (words.vi if vietnamese else words.en).format_map(parts)
