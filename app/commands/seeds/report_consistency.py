"""What `reports.yaml` must say together with the plan: quotations that stand where it says, and every duty once."""

from collections.abc import Iterator

from app.commands.seeds.complaints import Complaint, Path, line_of, repeated
from app.schemas.report_rules import DutyGroup, TaskGroup
from app.schemas.seed import DutySeed, Seed


def report_inconsistencies(seed: Seed) -> Iterator[Complaint]:
    """Yield everything in which the rules of the reports disagree with the plan."""
    yield from (("reports.yaml", place, complaint) for place, complaint in _all(seed))


def _all(seed: Seed) -> Iterator[tuple[Path, str]]:
    rules, duties = seed.reports, {duty.code: duty for duty in seed.duties}
    groups = {group.no: group for group in rules.groups}
    yield from ((("groups", n, "no"), "stands twice") for n in repeated(group.no for group in rules.groups))
    yield from ((("duties", n, "duty"), "stands twice") for n in repeated(one.duty for one in rules.duties))
    if rules.duties and (left_out := sorted(duties.keys() - {one.duty for one in rules.duties})):
        yield ("duties",), f"leaves out {', '.join(left_out)}"
    for part, codes in rules.parts.items():
        yield from ((("parts", part.value, n), "no such duty") for n, code in enumerate(codes) if code not in duties)
    for n, one in enumerate(rules.duties):
        for place, complaint in _placed(seed, one, duties.get(one.duty), groups.get(one.group or 0)):
            yield ("duties", n, place), complaint


def _placed(seed: Seed, one: DutyGroup, duty: DutySeed | None, group: TaskGroup | None) -> Iterator[tuple[str, str]]:
    if duty is None:
        yield "duty", "no such duty"
    elif one.group is None:
        yield from _alone(one)
    elif group is None:
        yield "group", "no such group"
    else:
        yield from _quoted(seed, one, duty, group)


def _alone(one: DutyGroup) -> Iterator[tuple[str, str]]:
    if one.says or one.in_:
        yield "group", "is needed: there is a quotation"
    if not one.note:
        yield "note", "is needed: why the duty belongs to no group"


def _quoted(seed: Seed, one: DutyGroup, duty: DutySeed, group: TaskGroup) -> Iterator[tuple[str, str]]:
    if not one.says or one.says not in duty.text:
        yield "says", "is not in the duty's text"
    if not one.in_ or not any(one.in_ in line_of(seed, number) for number in group.source_lines):
        yield "in", "is not in a line of the group"
