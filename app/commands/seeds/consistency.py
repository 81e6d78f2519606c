"""What the files of a seed must say together: names that exist, owners that can answer, words that the source has."""

from collections.abc import Collection, Iterator

from app.commands.seeds.complaints import Complaint, Path, line_of, repeated
from app.commands.seeds.report_consistency import report_inconsistencies
from app.schemas.seed import DutySeed, Partner, Seed, SuccessionSeed


def inconsistencies(seed: Seed) -> Iterator[Complaint]:
    """Yield everything in which the files disagree with each other or with the source."""
    yield from _bodies(seed)
    yield from _cycles(seed)
    for number, duty in enumerate(seed.duties):
        for place, complaint in _duty(seed, duty):
            yield "duties.yaml", ("duties", number, *place), complaint
    for number, succession in enumerate(seed.successions):
        for place, complaint in _succession(seed, succession):
            yield "successions.yaml", ("successions", number, *place), complaint
    yield from report_inconsistencies(seed)
    codes = [duty.code for duty in seed.duties]
    yield from (("duties.yaml", ("duties", n, "code"), "stands twice") for n in repeated(codes))


def _bodies(seed: Seed) -> Iterator[Complaint]:
    codes = [body.code for body in seed.bodies]
    members = [member.code for body in seed.bodies for member in body.members]
    for number in repeated([*codes, *members]):
        place = min(number, len(codes) - 1)
        yield "bodies.yaml", ("bodies", place, "code"), "a code of a body or member stands twice"
    for number in repeated([body.no for body in seed.bodies]):
        yield "bodies.yaml", ("bodies", number, "no"), "stands twice"
    for number, body in enumerate(seed.bodies):
        if body.heading not in line_of(seed, body.source_line):
            yield "bodies.yaml", ("bodies", number, "heading"), _not_in_source(body.source_line)


def _cycles(seed: Seed) -> Iterator[Complaint]:
    for number, cycle in enumerate(seed.plan.cycles):
        if not cycle.starts_on <= cycle.ends_on < cycle.due_before_on:
            yield "plan.yaml", ("cycles", number), "must start, then end, then be due"
    for number in repeated([cycle.code for cycle in seed.plan.cycles]):
        yield "plan.yaml", ("cycles", number, "code"), "stands twice"


def _succession(seed: Seed, succession: SuccessionSeed) -> Iterator[tuple[Path, str]]:
    groups = {body.code for body in seed.bodies if body.members}
    owners = {body.code for body in seed.bodies} - groups | {m.code for body in seed.bodies for m in body.members}
    if succession.predecessor not in owners:
        yield ("predecessor",), "no such owner"
    successor = succession.successor
    if successor and successor.code in {succession.predecessor, *groups}:
        yield ("successor", "code"), "cannot take over"
    if successor and successor.code not in owners and not successor.name:
        yield ("successor",), "no such owner, and no name for a new body"
    known = {duty.code for duty in seed.duties}
    yield from ((("duties", n), "no such duty") for n, code in enumerate(succession.duties or ()) if code not in known)


def _duty(seed: Seed, duty: DutySeed) -> Iterator[tuple[Path, str]]:
    yield from _who(seed, duty)
    yield from _words(seed, duty)
    known = {other.code for other in seed.duties}
    yield from ((("mirrors", n), "no such duty") for n, code in enumerate(duty.mirrors) if code not in known)
    named = duty.recurrence.partition(":")[2]
    if named and named not in {cycle.code for cycle in seed.plan.cycles}:
        yield ("recurrence",), "no such cycle"


def _who(seed: Seed, duty: DutySeed) -> Iterator[tuple[Path, str]]:
    groups = {body.code for body in seed.bodies if body.members}
    everyone = {body.code for body in seed.bodies} | {m.code for body in seed.bodies for m in body.members}
    if duty.body and duty.body not in everyone:
        yield ("body",), "no such body"
    for n, owner in enumerate(duty.owners):
        if owner not in everyone:
            yield ("owners", n), "no such body"
        if owner in groups:
            yield ("owners", n), "is a group that has members: its members are the owners"
    yield from ((("owners", n), "stands twice") for n in repeated(duty.owners))
    for n, owner in enumerate(duty.requested_owners):
        if owner not in duty.owners:
            yield ("requested_owners", n), "is no owner of this duty"
    for n, partner in enumerate(duty.partners):
        if partner.body and partner.body not in everyone:
            yield ("partners", n, "body"), "no such body"
        yield from ((("partners", n, "bodies", m), fault) for m, fault in _helpers(duty, partner, everyone))


def _helpers(duty: DutySeed, partner: Partner, everyone: Collection[str]) -> Iterator[tuple[int, str]]:
    for m, body in enumerate(partner.bodies):
        if body not in everyone:
            yield m, "no such body"
        elif body in duty.owners:
            yield m, "is an owner of this duty"
    yield from ((m, "stands twice") for m in repeated(partner.bodies))


def _words(seed: Seed, duty: DutySeed) -> Iterator[tuple[Path, str]]:
    if duty.text not in line_of(seed, duty.source_line):
        yield ("text",), _not_in_source(duty.source_line)
    for name in ("condition", "basis"):
        part = getattr(duty, name)
        if part and part.marker not in duty.text:
            yield (name, "marker"), "is not in the duty's text"
    for n, target in enumerate(duty.targets):
        if target.marker and target.marker not in duty.text:
            yield ("targets", n, "marker"), "is not in the duty's text"
    yield from ((("targets", n, "code"), "stands twice") for n in repeated(t.code for t in duty.targets))


def _not_in_source(line: int) -> str:
    return f"is not, word for word, in line {line} of source.txt"
