"""Reads a plan's seed files, and names the file and line of everything that is wrong with them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from app.commands.seeds.complaints import Path as Place
from app.commands.seeds.consistency import inconsistencies
from app.domain.errors import Hindrance
from app.schemas.report_rules import ReportRules
from app.schemas.seed import BodiesFile, CalendarFile, DutiesFile, PlanFile, Seed, SuccessionsFile

try:
    # The same in C, at a tenth of the time: every start reads the seed.
    from yaml import CSafeLoader as _Loader
except ImportError:
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

FILES: dict[str, type[BaseModel]] = {
    "plan.yaml": PlanFile,
    "bodies.yaml": BodiesFile,
    "duties.yaml": DutiesFile,
    "calendar.yaml": CalendarFile,
    "successions.yaml": SuccessionsFile,
    "reports.yaml": ReportRules,
}
OPTIONAL = {"successions.yaml", "reports.yaml"}
SOURCE = "source.txt"
_SURPRISES = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:value"}


class SeedInvalid(Hindrance):
    """The seed's files are not as they must be; each line of the message names a file and a line."""


class PlainLoader(_Loader):
    """YAML in which only true and false are booleans: `no` and `on` are words, as a reader expects."""

    yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in forms if tag not in _SURPRISES]
        for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z"), ["t", "f"])


@dataclass(frozen=True)
class Document:
    """One file: what it holds, and the line on which each part begins."""

    name: str
    content: Any
    lines: dict[Place, int]

    def says(self, place: Place, complaint: str) -> str:
        """Write a complaint about a place in the file."""
        known = next(place[:n] for n in range(len(place), -1, -1) if place[:n] in self.lines)
        where = ".".join(str(part) for part in place)
        return f"{self.name}:{self.lines[known]}: {where}: {complaint}"


def read(folder: Path) -> Seed:
    """Read a seed from its folder.

    Raises:
        SeedInvalid: with one line for everything that is wrong.
    """
    if not folder.is_dir():
        raise SeedInvalid(f"{folder}: no such folder")
    documents = {name: _load(folder / name) for name in FILES}
    complaints = [line for name, form in FILES.items() for line in _misshapen(documents[name], form)]
    _refuse(complaints)
    seed = _assemble(documents, _source(folder / SOURCE))
    _refuse([documents[name].says(place, complaint) for name, place, complaint in inconsistencies(seed)])
    return seed


def _refuse(complaints: list[str]) -> None:
    if complaints:
        raise SeedInvalid("\n".join(complaints))


def _load(path: Path) -> Document:
    try:
        text = path.read_text("utf-8")
        node = yaml.compose(text, PlainLoader)
        content = yaml.load(text, PlainLoader)  # noqa: S506  PlainLoader is a SafeLoader.
    except FileNotFoundError:
        if path.name in OPTIONAL:
            return Document(path.name, {}, {(): 1})
        raise SeedInvalid(f"{path.name}: no such file") from None
    except UnicodeDecodeError:
        raise SeedInvalid(f"{path.name}: is not UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SeedInvalid(f"{path.name}:{mark.line + 1 if mark else 1}: {_problem(error)}") from None
    lines: dict[Place, int] = {(): 1}
    if node:
        lines.update(_lines(node, (), path.name))
    return Document(path.name, content, lines)


def _problem(error: yaml.YAMLError) -> str:
    return getattr(error, "problem", None) or "cannot be read as YAML"


def _lines(node: yaml.Node, place: Place, name: str) -> Iterator[tuple[Place, int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for number, part in enumerate(node.value):
            yield from _lines(part, (*place, number), name)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, part in node.value:
            if key.value in seen:
                raise SeedInvalid(f"{name}:{key.start_mark.line + 1}: {key.value}: stands twice")
            seen.add(key.value)
            yield from _lines(part, (*place, key.value), name)
            yield (*place, key.value), key.start_mark.line + 1


def _misshapen(document: Document, form: type[BaseModel]) -> list[str]:
    try:
        form.model_validate(document.content)
    except ValidationError as error:
        return [document.says(fault["loc"], fault["msg"]) for fault in error.errors()]
    return []


def _source(path: Path) -> list[str]:
    if not path.is_file():
        raise SeedInvalid(f"{path.name}: no such file")
    return path.read_text("utf-8").splitlines()


def _assemble(documents: dict[str, Document], source: list[str]) -> Seed:
    content = {name: document.content for name, document in documents.items()}
    return Seed(
        plan=PlanFile.model_validate(content["plan.yaml"]),
        bodies=content["bodies.yaml"]["bodies"],
        duties=content["duties.yaml"]["duties"],
        holidays=content["calendar.yaml"].get("holidays", []),
        successions=content["successions.yaml"].get("successions", []),
        reports=content["reports.yaml"],
        source=source,
    )
