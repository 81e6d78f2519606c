"""Hủy ghi nhận and Nhật ký: what was taken back in a plan, and who was given the bytes of evidence, latest first."""

from fastapi import Request, Response

from app.database.statements import fetch_all
from app.domain.access import Permission, Role
from app.domain.acts import ActKind
from app.domain.words import Words
from app.pages.desk import OnDesk, opens, screens
from app.queries.evidence import reads_in
from app.queries.taken_back import SORT_COLUMNS, taken_back
from app.schemas.printed import ACTS
from app.web.paging import CursorText, Pages, end_of
from app.web.read import Reading

router = screens()
ROWS = 100
KINDS = {kind: Words(ACTS.get(kind, kind), kind.value.replace("_", " ")) for kind in ActKind} | {
    ActKind.PAPER_REPORT: Words("báo cáo giấy", "paper report"),
    ActKind.CYCLE_CLOSING: Words("khóa số liệu", "closing"),
    ActKind.CYCLE_OPENING: Words("mở kỳ báo cáo", "opening of a cycle"),
    ActKind.SUCCESSION: Words("xác nhận kế thừa", "succession"),
    ActKind.MEMBERSHIP: Words("thành viên của nhóm cơ quan", "membership"),
}
ROLES = {
    Role.REPORTER: Words("cơ quan báo cáo", "reporter"),
    Role.COORDINATOR: Words("cơ quan đầu mối", "coordinator"),
    Role.INTEGRATOR: Words("hệ thống tích hợp", "integrator"),
    Role.AUDITOR: Words("thanh tra", "auditor"),
    Role.ADMIN: Words("quản trị viên", "admin"),
}


@router.get("/annulments", dependencies=[opens(Permission.READ_REPORTS)])
async def annulments(request: Request, desk: OnDesk, reading: Reading, cursor: CursorText = None) -> Response:
    """Show what was taken back, by whom and why, and whether that still holds."""
    pages = Pages(request, desk.caller)
    moment, after = pages.begin(desk.moment, cursor)
    rows = await fetch_all(reading, taken_back, slug=desk.slug, moment=moment, limit=ROWS, after=after)
    following = pages.next_cursor(moment, end_of(rows, ROWS, SORT_COLUMNS))
    return desk.page("annulments.html", found=rows[:ROWS], following=following, later=bool(cursor), kinds=KINDS)


@router.get("/reads", dependencies=[opens(Permission.READ_READS)])
async def reads(request: Request, desk: OnDesk, reading: Reading, cursor: CursorText = None) -> Response:
    """Show who was given the bytes of which evidence."""
    pages = Pages(request, desk.caller)
    moment, after = pages.begin(desk.moment, cursor)
    rows = await fetch_all(reading, reads_in, slug=desk.slug, limit=ROWS, after=after)
    following = pages.next_cursor(moment, end_of(rows, ROWS, SORT_COLUMNS))
    return desk.page("reads.html", found=rows[:ROWS], following=following, later=bool(cursor), roles=ROLES)
