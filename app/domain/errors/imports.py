"""Filled-in forms."""

from app.domain.errors.base import Refusal


class FormUnreadable(Refusal):
    """The file cannot be read as a filled-in form; nothing of it was recorded."""

    title_vi = "Không đọc được tệp như một biểu mẫu đã điền; chưa có gì được ghi nhận."


class FiguresLookScaled(Refusal):
    """No percentage in the file is above 1, as if 1 stood for 100%; nothing of it was recorded."""

    title_vi = "Mọi tỷ lệ trong tệp đều không quá 1, như thể 1 nghĩa là 100%; chưa có gì được ghi nhận."
