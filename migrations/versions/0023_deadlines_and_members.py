"""Where deadlines come from is said in Vietnamese as well; a membership, or its ending, can be taken back.

What is said in Vietnamese of the cycles that are there follows word by word from how it was said in English.  A body
is a member of a class only by what counts, and a membership that ended by mistake can end once more.
"""

import re
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

DAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
SAID = (
    (
        'Duty R.1, source line 142: "trước ngày 15/6/2021" (before 15 June 2021), so 14 June is the last day on time.',
        'Nhiệm vụ R.1, dòng 142 của Kế hoạch: "trước ngày 15/6/2021"; ngày cuối còn đúng hạn là 14/6/2021.',
    ),
    (
        "Decree 09/2019/NĐ-CP, Article 12.4, sets the period. The plan asks for a regular annual report (source line"
        " 142) and sets no date for it, so the deadline is the default: the end of the second working day after the"
        " period.",
        "Khoản 4 Điều 12 Nghị định số 09/2019/NĐ-CP quy định kỳ báo cáo. Kế hoạch yêu cầu báo cáo định kỳ hằng năm"
        " (dòng 142) nhưng không ấn định ngày, nên áp dụng thời hạn mặc định: hết ngày làm việc thứ hai sau kỳ báo"
        " cáo.",
    ),
)
"""What the first plan says of its deadlines; another plan's own words stay as they are."""
COUNTED = (
    (r"Counted from (\S+): ", r"Tính từ ngày \1: "),
    (r"; due before (\S+)\.$", r"; thời hạn trước ngày \1."),
    (r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?=\d{4}-)", "@"),
    (r"is working day (\d+)", r"là ngày làm việc thứ \1"),
    (r"is a day off", "là ngày nghỉ"),
    (r": no day;", ": không có ngày nào;"),
)
"""How working days were counted."""
COUNTS = (
    " AND coalesce((SELECT a.counts FROM annulled_act a WHERE a.plan_id = {0}.plan_id AND a.act_id = {0}.id"
    " ORDER BY a.recorded_at DESC, a.id DESC LIMIT 1), true)"
)
"""Whether no annulment has taken an act back."""
PLACES = """
    CREATE OR REPLACE FUNCTION dondoc_places(bodies uuid[]) RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
        WITH RECURSIVE whole AS (
            SELECT p.plan_id, p.predecessor_id, p.successor_id, p.effective_on FROM confirmed_part p WHERE p.whole
        ), held AS (
            SELECT b.id AS body_id, 'infinity'::date AS until FROM unnest(bodies) b(id)
            UNION
            SELECT w.predecessor_id, w.effective_on FROM held h JOIN whole w ON w.successor_id = h.body_id
            WHERE w.effective_on <= h.until AND NOT EXISTS (
                SELECT FROM whole g WHERE g.predecessor_id = h.body_id
                AND g.effective_on >= w.effective_on AND g.effective_on < h.until
            )
        ), standing AS (
            SELECT DISTINCT h.body_id FROM held h WHERE NOT EXISTS (
                SELECT FROM whole g WHERE g.predecessor_id = h.body_id AND g.effective_on < h.until
            )
        ), today AS (
            SELECT m.class_id FROM standing s JOIN membership m ON m.member_id = s.body_id
            JOIN plan p ON p.id = m.plan_id
            WHERE m.from_on <= (clock_timestamp() AT TIME ZONE p.time_zone)::date{member} AND NOT EXISTS (
                SELECT FROM membership_ending e WHERE e.plan_id = m.plan_id AND e.membership_id = m.id
                AND e.until_on < (clock_timestamp() AT TIME ZONE p.time_zone)::date{ending}
            )
        )
        SELECT coalesce(array_agg(found.id), '{{}}') FROM (
            SELECT body_id AS id FROM standing UNION SELECT class_id FROM today
        ) found
    $$
"""
ENDINGS = ("membership_ending", ["plan_id", "membership_id"])


def upgrade() -> None:
    # The version before opens cycles without it; then it is shown as it is said in English.
    op.add_column("cycle", sa.Column("basis_vi", sa.String(8000), server_default="", nullable=False))
    for cycle in op.get_bind().execute(sa.text("SELECT id, basis FROM cycle")).all():
        said = sa.text("UPDATE cycle SET basis_vi = :said WHERE id = :id")
        op.execute(said.bindparams(id=cycle.id, said=_in_vietnamese(cycle.basis)))
    op.drop_constraint("uq_membership_ending_plan_id_membership_id", "membership_ending")
    op.create_index("ix_membership_ending_membership", *ENDINGS)
    op.execute(PLACES.format(member=COUNTS.format("m"), ending=COUNTS.format("e")))


def downgrade() -> None:
    op.execute(PLACES.format(member="", ending=""))
    op.drop_index("ix_membership_ending_membership", "membership_ending")
    # Of a membership that has ended more than once, the ending that was recorded last is kept.
    op.execute("ALTER TABLE membership_ending DISABLE TRIGGER append_only")
    op.execute(
        "DELETE FROM membership_ending e USING membership_ending later WHERE later.plan_id = e.plan_id"
        " AND later.membership_id = e.membership_id AND (later.recorded_at, later.id) > (e.recorded_at, e.id)"
    )
    op.execute("ALTER TABLE membership_ending ENABLE TRIGGER append_only")
    op.create_unique_constraint("uq_membership_ending_plan_id_membership_id", *ENDINGS)
    op.drop_column("cycle", "basis_vi")


def _in_vietnamese(basis: str) -> str:
    for en, vi in SAID:
        basis = basis.replace(en, vi)
    words, counted, count = basis.partition("Counted from ")
    count = counted + count
    for en, vi in COUNTED:
        count = re.sub(en, vi, count)
    return words + re.sub(r"(@?)(\d{4}-\d\d-\d\d)", _day, count)


def _day(found: re.Match[str]) -> str:
    day = date.fromisoformat(found[2])
    return f"{DAYS[day.weekday()]} {day:%d/%m/%Y}" if found[1] else f"{day:%d/%m/%Y}"
