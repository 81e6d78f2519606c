"""The catalogue: sentences about a request and its fields, each with what is said in Vietnamese.

What stands in braces is taken over: a figure, a name of the API, or words that have their own place here.
"""

OURS = {
    "belongs to a cycle of the plan itself": "là mã của một kỳ báo cáo do Kế hoạch đặt",
    "code must have at most {n} characters": "mã (code) dài tối đa {n} ký tự",
    "counts no more already": "đã hết hiệu lực từ trước",
    "duties must name each duty once": "mỗi nhiệm vụ chỉ được nêu một lần trong duties",
    "file_name must end in {endings}": "file_name phải có đuôi {endings}",
    "has been reviewed": "đã được xem xét",
    "The workbook may hold macros (XLSM); save it as XLSX, and send that.": (
        "Sổ tính có thể chứa lệnh tự chạy; hãy lưu thành sổ tính thường rồi gửi lại."
    ),
    "counts beside another for the same day": "có hiệu lực cùng ngày với một ghi nhận khác",
    "has no issuer": "không có nơi cấp mã bên ngoài",
    "holds a field that is not known here": "có trường không thuộc nội dung được nhận",
    "is a percentage: from 0 to 100": "là tỷ lệ phần trăm: từ 0 đến 100",
    "is a group that has members": "là nhóm cơ quan có thành viên",
    "is a member on that day": "đã là thành viên vào ngày đó",
    "is a partner or an owner of this duty": "đã là cơ quan phối hợp hoặc chủ trì của nhiệm vụ này",
    "is ahead of the feed, which ends at {head}": "vượt quá số cuối cùng của dòng sự kiện ({head})",
    "is for a share of cases": "chỉ dùng cho chỉ tiêu là tỷ lệ số vụ việc",
    "is for coordinators": "chỉ dành cho cơ quan đầu mối",
    "is less than the number of bytes that came": "nhỏ hơn số byte nhận được",
    "is needed": "là nội dung bắt buộc",
    "is needed for a body that the plan does not have": "là nội dung bắt buộc khi Kế hoạch chưa có cơ quan này",
    "is needed for a letter of an earlier day": "là nội dung bắt buộc đối với văn bản ban hành trước hôm nay",
    "is needed unless the proposal names it, and then not taken": (
        "là nội dung bắt buộc nếu đề xuất chưa nêu; nếu đề xuất đã nêu thì để trống"
    ),
    "is needed: the number of the letter that reopens the figures of the closed cycle": (
        "là nội dung bắt buộc: số, ký hiệu văn bản cho phép mở lại số liệu của kỳ báo cáo đã khóa"
    ),
    "is no act here that can be taken back": "không phải là ghi nhận có thể hủy",
    "is no annulment of this paper report": "không phải là lần hủy ghi nhận của báo cáo giấy này",
    "is no body of a plan here": "không phải là cơ quan của Kế hoạch nào",
    "is no body of this plan": "không phải là cơ quan của Kế hoạch này",
    "is no duty of this plan": "không phải là nhiệm vụ của Kế hoạch này",
    "is no longer the latest version": "không còn là phiên bản mới nhất",
    "is no target of this duty": "không phải là chỉ tiêu của nhiệm vụ này",
    "is no update of this paper report": "không phải là cập nhật tiến độ thuộc báo cáo giấy này",
    "is not as it must be": "không đúng quy định",
    "is not open since the condition was met": "không dùng được nữa vì điều kiện đã được đáp ứng",
    "is not open to the role": "không thuộc quyền của vai trò này",
    "is no role of people": "không phải là vai trò của người dùng",
    "is not open to this duty": "không áp dụng cho nhiệm vụ này",
    "is not owed in every cycle": "không phải là nhiệm vụ phải báo cáo trong mọi kỳ",
    "is not passed on by this": "không được chuyển giao theo việc kế thừa này",
    "is not the digest of the bytes that came": "không khớp với mã băm của dữ liệu nhận được",
    "is not the number of bytes that came": "không đúng bằng số byte nhận được",
    "is on no origin that the operator allows": "không thuộc địa chỉ mà đơn vị vận hành cho phép",
    "is of a whole paper report, and is taken back there": (
        "thuộc cả báo cáo giấy; việc hủy ghi nhận thực hiện tại báo cáo giấy đó"
    ),
    "is that of a paper report which is entered already": "là số, ký hiệu của báo cáo giấy đã được nhập",
    "is the class itself": "chính là nhóm cơ quan đó",
    "is the opening of a cycle in which somebody has reported": "là việc mở kỳ báo cáo đã có báo cáo",
    "is the predecessor": "chính là cơ quan được kế thừa",
    "items must name each line once": "mỗi dòng chỉ được nêu một lần trong items",
    "leaves duties without a successor: {duties}": "còn nhiệm vụ chưa có cơ quan kế thừa: {duties}",
    "may be given once": "chỉ được nêu một lần",
    "may hold only: {names}": "chỉ được có: {names}",
    "measurements must name each target once": "mỗi chỉ tiêu chỉ được nêu một lần trong measurements",
    "must be a calendar date such as {example}": "phải là ngày dạng năm-tháng-ngày, ví dụ {example}",
    "must be a day that the calendar has": "phải là ngày có thật trong lịch",
    "must be a document number such as 115/KH-UBND, 04/2021/QĐ-UBND or 80-NQ/TW": (
        "phải là số, ký hiệu văn bản, ví dụ 115/KH-UBND, 04/2021/QĐ-UBND hoặc 80-NQ/TW"
    ),
    "must be a number": "phải là số",
    "must be a plain name: no path, no name of a device such as CON, no blank or dot at either end": (
        "phải là tên tệp đơn thuần: không có đường dẫn, không trùng tên thiết bị như CON, "
        "không có dấu cách hoặc dấu chấm ở hai đầu"
    ),
    "must be a UUID": "phải là mã UUID",
    "must lie between the day of the letter and today": "phải từ ngày lập công văn đến hôm nay",
    "must be after the day on which the letter was decided": "phải sau ngày ban hành văn bản",
    "must be after the deadline in force, and after today": "phải sau thời hạn đang áp dụng và sau hôm nay",
    "must be after the deadline that it moves": "phải sau thời hạn được điều chỉnh",
    "must be after the last day of the period": "phải sau ngày cuối của kỳ báo cáo",
    "must be after today": "phải sau hôm nay",
    "must be an http or https address": "phải là đường dẫn bắt đầu bằng http:// hoặc https://",
    "must be an object": "phải là đối tượng JSON",
    "must be an RFC 3339 instant such as {example}": "phải là thời điểm theo RFC 3339, ví dụ {example}",
    "must be at most {n} bytes": "tối đa {n} byte",
    "must be left out": "phải để trống",
    "must come after the day on which the letter was decided": "phải sau ngày ban hành văn bản",
    "must come after the first day of the period": "phải sau ngày đầu của kỳ báo cáo",
    "must come after today": "phải sau hôm nay",
    "must come after today, since it comes before the deadline in force": (
        "phải sau hôm nay, vì đến trước thời hạn đang áp dụng"
    ),
    "must end a membership that lasts, and not before it began": (
        "phải kết thúc tư cách thành viên đang có hiệu lực, và không trước ngày bắt đầu"
    ),
    "must fit the state": "phải khớp với kết quả thực hiện (state)",
    "must hold each name once": "mỗi trường chỉ được có một lần",
    "must hold no character that is invisible or turns the text around (character {place})": (
        "không được có ký tự ẩn hoặc ký tự đảo chiều chữ (ký tự thứ {place})"
    ),
    "must hold no NUL character and no lone surrogate": "không được có ký tự NUL hoặc nửa cặp ký tự Unicode",
    "must not come before the day on which it was given": "không được trước ngày chỉ đạo",
    "must hold no user name or password": "không được chứa tên đăng nhập hoặc mật khẩu",
    "must lie between the plan's issue and today": "phải từ ngày ban hành Kế hoạch đến hôm nay",
    "must lie between the years {first} and {last}": "phải từ năm {first} đến năm {last}",
    "must name a known kind": "phải nêu loại (kind) được hỗ trợ",
    "must name exactly what is missing": "phải nêu đúng những gì còn thiếu",
    "must name its code alone, or with {names}": "chỉ nêu mã (code), hoặc nêu cùng {names}",
    "must name its obligation by obligation, or by plan, cycle, duty and owner": (
        "phải nêu nghĩa vụ bằng obligation, hoặc bằng plan, cycle, duty và owner"
    ),
    "must name its obligation by obligation, or by cycle and duty": (
        "phải nêu nghĩa vụ bằng obligation, hoặc bằng cycle và duty"
    ),
    "must name items, or an act, or neither": "chỉ được nêu items hoặc act, hoặc để trống cả hai",
    "must name `successor`, or `successors`, or say that it `ends`": (
        "phải nêu `successor` hoặc `successors`, hoặc ghi `ends` khi cơ quan chấm dứt hoạt động"
    ),
    "must not be after the last day that was on time": "không được sau ngày cuối còn đúng hạn",
    "must not be blank": "không được để trống",
    "must not be given with sealed": "không được nêu cùng với sealed",
    "must not be later than `as_of`, or than now": "không được sau `as_of` hoặc sau thời điểm hiện tại",
    "must not be later than `to`, or than now": "không được sau `to` hoặc sau thời điểm hiện tại",
    "must not come before the day on which it was issued": "không được trước ngày ban hành của báo cáo",
    "must not come before the first day of the period": "không được trước ngày đầu của kỳ báo cáo",
    "must say either a value or that there were 0 cases": "phải nêu giá trị (value), hoặc nêu là có 0 vụ việc (cases)",
    "must say its offset from UTC, such as Z or +07:00": "phải ghi múi giờ, ví dụ Z hoặc +07:00",
    "names another cycle": "là mã của kỳ báo cáo khác",
    "names another report": "đã dùng cho một báo cáo khác",
    "names no such evidence": "không phải là minh chứng thay thế được",
    "not_personal and not_personal_reason go together": "not_personal và not_personal_reason phải đi cùng nhau",
    "percent must fit the state": "percent phải khớp với kết quả thực hiện (state)",
    "says how far it fell, in percent from 0 to 100 and without a sign; 0 where it rose": (
        "là mức giảm tính theo phần trăm, từ 0 đến 100, không có dấu; nếu tăng thì ghi 0"
    ),
    "says how far it rose, without a sign; 0 where it fell": "là mức tăng, không có dấu; nếu giảm thì ghi 0",
    "stands twice": "được nêu hai lần",
    "was not posted by your body": "không phải do cơ quan của bên gọi gửi",
}
"""Sentences of ours about a field."""

GUARDED = {
    "holds a citizen number (characters {places})": "chứa số định danh cá nhân/căn cước công dân (ký tự {places})",
    "holds an old identity-card number (characters {places})": "chứa số chứng minh nhân dân (ký tự {places})",
    "holds a phone number (characters {places})": "chứa số điện thoại (ký tự {places})",
    "holds a health-insurance code (characters {places})": "chứa mã thẻ bảo hiểm y tế (ký tự {places})",
    "holds an e-mail address (characters {places})": "chứa địa chỉ thư điện tử (ký tự {places})",
    "holds a bank account (characters {places})": "chứa số tài khoản ngân hàng (ký tự {places})",
    "holds a passport number (characters {places})": "chứa số hộ chiếu (ký tự {places})",
    "holds a number plate (characters {places})": "chứa biển số xe (ký tự {places})",
    "holds the name of a child (characters {places})": "chứa họ tên trẻ em (ký tự {places})",
    "holds a mark of secrecy (characters {places})": "chứa dấu chỉ độ mật (ký tự {places})",
}
"""What texts may not hold."""

WHOLE = {
    "The body is not I-JSON (RFC 7493): JSON in UTF-8 with finite numbers, each field of an object named once.": (
        "Nội dung không phải là I-JSON (RFC 7493): JSON dạng UTF-8, số hữu hạn, mỗi trường chỉ nêu một lần."
    ),
    "The client's secret comes in one way, not in two.": "Khóa bí mật của ứng dụng chỉ được gửi theo một cách.",
    "The address and the headers are too long.": "Địa chỉ và các tiêu đề HTTP quá dài.",
    "A header that may come once comes twice.": "Một tiêu đề HTTP chỉ được có một lần lại có hai lần.",
    "A request says its length in one way.": "Độ dài của yêu cầu chỉ được nêu theo một cách.",
    "The body did not arrive in time.": "Nội dung yêu cầu không đến kịp.",
    "This is no HTTP/1.1, or its head is too long.": "Không phải HTTP/1.1, hoặc phần đầu quá dài.",
    "If-Match must be one ETag of this obligation.": "If-Match phải là một ETag của nghĩa vụ này.",
    "Repr-Digest must hold a sha-256 digest, such as sha-256=:…: with 32 bytes in base64.": (
        "Repr-Digest phải có mã băm sha-256, ví dụ sha-256=:…: với 32 byte dạng base64."
    ),
    "A file is sent whole.": "Tệp phải được gửi trọn vẹn.",
}
"""What is wrong with a request as a whole."""

LIBRARY = {
    "Input should be greater than {gt}": "phải lớn hơn {gt}",
    "Input should be greater than or equal to {ge}": "phải từ {ge} trở lên",
    "Input should be less than {lt}": "phải nhỏ hơn {lt}",
    "Input should be less than or equal to {le}": "phải không quá {le}",
    "Input should be a multiple of {multiple_of}": "phải là bội số của {multiple_of}",
    "Input should be a finite number": "phải là số hữu hạn",
    "{field_type} should have at least {min_length} item{s} after validation, not {actual_length}": (
        "phải có ít nhất {min_length} mục, hiện có {actual_length}"
    ),
    "{field_type} should have at most {max_length} item{s} after validation, not {actual_length}": (
        "có tối đa {max_length} mục, hiện có {actual_length}"
    ),
    "Input should be a valid array": "phải là danh sách JSON",
    **dict.fromkeys(
        (f"Input should be a valid {kind}" for kind in ("list", "tuple", "set", "deque")), "phải là danh sách JSON"
    ),
    "Input should be iterable": "phải là danh sách JSON",
    **dict.fromkeys(
        (f"Input should be a valid {kind}" for kind in ("dictionary", "OrderedDict", "Counter")),
        "phải là đối tượng JSON",
    ),
    "Input should be a valid dictionary or object to extract fields from": "phải là đối tượng JSON",
    "Input should be None": "phải để trống (null)",
    "Input should be an object": "phải là đối tượng JSON",
    "Input should be null": "phải để trống (null)",
    "Keys should be strings": "tên trường phải là chuỗi ký tự",
    "Set items should be hashable": "có mục không hợp lệ",
    "Input should be a valid string": "phải là chuỗi ký tự",
    "Input should be a valid string, unable to parse raw data as a unicode string": "phải là chuỗi ký tự Unicode",
    "String should have at least {min_length} character{s}": "phải có ít nhất {min_length} ký tự",
    "String should have at most {max_length} character{s}": "dài tối đa {max_length} ký tự",
    "String should match pattern '{pattern}'": "phải đúng mẫu '{pattern}'",
    "String should contain only ASCII characters": "chỉ được có ký tự ASCII",
    "Input should be '{expected}": "phải là '{expected}",
    "Input should be a valid boolean": "phải là true hoặc false",
    "Input should be a valid boolean, unable to interpret input": "phải là true hoặc false",
    "Input should be a valid integer": "phải là số nguyên",
    "Input should be a valid integer, unable to parse string as an integer": "phải là số nguyên",
    "Unable to parse input string as an integer, exceeded maximum size": "là số quá lớn",
    "Input should be a valid integer, got a number with a fractional part": "phải là số nguyên, không có phần lẻ",
    "Input should be a valid number": "phải là số",
    "Input should be a valid number, unable to parse string as a number": "phải là số",
    "Input should be a valid bytes": "phải là dữ liệu nhị phân",
    "Data should have at least {min_length} byte{s}": "phải có ít nhất {min_length} byte",
    "Data should have at most {max_length} byte{s}": "có tối đa {max_length} byte",
    "Input should be a valid date": "phải là ngày dạng năm-tháng-ngày, ví dụ 2021-06-14",
    "Datetimes provided to dates should have zero time - e.g. be exact dates": "phải là ngày, không kèm giờ",
    "Input should be a valid datetime": "phải là thời điểm theo RFC 3339, ví dụ 2021-06-14T17:00:00Z",
    "Unable to extract tag using discriminator {discriminator}": "phải nêu {discriminator}",
    "URL input should be a string or URL": "phải là đường dẫn",
    "URL should have at most {max_length} character{s}": "đường dẫn dài tối đa {max_length} ký tự",
    "UUID input should be a string, bytes or UUID object": "phải là mã UUID",
    "Decimal input should be an integer, float, string or Decimal object": "phải là số",
    "Decimal input should have no more than {max_digits} digit{s} in total": "có tối đa {max_digits} chữ số",
    "Decimal input should have no more than {decimal_places} decimal place{s}": (
        "có tối đa {decimal_places} chữ số phần lẻ"
    ),
    "Decimal input should have no more than {whole_digits} digit{s} before the decimal point": (
        "có tối đa {whole_digits} chữ số phần nguyên"
    ),
}
"""Sentences of pydantic about a field, as its templates spell them; `{s}` is the end of an English plural."""
